package import Primitives

/// What all events share: a payload is one RLP list, its version first.
package protocol EventPayload: Equatable, Sendable {
  static var kind: EventKind { get }

  /// Version of the field list. A change of the list is a new version, and readers keep the old ones.
  static var version: UInt64 { get }

  /// Reads the fields after the version, in order.
  init(fields: inout RLPReader) throws(RLPError)

  /// Appends the fields after the version, in order.
  func append(to fields: inout RLPWriter)
}

extension EventPayload {
  package static var version: UInt64 { 1 }

  /// The canonical bytes: what a record holds and hashes.
  package func encodePayload() -> [UInt8] {
    var writer = RLPWriter(capacity: 256)
    writer.list { (fields) in
      fields.append(Self.version)
      append(to: &fields)
    }
    return writer.bytes
  }

  /// Decodes a payload; only its canonical encoding is accepted.
  package init(payload: RawSpan) throws(EventError) {
    let version: UInt64
    do {
      var reader = RLPReader(payload)
      var fields = try reader.readList()
      try reader.finish()
      version = try fields.readUInt64()
      if version == Self.version {
        try self.init(fields: &fields)
        try fields.finish()
        return
      }
    } catch {
      throw .malformed(Self.kind, error)
    }
    throw .unknownVersion(Self.kind, version)
  }
}
