package import Primitives

/// What stood still goes on.
package struct Unpaused: EventPayload {
  package static var kind: EventKind { .unpaused }

  /// As in `Paused`.
  package var pauseId: UInt64

  package init(pauseId: UInt64) {
    self.pauseId = pauseId
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    pauseId = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(pauseId)
  }
}
