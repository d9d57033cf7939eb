import Hashing
package import Primitives

/// What two nodes compare to find whether they agree about L1, and from which block on they do not.
///
/// `canonicalAcc(n) = keccak(canonicalAcc(n - 1) ‖ hash of L1 block n ‖ keccak(kind ‖ payload of block n's facts, in order))`,
/// zero before the first block. A kind has two bytes; different kinds can have payloads of the same bytes. What a node itself
/// brings is no part of it: observations, and `L1BlockAppended`, which says how the node knows that the block is whole. So
/// it is a function of L1 alone.
package struct CanonicalAccumulator: Sendable {
  private let before: Hash256
  private var facts = Keccak256()

  /// Begins a block; `before` is the value after the block before it.
  package init(before: Hash256 = .zero) {
    self.before = before
  }

  /// Adds the block's next record, if it counts. O(payload).
  package mutating func add(_ kind: EventKind, _ payload: RawSpan) {
    guard Self.counts(kind) else { return }
    begin(kind)
    facts.update(payload)
  }

  /// Whether records of a kind count.
  package static func counts(_ kind: EventKind) -> Bool { !kind.isObservation && kind != .l1BlockAppended }

  /// Begins the block's next record that counts; its payload follows in parts.
  package mutating func begin(_ kind: EventKind) {
    var number: [UInt8] = []
    Self.begin(kind, in: &number)
    facts.update(number.rawSpan)
  }

  /// Adds to bytes, to be hashed later, what stands before the payload of a record that counts.
  package static func begin(_ kind: EventKind, in bytes: inout [UInt8]) { bytes.append(bigEndian: kind.rawValue) }

  /// Adds the next part of the payload. O(part).
  package mutating func update(_ part: RawSpan) { facts.update(part) }

  /// The value after the block.
  package consuming func value(blockHash: Hash256) -> Hash256 {
    Self.value(after: before, blockHash: blockHash, facts: facts.finalize())
  }

  /// The value after a block whose facts, all kinds and payloads in one piece, have the hash `facts`.
  package static func value(after before: Hash256, blockHash: Hash256, facts: Hash256) -> Hash256 {
    var hash = Keccak256()
    before.withBytes { hash.update($0) }
    blockHash.withBytes { hash.update($0) }
    facts.withBytes { hash.update($0) }
    return hash.finalize()
  }
}
