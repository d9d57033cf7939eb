import Hashing
package import Primitives
package import StateTrie

/// A diff as the state trie sees it: what to write so that the stored state is the one after the diff.
package struct StateCommitment: Equatable, Sendable {
  /// One account, under the Keccak-256 of its address.
  package struct AccountChange: Equatable, Sendable {
    package let key: Hash256

    /// nil when the account was removed.
    package let account: Account?

    /// Whether all its rows and nodes of storage are to be removed.
    package let clearsStorage: Bool
  }

  /// The state root.
  package let root: Hash256

  /// By ascending key.
  package let accounts: [AccountChange]

  /// Nodes of the account trie, in the order of `NibblePath`.
  package let nodes: [NodeChange]
}

extension StateDiff {
  /// Applies the diff to the state trie with root `parentRoot`, whose nodes `reader` has.
  ///
  /// - Complexity: O(accounts · depth) nodes read and hashed.
  package func commit(
    onto parentRoot: Hash256, reader: borrowing some NodeReader & ~Copyable & ~Escapable, trust: NodeTrust = .verified
  ) throws(TrieError) -> StateCommitment {
    let keys = Keccak256.hashEach(accounts.map(\.address.bytes))
    let changes = zip(keys, accounts)
      .map { StateCommitment.AccountChange(key: $0, account: $1.account, clearsStorage: $1.clearsStorage) }
      .sorted { $0.key < $1.key }
    let update = try Trie.update(
      root: parentRoot, changes: changes.map { (key: $0.key, value: $0.account?.encode()) }, reader: reader,
      trust: trust)
    return StateCommitment(root: update.root, accounts: changes, nodes: update.nodeChanges)
  }
}
