import Hashing
package import Primitives
import StateTrie

/// The OP Stack's output root, version 0: what a bridge on L1 needs to know of an L2 block.
package enum OutputRoot {
  /// Of `OutputProposed.outputVersion`.
  package static let version: UInt64 = 0

  /// `keccak(0^32 ‖ stateRoot ‖ messagePasserStorageRoot ‖ blockHash)`; the empty trie's root where nothing keeps
  /// withdrawals.
  package static func hash(stateRoot: Hash256, messagePasserStorageRoot: Hash256, blockHash: Hash256) -> Hash256 {
    Keccak256.hash(Hash256.zero.bytes + stateRoot.bytes + messagePasserStorageRoot.bytes + blockHash.bytes)
  }

  /// What the storage root of an account without storage is.
  package static let emptyStorageRoot = Trie.emptyRoot
}

extension ChainConfiguration {
  /// The claim that a rollup begins with: the genesis state, before all data. Genesis stands for batch 0, which is never
  /// delivered, and block 1 extends the order `rollupId`. Nil for an imported chain. O(allocation).
  package var genesisClaim: OutputClaim? {
    guard let rollup else { return nil }
    let outputRoot = OutputRoot.hash(
      stateRoot: genesisHeader.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: genesisHeader.hash)
    return OutputClaim(
      outputRoot: outputRoot, parentOrder: rollupId, l1OriginHash: rollup.genesisOrigin.hash,
      l2BlockNumber: genesisHeader.number, batchIndex: 0, indexInBatch: 0, messagesConsumed: 0)
  }
}
