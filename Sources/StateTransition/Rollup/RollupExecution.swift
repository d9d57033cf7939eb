package import Primitives
import Rollup

/// An L2 block while it is carried out: `begin`, each message, each transaction, `finish`.
///
/// A transaction that cannot be carried out stays in its place in the order, and changes nothing. A single transaction in
/// the middle of a block is carried out over the state before it, with the gas that those before it used.
///
/// Nothing that a message or transaction says can stop the chain: what it says wrong makes it invalid or fail, and no
/// balance can exceed 256 bits. All wei there is comes from genesis, less than 2²⁵⁵ (`ChainConfiguration`), and from at
/// most 2⁶⁴ messages, less than 2¹²⁸ each (`InboxCall.greatestMint`); tips, refunds and transfers only move it.
/// `Docs/Execution.md` has all rules in which this differs from an Ethereum block.
package struct RollupExecution {
  package let context: RollupBlockContext

  /// What became of each message and transaction that was applied here, in order.
  package private(set) var fates: [TransactionFate] = []

  /// The transactions of the executed block, as far as they were carried out here.
  package private(set) var transactions: [[UInt8]] = []

  private var execution: BlockExecution

  /// - Parameters:
  ///   - view: the state before the block, or before the transaction where it is taken up.
  ///   - gasUsed: by the transactions that are not carried out here.
  ///   - machines: where the machine of the blocks before is kept, and this block's.
  package init(
    _ context: RollupBlockContext, over view: any StateView, gasUsed: UInt64 = 0, on machines: MachineShelf? = nil
  ) throws(BlockError) {
    self.context = context
    let block = context.blockContext()
    execution = BlockExecution(
      context: block, over: view, gasUsed: gasUsed, machine: machines?.machine(of: block.rules.revision))
  }

  /// Gas used by the block so far.
  package var gasUsed: UInt64 { execution.gasUsed }

  /// One per transaction that was carried out here.
  package var outcomes: [TransactionOutcome] { execution.outcomes }

  /// What comes before the transactions: system calls.
  package mutating func begin() throws(BlockError) { try execution.begin() }

  /// Applies the next transaction of the order.
  ///
  /// - Parameter signer: `Transaction.signer`, if it is known already.
  /// - Throws: when the state cannot be read, or holds 2²⁵⁶ wei or more, as no rollup's does; never because of what the
  ///   transaction says.
  @discardableResult
  package mutating func apply(
    _ transaction: [UInt8], signer: Address? = nil
  ) throws(BlockError) -> TransactionFate {
    if let type = transaction.first, RollupExecution.isForbidden(type: type) {
      return note(.invalid(.unsupportedType(type)), transaction)
    }
    return try attempt(transaction) { (execution) throws(BlockError) in
      try execution.apply(transaction, signer: signer)
    }
  }

  /// Applies the next inbox message.
  ///
  /// - Throws: when the state cannot be read, or holds 2²⁵⁶ wei or more, as no rollup's does; never because of what the
  ///   message says.
  @discardableResult
  package mutating func apply(_ message: InboxCall) throws(BlockError) -> TransactionFate {
    if message.kind == .transaction { return try apply(message.data) }
    return try attempt(message.transaction) { (execution) throws(BlockError) in try execution.apply(deposit: message) }
  }

  /// What comes after the transactions.
  package mutating func finish() throws(BlockError) {
    try execution.finish(uncles: [], withdrawals: BlockHeader.Shape(of: context.fork) >= .shanghai ? [] : nil)
  }

  /// What has changed since the last time this was asked, or since the view; to be committed in turn.
  package mutating func takeDiff() -> StateDiff { execution.takeDiff() }

  private mutating func attempt(
    _ transaction: [UInt8], _ body: (inout BlockExecution) throws(BlockError) -> TransactionOutcome
  ) throws(BlockError) -> TransactionFate {
    do {
      _ = try body(&execution)
    } catch .invalidTransaction(_, _, let reason) {
      return note(.invalid(reason), transaction)
    }
    return note(.executed(index: execution.outcomes.count - 1), transaction)
  }

  private mutating func note(_ fate: TransactionFate, _ transaction: [UInt8]) -> TransactionFate {
    fates.append(fate)
    if case .executed = fate { transactions.append(transaction) }
    return fate
  }

  /// Blobs have no place in a block whose data is on L1 already, and only the inbox makes deposits.
  private static func isForbidden(type: UInt8) -> Bool {
    type == 3 || type == InboxCall.depositType
  }
}

/// What became of a message or a transaction in the order of an L2 block.
package enum TransactionFate: Equatable, Sendable {
  /// It is the transaction of the executed block with this index, and has the receipt with this index, whether or not
  /// what it called succeeded.
  case executed(index: Int)

  /// It cannot be in a block: it changed nothing.
  case invalid(TransactionError)
}

extension RollupBlockContext {
  /// What transactions can know of the block. An L2 block asks nothing of a beacon chain. It has no room for blobs,
  /// and so no excess of them: from Cancun on the blob base fee is the least one, 1 wei (EIP-4844, EIP-7516).
  func blockContext() -> BlockContext {
    do {
      // A schedule in which the fork is there from the start: which one it is has been decided.
      let forks = try ForkSchedule(
        activations: fork > .paris ? [ForkSchedule.Activation(fork, at: 0)] : [], terminalTotalDifficulty: .zero,
        blobSchedule: [BlobParameters(fork: .cancun, target: 0, max: 0, baseFeeUpdateFraction: 1)])
      var context = BlockContext(header: draftHeader, chainID: chainID, forks: forks)
      context.collectsRequests = false
      return context
    } catch {
      preconditionFailure("a schedule of one fork is in order")
    }
  }
}
