package import Primitives

/// What a block does to the state it is applied to, and what its transactions did: a value, nothing is committed.
package struct BlockOutcome: Hashable, Sendable {
  /// What changed, to be committed in turn. Where receipts hold state roots (before Byzantium): after each transaction,
  /// and at the end of the block. Else one.
  package let diffs: [StateDiff]

  /// One per transaction.
  package let transactions: [TransactionOutcome]

  /// Whether receipts say if the transaction succeeded (EIP-658), and not the state root after it.
  package let receiptsCarryStatus: Bool

  package let gasUsed: UInt64

  /// EIP-4844.
  package let blobGasUsed: UInt64

  /// What the block asks of the beacon chain (EIP-7685); nil before Prague.
  package let requests: [BlockRequest]?
}

/// What one transaction did.
package struct TransactionOutcome: Hashable, Sendable {
  /// EIP-2718; 0 for a legacy one.
  package let type: UInt8

  package let sender: Address
  package let gasUsed: UInt64

  /// Gas used by the block up to and with this transaction.
  package let cumulativeGasUsed: UInt64

  package let succeeded: Bool

  /// In the order in which they were made; none when the transaction failed.
  package let logs: [Log]

  /// The address of the contract that the transaction made, or would have made.
  package let contractAddress: Address?

  /// What the call returned, or reverted with; empty for a contract that was made.
  package let output: [UInt8]

  package init(
    type: UInt8, sender: Address, gasUsed: UInt64, cumulativeGasUsed: UInt64, succeeded: Bool, logs: [Log] = [],
    contractAddress: Address? = nil, output: [UInt8] = []
  ) {
    self.type = type
    self.sender = sender
    self.gasUsed = gasUsed
    self.cumulativeGasUsed = cumulativeGasUsed
    self.succeeded = succeeded
    self.logs = logs
    self.contractAddress = contractAddress
    self.output = output
  }

  /// The receipt, in a block whose receipts carry a status (EIP-658).
  package var receipt: Receipt { receipt(.succeeded(succeeded)) }

  /// The receipt with the given outcome.
  package func receipt(_ outcome: Receipt.Outcome) -> Receipt {
    Receipt(type: type, outcome: outcome, cumulativeGasUsed: cumulativeGasUsed, logs: logs)
  }
}
