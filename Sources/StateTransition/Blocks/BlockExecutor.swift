package import EVM
package import Primitives
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
  /// - Parameters:
  ///   - signers: `Transaction.signer` of each transaction as far as they are known; empty: none is.
  ///   - machines: where the machine of the blocks before is kept, and this block's.
  /// - Complexity: one key recovery per transaction whose signer is not given, one read of the view per account.
  package func apply(
    _ block: EthereumBlock, signers: [Address?] = [], to view: some StateView, on machines: MachineShelf? = nil
  ) throws(BlockError) -> BlockOutcome {
    var tracer = NoTracer()
    return try apply(block, signers: signers, to: view, on: machines, tracer: &tracer)
  }

  /// As `apply(_:signers:to:on:)`, telling a tracer about each instruction of the transactions. Calls by the protocol
  /// itself are not told of.
  package func apply(
    _ block: EthereumBlock, signers: [Address?] = [], to view: some StateView, on machines: MachineShelf? = nil,
    tracer: inout some Tracer
  ) throws(BlockError) -> BlockOutcome {
    precondition(signers.isEmpty || signers.count == block.transactions.count, "a signer for each transaction")
    let context = BlockContext(header: block.header, chainID: chainID, forks: forks)
    var execution = BlockExecution(
      context: context, over: view, machine: machines?.machine(of: context.rules.revision))
    var diffs: [StateDiff] = []
    try checkSize(of: block, rules: context.rules)
    try execution.begin()
    let transactions = block.transactions.map(Transaction.decode)
    try execution.prefetch(transactions, signers: signers)
    for (index, transaction) in transactions.enumerated() {
      try execution.apply(transaction, signer: signers.isEmpty ? nil : signers[index], &tracer)
      if !context.rules.receiptsCarryStatus { diffs.append(execution.takeDiff()) }
    }
    let requests = try execution.finish(uncles: block.uncles, withdrawals: block.withdrawals)
    diffs.append(execution.takeDiff())
    return BlockOutcome(
      diffs: diffs, transactions: execution.outcomes, receiptsCarryStatus: context.rules.receiptsCarryStatus,
      gasUsed: execution.gasUsed, blobGasUsed: execution.blobGasUsed,
      requests: context.collectsRequests ? requests : nil)
  }

  /// EIP-7934.
  private func checkSize(of block: EthereumBlock, rules: ForkRules) throws(BlockError) {
    guard let greatest = rules.greatestBlockSize else { return }
    let byteCount = block.encodedByteCount
    guard byteCount <= greatest else {
      throw .tooLarge(block: block.header.number, byteCount: byteCount, greatest: greatest)
    }
  }
}
