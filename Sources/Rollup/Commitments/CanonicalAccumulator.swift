import Hashing
package import Primitives

/// What two nodes compare to find whether they agree about L1, and from which block on they do not.
///
/// `canonicalAcc(n) = keccak(canonicalAcc(n - 1) ‖ hash of L1 block n ‖ keccak(payloads of block n's events, in order))`,
/// zero before the first block. Observations are no part of it, so it is a function of L1 alone.
package struct CanonicalAccumulator: Sendable {
  private let before: Hash256
  private var payloads = Keccak256()

  /// Begins a block; `before` is the value after the block before it.
  package init(before: Hash256 = .zero) {
    self.before = before
  }

  /// Adds the payload of the block's next event. O(payload).
  package mutating func add(_ payload: RawSpan) {
    payloads.update(payload)
  }

  /// The value after the block.
  package consuming func value(blockHash: Hash256) -> Hash256 {
    var hash = Keccak256()
    before.withBytes { hash.update($0) }
    blockHash.withBytes { hash.update($0) }
    payloads.finalize().withBytes { hash.update($0) }
    return hash.finalize()
  }
}
