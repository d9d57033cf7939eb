package import Primitives
package import Rollup

/// What an output extends: genesis, or another output.
package struct OutputNode: Equatable, Sendable {
  package var claim: Hash256
  package var l2BlockNumber: UInt64

  /// The L1 block up to which data was used.
  package var l1Head: BlockID

  /// What the output stands on; see `Lineage`.
  package var lineage: Hash256

  /// Outputs that extend this one and are not deleted.
  package var children: [ChildKey: UInt64] = [:]

  /// No output extends the same one twice with the same claim.
  package struct ChildKey: Hashable, Sendable {
    package var claim: Hash256
    package var l2BlockNumber: UInt64
  }
}

/// A claim about the state, and what became of it.
///
/// Outputs are a tree: who disagrees with one extends the one before it, and need not wait until the dispute is over.
package struct Output: Equatable, Sendable {
  package enum Status: Hashable, Sendable {
    case open
    case final
    case deleted
  }

  package var node: OutputNode
  package var outputRoot: Hash256

  /// The output that this one extends; nil for genesis.
  package var parent: UInt64?

  package var proposer: Address

  /// In wei.
  package var bond: UInt256

  /// L1 time from which on it is final unless disputed.
  package var challengeEnd: UInt64

  package var status: Status

  /// The dispute game in progress; nil when there is none.
  package var game: UInt64?
}
