package import Primitives

/// A ledger as it is compared with another one: by canonical L1 block.
package protocol ComparableLedger {
  associatedtype Failure: Error

  /// Numbers of the canonical L1 blocks; nil when there are none.
  func l1Blocks() throws(Failure) -> ClosedRange<UInt64>?

  /// The newest L1 block that stays; nil when none is known to.
  func finalizedL1Block() throws(Failure) -> BlockID?

  /// `CanonicalAccumulator` after a canonical L1 block. O(1) lookups, and for the newest block its records.
  func canonicalAcc(afterL1Block number: UInt64) throws(Failure) -> Hash256

  /// A canonical L1 block: its hash, and its facts in order, `L1BlockAppended` first.
  func facts(ofL1Block number: UInt64) throws(Failure) -> (hash: Hash256, facts: [LedgerFact])

  /// Whether this L1 block was recorded once, and revoked. O(revoked records).
  func hasRevoked(_ id: BlockID) throws(Failure) -> Bool
}

/// A record of a ledger, as much of it as comparing takes.
package struct LedgerFact: Hashable, Sendable {
  /// In its own ledger. Two that agree about L1 may have it at different positions.
  package var position: Position
  package var kind: EventKind
  package var payloadHash: Hash256

  package init(position: Position, kind: EventKind, payloadHash: Hash256) {
    self.position = position
    self.kind = kind
    self.payloadHash = payloadHash
  }
}
