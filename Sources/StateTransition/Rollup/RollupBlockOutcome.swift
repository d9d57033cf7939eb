package import Primitives
package import Rollup
package import StateTrie

/// What an L2 block does to the state it is applied to: a value, nothing is committed.
package struct RollupBlockOutcome: Equatable, Sendable {
  package let context: RollupBlockContext

  /// Everything the block changed.
  package let diff: StateDiff

  /// What became of each message and then of each transaction, in the order of the sequencer: the map from sequenced
  /// index to executed index.
  package let fates: [TransactionFate]

  /// The transactions of the executed block.
  package let transactions: [[UInt8]]

  /// One per transaction of the executed block.
  package let outcomes: [TransactionOutcome]

  package let gasUsed: UInt64
}

/// An L2 block carried out and committed to.
package struct RollupBlockCommitment: Equatable, Sendable {
  /// What to write.
  package let state: StateCommitment

  /// The executed block's.
  package let header: BlockHeader

  /// One per transaction of the executed block.
  package let receipts: [Receipt]
}

extension RollupBlockContext {
  /// Carries the block out.
  ///
  /// - Parameters:
  ///   - messages: those that the block consumes, whose root the context has.
  ///   - transactions: those of the order.
  ///   - signers: `Transaction.signer` of each of these as far as they are known; empty: none is.
  ///   - view: the state after the block before.
  ///   - machines: where the machine of the blocks before is kept, and this block's.
  package func apply(
    messages: [InboxCall], transactions: [[UInt8]], signers: [Address?] = [], to view: any StateView,
    on machines: MachineShelf? = nil
  ) throws(BlockError) -> RollupBlockOutcome {
    precondition(signers.isEmpty || signers.count == transactions.count, "a signer for each transaction")
    var execution = try RollupExecution(self, over: view, on: machines)
    try execution.begin()
    for message in messages { try execution.apply(message) }
    for (index, transaction) in transactions.enumerated() {
      try execution.apply(transaction, signer: signers.isEmpty ? nil : signers[index])
    }
    try execution.finish()
    return RollupBlockOutcome(
      context: self, diff: execution.takeDiff(), fates: execution.fates, transactions: execution.transactions,
      outcomes: execution.outcomes, gasUsed: execution.gasUsed)
  }
}

extension RollupBlockOutcome {
  /// Commits to the outcome: the state root, with the nodes to write, and the executed block's header.
  ///
  /// - Parameter parentRoot: root of the state that the block was applied to, whose trie nodes `reader` has.
  /// - Complexity: O((accounts + slots) · depth) nodes read and hashed.
  package func commit(
    onto parentRoot: Hash256, reader: some StateNodeReader, trust: NodeTrust = .verified
  ) throws(StateTrieError) -> RollupBlockCommitment {
    let state = try diff.commit(onto: parentRoot, reader: reader, trust: trust)
    let receipts = outcomes.map(\.receipt)
    let header = context.header(
      stateRoot: state.root, transactionsRoot: Trie.orderedRoot(of: transactions),
      receiptsRoot: Trie.orderedRoot(of: receipts.map { $0.encode() }),
      logsBloom: LogsBloom.union(receipts.map(\.bloom)),
      gasUsed: gasUsed)
    return RollupBlockCommitment(state: state, header: header, receipts: receipts)
  }
}

extension RollupBlockContext {
  /// The executed block's header.
  func header(
    stateRoot: Hash256, transactionsRoot: Hash256, receiptsRoot: Hash256, logsBloom: LogsBloom, gasUsed: UInt64
  ) -> BlockHeader {
    var header = draftHeader
    header.stateRoot = stateRoot
    header.transactionsRoot = transactionsRoot
    header.receiptsRoot = receiptsRoot
    header.logsBloom = logsBloom
    header.gasUsed = gasUsed
    return header
  }
}
