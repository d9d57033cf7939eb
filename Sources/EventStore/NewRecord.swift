public import Hashing
public import Primitives
public import Rollup

/// What a caller wants recorded: everything of a record except its position, which the commit gives it.
///
/// Making one hashes the payload, so that this work is done by the callers, side by side, and not by the one writer.
@frozen
@usableFromInline
package struct NewRecord: Sendable {
  /// What the payload is.
  public let kind: EventKind

  /// Where L1 fixed it.
  public let coordinates: L1Coordinates

  /// The canonical bytes of the event. At most `PayloadLayout.longestPayload`.
  public let payload: [UInt8]

  /// Keccak-256 of `payload`.
  public let payloadHash: Hash256

  /// What `payload` adds to the record's checksum, of a payload so long that the writer should not have to look at it; nil of
  /// a short one, where joining costs more than looking.
  @usableFromInline let checksumPart: CRC32C.Part?

  /// O(payload): hashes it.
  package init(kind: EventKind, coordinates: L1Coordinates, payload: [UInt8]) {
    self.init(kind: kind, coordinates: coordinates, payload: payload, payloadHash: Keccak256.hash(payload))
  }

  /// A record of `event`. O(payload): encodes and hashes it.
  package init(_ event: Event, at coordinates: L1Coordinates) {
    self.init(kind: event.kind, coordinates: coordinates, payload: event.encode())
  }

  /// The record of a payload whose Keccak-256 is known. It is not checked here; `verify` finds a wrong one.
  package init(kind: EventKind, coordinates: L1Coordinates, payload: [UInt8], payloadHash: Hash256) {
    self.init(
      kind: kind, coordinates: coordinates, payload: payload,
      digest: PayloadDigest(hash: payloadHash, checksumPart: PayloadDigest.checksumPart(of: payload)))
  }

  private init(kind: EventKind, coordinates: L1Coordinates, payload: [UInt8], digest: PayloadDigest) {
    self.kind = kind
    self.coordinates = coordinates
    self.payload = payload
    payloadHash = digest.hash
    checksumPart = digest.checksumPart
  }

  /// Many records of one kind at one place: their payloads are hashed several at a time, and by all processors when there
  /// are megabytes of them.
  package static func each(_ payloads: [[UInt8]], kind: EventKind, coordinates: L1Coordinates) -> [NewRecord] {
    zip(payloads, PayloadDigest.each(payloads)).map { payload, digest in
      NewRecord(kind: kind, coordinates: coordinates, payload: payload, digest: digest)
    }
  }
}

/// The records of one L1 block: first its `L1BlockAppended`, then whatever the block holds.
package struct NewBlock: Sendable {
  /// The L1 block's number; `coordinates.blockNumber` of each of its records.
  package let number: UInt64

  /// The L1 block's hash: what makes two blocks at one height the same or different.
  package let hash: Hash256

  package let records: [NewRecord]

  /// Traps unless the records are those of one L1 block in order: the caller has built them.
  package init(number: UInt64, hash: Hash256, records: [NewRecord]) {
    precondition(records.first?.kind == .l1BlockAppended, "the first record of an L1 block is its L1BlockAppended")
    precondition(
      records.dropFirst().allSatisfy { $0.kind != .l1BlockAppended && !$0.kind.isObservation },
      "an L1 block has one L1BlockAppended, and observations stand outside of blocks")
    precondition(
      records.allSatisfy { $0.coordinates.blockNumber == number }, "all records of an L1 block carry its number")
    self.number = number
    self.hash = hash
    self.records = records
  }
}
