package import Primitives
package import Rollup
package import StateTrie

/// A block carried out: what to write, and what its header should say.
package struct BlockCommitment: Equatable, Sendable {
  package let state: StateCommitment
  package let receipts: [Receipt]

  /// The header's fields that follow from the block and the state before it.
  package let computed: ComputedFields
}

extension BlockOutcome {
  /// Commits to the outcome: the state root, with the nodes to write, and the receipts, which before Byzantium take a
  /// state root each.
  ///
  /// - Parameters:
  ///   - block: the block that was applied.
  ///   - parentRoot: root of the state it was applied to, whose trie nodes `reader` has.
  /// - Complexity: O((accounts + slots) · depth) nodes read and hashed; before Byzantium for each transaction.
  package func commit(
    _ block: EthereumBlock, onto parentRoot: Hash256, reader: some StateNodeReader, trust: NodeTrust = .verified
  ) throws(StateTrieError) -> BlockCommitment {
    if receiptsCarryStatus, diffs.count == 1 {
      let state = try diffs[0].commit(onto: parentRoot, reader: reader, trust: trust)
      return commitment(block, state, transactions.map(\.receipt))
    }
    var committer = StateCommitter(root: parentRoot, reader: reader, trust: trust)
    var receipts: [Receipt] = []
    for (index, diff) in diffs.enumerated() {
      try committer.apply(diff)
      if !receiptsCarryStatus, index < transactions.count {
        receipts.append(transactions[index].receipt(.stateRoot(committer.root)))
      }
    }
    return commitment(block, committer.finish(), receiptsCarryStatus ? transactions.map(\.receipt) : receipts)
  }

  private func commitment(
    _ block: EthereumBlock, _ state: StateCommitment, _ receipts: [Receipt]
  ) -> BlockCommitment {
    BlockCommitment(state: state, receipts: receipts, computed: computed(block, state.root, receipts))
  }

  private func computed(
    _ block: EthereumBlock, _ stateRoot: Hash256, _ receipts: [Receipt]
  ) -> ComputedFields {
    let roots = block.bodyRoots
    return ComputedFields(
      ommersHash: roots.ommersHash, stateRoot: stateRoot, transactionsRoot: roots.transactionsRoot,
      receiptsRoot: Trie.orderedRoot(of: receipts.map { $0.encode() }),
      logsBloom: LogsBloom.union(receipts.map(\.bloom)), gasUsed: gasUsed,
      withdrawalsRoot: block.header.withdrawalsRoot == nil ? nil : roots.withdrawalsRoot,
      blobGasUsed: block.header.blobGasUsed == nil ? nil : blobGasUsed,
      requestsHash: requests.map(BlockRequest.hash(of:)))
  }
}
