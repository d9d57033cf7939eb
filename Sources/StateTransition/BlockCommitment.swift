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
  /// - Complexity: O(accounts · depth) nodes read and hashed; before Byzantium that once per transaction, over what had
  ///   changed until then.
  package func commit(
    _ block: EthereumBlock, onto parentRoot: Hash256, reader: borrowing some NodeReader & ~Copyable & ~Escapable,
    trust: NodeTrust = .verified
  ) throws(TrieError) -> BlockCommitment {
    var receipts: [Receipt] = []
    for (index, transaction) in transactions.enumerated() {
      let outcome: Receipt.Outcome
      if index < diffsAfterTransactions.count {
        let diff = diffsAfterTransactions[index]
        outcome = .stateRoot(try diff.commit(onto: parentRoot, reader: reader, trust: trust).root)
      } else {
        outcome = .succeeded(transaction.succeeded)
      }
      receipts.append(Receipt(outcome: outcome, cumulativeGasUsed: transaction.cumulativeGasUsed))
    }
    let state = try diff.commit(onto: parentRoot, reader: reader, trust: trust)
    let roots = block.bodyRoots
    let computed = ComputedFields(
      ommersHash: roots.ommersHash, stateRoot: state.root, transactionsRoot: roots.transactionsRoot,
      receiptsRoot: Trie.orderedRoot(of: receipts.map { $0.encode() }), logsBloom: .empty,
      gasUsed: gasUsed)
    return BlockCommitment(state: state, receipts: receipts, computed: computed)
  }
}
