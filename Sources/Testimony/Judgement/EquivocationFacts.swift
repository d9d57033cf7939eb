package import Primitives
package import Rollup

/// What is known of L1 when a contradiction is judged: the whole ledger, or what a file shows. Not to know is an answer, and
/// never counts against anybody.
package protocol EquivocationFacts {
  associatedtype Failure: Error

  /// Whether L1 has the block now; nil when that is not known.
  func isCanonical(_ block: BlockID) throws(Failure) -> Bool?

  /// Whether messages were forced in, in L1 blocks from `first` to `last`.
  func forcedInclusion(from first: UInt64, through last: UInt64) throws(Failure) -> ForcedInclusion

  /// For how many L1 blocks at most messages that were forced in, in L1 blocks up to this one, may have waited for the data of
  /// batches before them until it was known which height they take; nil when that is not known.
  func longestWait(through block: UInt64) throws(Failure) -> UInt64?

  /// The key whose word counts for blocks with this L1 origin, zero for nobody's; nil when that is not known.
  func authority(atL1Origin number: UInt64) throws(Failure) -> Address?

  /// Whether what `authority` says is known, and not only the word of somebody who may have left out a change of the key.
  func isAuthorityShown(atL1Origin number: UInt64) throws(Failure) -> Bool

  /// Whether all that L1 ever stored was this key's word, forced blocks aside: no other key's word ever counted, as far
  /// as L1 is known, which is up to L1 block `last` at least. Nil when that is not known.
  func isOnlyKey(_ key: Address, through last: UInt64) throws(Failure) -> Bool?

  /// Whether the key can be slashed no more: its authority ended, and its slashing window is over.
  func isPastSlashing(_ key: Address) throws(Failure) -> Bool
}

extension EquivocationFacts {
  package func isAuthorityShown(atL1Origin number: UInt64) throws(Failure) -> Bool { true }
}

/// What is known of forced inclusions in a range of L1 blocks.
package enum ForcedInclusion: Hashable, Sendable {
  case none
  /// The first L1 block that has one.
  case inBlock(UInt64)
  case unknown
}

/// Of somebody who knows nothing of L1.
package struct UnknownFacts: EquivocationFacts {
  package typealias Failure = Never

  package init() {}

  package func isCanonical(_ block: BlockID) -> Bool? { nil }

  package func forcedInclusion(from first: UInt64, through last: UInt64) -> ForcedInclusion { .unknown }

  package func longestWait(through block: UInt64) -> UInt64? { nil }

  package func authority(atL1Origin number: UInt64) -> Address? { nil }

  package func isOnlyKey(_ key: Address, through last: UInt64) -> Bool? { nil }

  package func isPastSlashing(_ key: Address) -> Bool { false }
}
