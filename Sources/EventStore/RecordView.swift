public import Primitives
public import Rollup

/// A record where it is stored: header and payload lent out of the memory map, nothing copied.
///
/// Whoever holds a view may trust it: position, shape and checksum have been checked before it was lent.
@frozen
@usableFromInline
package struct RecordView: ~Escapable {
  /// Header and first part of the payload.
  public let value: RawSpan

  /// Second part of the payload; empty in most records.
  public let paged: RawSpan

  /// Third part of the payload; empty in most records.
  public let rest: RawSpan

  @inlinable
  @_lifetime(copy value, copy paged, copy rest)
  init(value: RawSpan, paged: RawSpan, rest: RawSpan) {
    self.value = value
    self.paged = paged
    self.rest = rest
  }
}

extension RecordView {
  @inlinable package var position: Position { Position(value.bigEndian(at: RecordHeader.Offset.position)) }

  /// The kind's number. Whether it is one that this program knows, `header` says.
  @inlinable package var rawKind: UInt16 { value.bigEndian(at: RecordHeader.Offset.kind) }

  /// Nil for a kind that only a newer version knows.
  @inlinable package var kind: EventKind? { EventKind(rawValue: rawKind) }

  /// The L1 block in which the fact stands.
  @inlinable package var blockNumber: UInt64 { value.bigEndian(at: RecordHeader.Offset.blockNumber) }

  /// Bytes of the payload.
  @inlinable package var payloadLength: Int {
    Int(value.bigEndian(at: RecordHeader.Offset.payloadLength, as: UInt32.self))
  }

  /// Keccak-256 of the payload, as recorded.
  @inlinable package var payloadHash: Hash256 {
    Hash256(value.extracting(RecordHeader.Offset.payloadHash..<RecordHeader.Offset.payload))
  }

  /// All fields, decoded.
  @inlinable package var header: RecordHeader {
    get throws(ReadError) {
      do throws(RecordError) { return try RecordHeader(value) } catch { throw .unknown(error, self) }
    }
  }

  /// The part of the payload that stands beside the header; all of it in most records.
  @inlinable package var inlinePayload: RawSpan {
    @_lifetime(copy self)
    get { value.extracting(RecordHeader.Offset.payload..<value.byteCount) }
  }

  /// Lends the whole payload in one piece. Copies it only when it is stored in several, as a payload above 1,954 bytes
  /// mostly is; `forEachSegment` never copies.
  @inlinable
  package func withPayload<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    if paged.byteCount + rest.byteCount == 0 { return try body(inlinePayload) }
    if payloadLength == paged.byteCount { return try body(paged) }
    return try body(payload.rawSpan)
  }

  /// Lends the parts of the payload in order, none of them empty.
  @inlinable
  package func forEachSegment<E: Error>(_ body: (RawSpan) throws(E) -> Void) throws(E) {
    if inlinePayload.byteCount > 0 { try body(inlinePayload) }
    if paged.byteCount > 0 { try body(paged) }
    if rest.byteCount > 0 { try body(rest) }
  }

  /// The payload, copied. O(payload).
  @inlinable package var payload: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payloadLength)
    forEachSegment { (segment: RawSpan) in bytes.append(contentsOf: segment) }
    return bytes
  }

  /// The record, copied. O(payload).
  package func copy() throws(ReadError) -> StoredRecord {
    StoredRecord(header: try header, payload: payload)
  }

  /// The event that the payload is. Throws `undecodable` damage if it is none.
  package func event() throws(ReadError) -> Event {
    let kind = try header.kind
    do throws(EventError) {
      return try withPayload { (payload: RawSpan) throws(EventError) in try Event(kind: kind, payload: payload) }
    } catch { throw .damaged(Damage(.undecodable("\(error)"), of: self, at: position.rawValue)) }
  }
}

/// A record on its own: what outlives the snapshot it was read from.
package struct StoredRecord: Hashable, Sendable {
  package let header: RecordHeader
  package let payload: [UInt8]

  package init(header: RecordHeader, payload: [UInt8]) {
    self.header = header
    self.payload = payload
  }

  package var position: Position { header.position }
  package var kind: EventKind { header.kind }

  /// Where a reader stands that has taken this record. Two SHA-256 blocks.
  package var cursor: EventLog.Cursor { EventLog.Cursor(position: header.position, leafHash: header.leafHash) }

  /// The event that the payload is. Throws `undecodable` damage if it is none.
  package func event() throws(ReadError) -> Event {
    do throws(EventError) {
      return try Event(kind: kind, payload: payload.rawSpan)
    } catch {
      throw .damaged(
        Damage(
          .undecodable("\(error)"), position: header.position, kind: header.kind.rawValue,
          l1Block: header.coordinates.blockNumber))
    }
  }
}
