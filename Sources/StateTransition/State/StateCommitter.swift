import Hashing
package import Primitives
package import StateTrie

/// Applies diffs to the tries of a state, one after the other, and keeps the nodes in memory. For a single diff there is
/// `StateDiff.commit`, which has less to keep.
///
/// The root is known after each diff: what receipts before Byzantium and the steps of a disputed block hold.
package struct StateCommitter<Reader: StateNodeReader> {
  /// Root of the state after the diffs so far.
  package private(set) var root: Hash256

  private let reader: Reader
  private let trust: NodeTrust
  private var nodes: [NibblePath: [UInt8]?] = [:]
  private var accounts: [Hash256: AccountWork] = [:]
  private var code: [Hash256: [UInt8]] = [:]

  /// - Parameters:
  ///   - root: of the state that the first diff is about, whose nodes `reader` has.
  ///   - trust: whether each node read is hashed and compared.
  package init(root: Hash256, reader: Reader, trust: NodeTrust = .verified) {
    self.root = root
    self.reader = reader
    self.trust = trust
  }

  /// Applies the next diff.
  ///
  /// - Complexity: O((accounts + slots) · depth) nodes read and hashed.
  package mutating func apply(_ diff: StateDiff) throws(StateTrieError) {
    let keys = diff.accountKeys
    for (key, change) in zip(keys, diff.accounts) { try apply(change, key: key) }
    for entry in diff.code { code[entry.hash] = entry.code }
    let changes = keys.sorted().map { (key: $0, value: accounts[$0]?.account?.encode()) }
    do {
      let update = try Trie.update(
        root: root, changes: changes, reader: AccountNodes(reader: reader, written: nodes), trust: trust)
      root = update.root
      for change in update.nodeChanges { nodes.updateValue(change.node, forKey: change.path) }
    } catch { throw StateTrieError(error) }
  }

  /// What all diffs together write.
  package consuming func finish() -> StateCommitment {
    StateCommitment(
      root: root, accounts: accounts.sorted { $0.key < $1.key }.map { $1.change(key: $0) },
      nodeChanges: NodeChanges(nodes),
      code: code.sorted { $0.key < $1.key }.map { StateDiff.NewCode(hash: $0, code: $1) })
  }

  private mutating func apply(_ change: StateDiff.AccountChange, key: Hash256) throws(StateTrieError) {
    var work = accounts[key] ?? AccountWork()
    if change.clearsStorage { work.clear() }
    guard var account = change.account else {
      work.account = nil
      accounts[key] = work
      return
    }
    let before = work.storageRoot ?? (change.clearsStorage ? Trie.emptyRoot : account.storageRoot)
    account.storageRoot = try work.write(change.storage, onto: before, of: key, reader, trust)
    work.storageRoot = account.storageRoot
    work.account = account
    accounts[key] = work
  }
}

/// What is to be written about one account.
private struct AccountWork {
  var account: Account?

  /// nil while it is the one that diffs give.
  var storageRoot: Hash256?

  private var isCleared = false
  private var slots: [Hash256: UInt256] = [:]
  private var nodes: [NibblePath: [UInt8]?] = [:]

  mutating func clear() {
    isCleared = true
    storageRoot = Trie.emptyRoot
    slots.removeAll()
    nodes.removeAll()
  }

  /// Applies slots to the storage trie and returns its root.
  mutating func write(
    _ changes: [StateDiff.SlotChange], onto root: Hash256, of account: Hash256, _ reader: some StateNodeReader,
    _ trust: NodeTrust
  ) throws(StateTrieError) -> Hash256 {
    if changes.isEmpty { return root }
    let keys = Keccak256.hashEach(changes.map(\.slot.bigEndianBytes))
    let leaves = zip(keys, changes).map { (key: $0, value: $1.value) }.sorted { $0.key < $1.key }
    for leaf in leaves { slots[leaf.key] = leaf.value }
    let source = StorageNodes(account: account, reader: reader, isCleared: isCleared, written: nodes)
    do {
      let update = try Trie.update(
        root: root,
        changes: leaves.map { (key: $0.key, value: $0.value.isZero ? nil : StateCommitment.encode($0.value)) },
        reader: source, trust: trust)
      for change in update.nodeChanges { nodes.updateValue(change.node, forKey: change.path) }
      return update.root
    } catch { throw StateTrieError(account: account, error) }
  }

  func change(key: Hash256) -> StateCommitment.AccountChange {
    StateCommitment.AccountChange(
      key: key, account: account, encoded: account?.encode(), clearsStorage: isCleared,
      storage: slots.sorted { $0.key < $1.key }.map { StateCommitment.SlotChange(key: $0, value: $1) },
      storageNodeChanges: NodeChanges(nodes))
  }
}

extension NodeChanges {
  fileprivate init(_ nodes: [NibblePath: [UInt8]?]) {
    self.init(nodes.map { NodeChange(path: $0, node: $1) }.sorted { $0.path < $1.path })
  }
}
