import Primitives
import Rollup

/// A block while it is applied.
struct BlockRun {
  let header: BlockHeader
  let chainID: UInt64
  let rules: ForkRules
  var journal = StateJournal()
  var outcomes: [TransactionOutcome] = []
  var diffsAfterTransactions: [StateDiff] = []

  init(header: BlockHeader, chainID: UInt64, rules: ForkRules) {
    self.header = header
    self.chainID = chainID
    self.rules = rules
  }

  var gasUsed: UInt64 { outcomes.last?.cumulativeGasUsed ?? 0 }

  /// Decodes and runs the next transaction.
  mutating func apply(
    _ encoded: [UInt8], index: Int, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) {
    let transaction = try decode(encoded, index: index)
    let transfer = try validate(transaction, index: index, in: view)
    try move(transfer, in: view)
    journal.endTransaction(clearingEmptyAccounts: rules.clearsEmptyAccounts)
    outcomes.append(
      TransactionOutcome(
        sender: transfer.sender, gasUsed: transfer.gasUsed, cumulativeGasUsed: gasUsed + transfer.gasUsed,
        succeeded: true))
    if !rules.receiptsCarryStatus { diffsAfterTransactions.append(journal.diff()) }
  }

  /// What the block did.
  func finish() -> BlockOutcome {
    BlockOutcome(
      diff: journal.diff(), transactions: outcomes, diffsAfterTransactions: diffsAfterTransactions, gasUsed: gasUsed)
  }

  /// The account, read through the journal.
  mutating func account(
    _ address: Address, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) -> Account? {
    do {
      return try journal.account(address, in: view)
    } catch {
      throw .state(block: header.number, error)
    }
  }

  /// Adds wei to an account, which comes into being when there is none, even for an amount of zero. (Under EIP-161 it
  /// leaves again when the transaction ends.)
  mutating func credit(
    _ amount: UInt256, to address: Address, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) {
    var account = try account(address, in: view) ?? Account()
    let sum = account.balance.addingReportingOverflow(amount)
    guard !sum.overflow else { throw .balanceOverflows(block: header.number, account: address) }
    account.balance = sum.partialValue
    journal.set(account, at: address)
  }
}
