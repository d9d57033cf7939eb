package import EVM
import Primitives
package import Rollup

/// Applies blocks of one chain to states. Holds nothing but the chain's rules.
package struct BlockExecutor: Sendable {
  package let chainID: UInt64
  package let forks: ForkSchedule

  package init(chainID: UInt64, forks: ForkSchedule) {
    self.chainID = chainID
    self.forks = forks
  }

  /// Runs the block's transactions and pays its rewards.
  ///
  /// The header is taken as the context (number, time, fee recipient, gas limit, base fee); what it claims about the
  /// outcome is not looked at, and neither is its place in the chain. Yellow paper, sections 6 and 11.
  ///
  /// - Parameter machine: as in `BlockExecution`.
  /// - Complexity: one key recovery per transaction, one read of the view per account.
  package func apply(
    _ block: EthereumBlock, to view: some StateView, on machine: Machine? = nil
  ) throws(BlockError) -> BlockOutcome {
    let context = BlockContext(header: block.header, chainID: chainID, forks: forks)
    var execution = BlockExecution(context: context, over: view, machine: machine)
    var diffs: [StateDiff] = []
    try checkSize(of: block, rules: context.rules)
    try execution.begin()
    for transaction in block.transactions {
      try execution.apply(transaction)
      if !context.rules.receiptsCarryStatus { diffs.append(execution.takeDiff()) }
    }
    let requests = try execution.finish(uncles: block.uncles, withdrawals: block.withdrawals)
    diffs.append(execution.takeDiff())
    return BlockOutcome(
      diffs: diffs, transactions: execution.outcomes, receiptsCarryStatus: context.rules.receiptsCarryStatus,
      gasUsed: execution.gasUsed, blobGasUsed: execution.blobGasUsed,
      requests: context.collectsRequests ? requests : nil)
  }

  /// EIP-7934. Only a block with large transactions is encoded for it.
  private func checkSize(of block: EthereumBlock, rules: ForkRules) throws(BlockError) {
    guard let greatest = rules.greatestBlockSize else { return }
    let transactions = block.transactions.reduce(0) { $0 + $1.count }
    guard transactions > greatest / 2 else { return }
    let byteCount = block.encode().count
    guard byteCount <= greatest else {
      throw .tooLarge(block: block.header.number, byteCount: byteCount, greatest: greatest)
    }
  }
}
