package import Primitives
package import Rollup

/// An L1 as a node sees it: blocks with the rollup contract's events, finality, and a way to send transactions. Blocks above
/// the finalized one may be replaced by others at any time; who follows compares hashes.
package protocol L1Chain: Sendable {
  /// EIP-155.
  var chainID: UInt64 { get }

  /// The newest block.
  func head() async throws(L1Error) -> BlockID

  /// The newest block that stays.
  func finalized() async throws(L1Error) -> BlockID

  /// The canonical block with this number; nil when there is none yet.
  func block(number: UInt64) async throws(L1Error) -> L1Block?

  /// The canonical block with this hash; nil when there is none.
  func block(hash: Hash256) async throws(L1Error) -> L1Block?

  /// Hands in a transaction, and returns its hash. The same transaction counts once, however often it is sent.
  @discardableResult
  func submit(_ transaction: L1Transaction) async throws(L1Error) -> Hash256

  /// What became of a transaction; nil while it is in no canonical block.
  func receipt(of transactionHash: Hash256) async throws(L1Error) -> L1Receipt?

  /// What an account has at the newest block, in wei.
  func balance(of account: Address) async throws(L1Error) -> UInt256
}

extension L1Chain {
  /// The newest block that a follower has in common with the chain, looking back from `tip`, the newest it knows.
  ///
  /// - Parameter known: hash of the follower's block with this number; nil where it has none.
  /// - Returns: nil when not even the follower's first block is the chain's.
  package func commonAncestor(
    from tip: BlockID, known: (UInt64) async throws(L1Error) -> Hash256?
  ) async throws(L1Error) -> BlockID? {
    var number = min(tip.number, try await head().number)
    while let hash = try await known(number) {
      if try await block(number: number)?.hash == hash { return BlockID(number: number, hash: hash) }
      if number == 0 { return nil }
      number -= 1
    }
    return nil
  }
}

/// Why an L1 gave no answer.
package enum L1Error: Error, Sendable {
  /// The chain itself could not keep or read its blocks.
  case store(String)
  /// A reorganisation below what is final, or to a block that is not known.
  case cannotReorganise(String)
  /// A block's time is not after its parent's.
  case timeDoesNotAdvance(parent: UInt64, given: UInt64)
}

extension L1Error: CustomStringConvertible {
  package var description: String {
    switch self {
    case .store(let reason): "the L1 cannot read or keep its blocks: \(reason)"
    case .cannotReorganise(let reason): "L1 cannot be reorganised so: \(reason)"
    case .timeDoesNotAdvance(let parent, let given):
      "an L1 block at time \(given) cannot follow one at time \(parent); the clock must advance"
    }
  }
}
