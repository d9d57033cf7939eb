package import Primitives

/// What a block does to the state it is applied to, and what its transactions did: a value, nothing is committed.
package struct BlockOutcome: Hashable, Sendable {
  /// The accounts that are different after the block.
  package let diff: StateDiff

  /// One per transaction.
  package let transactions: [TransactionOutcome]

  /// Where receipts hold state roots (before Byzantium): after each transaction, what the block had changed so far. Else
  /// nothing.
  package let diffsAfterTransactions: [StateDiff]

  package let gasUsed: UInt64
}

/// What one transaction did.
package struct TransactionOutcome: Hashable, Sendable {
  package let sender: Address
  package let gasUsed: UInt64

  /// Gas used by the block up to and with this transaction.
  package let cumulativeGasUsed: UInt64

  package let succeeded: Bool
}
