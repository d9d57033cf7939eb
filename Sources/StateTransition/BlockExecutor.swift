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
  /// - Complexity: one key recovery per transaction, one read of the view per account.
  package func apply(
    _ block: EthereumBlock, to view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) -> BlockOutcome {
    let header = block.header
    let fork = forks.fork(of: header)
    guard let rules = ForkRules.rules(of: fork) else { throw .unsupportedFork(block: header.number, fork: fork) }
    guard header.number != forks.daoFork else { throw .unsupportedDAOFork(block: header.number) }
    var run = BlockRun(header: header, chainID: chainID, rules: rules)
    for (index, encoded) in block.transactions.enumerated() {
      try run.apply(encoded, index: index, in: view)
    }
    try run.payRewards(uncles: block.uncles, in: view)
    return run.finish()
  }
}
