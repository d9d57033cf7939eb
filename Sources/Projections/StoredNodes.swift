import Primitives
import StateTransition
import StateTrie

/// The nodes of the state trie and of all storage tries.
struct StoredNodes: StateNodeReader {
  private let accountTrie: NodeTable
  private let storageTries: NodeTable

  init(_ view: ProjectionView) {
    accountTrie = NodeTable(nodes: ProposerState.accountNodes, values: ProposerState.accounts, in: view)
    storageTries = NodeTable(nodes: ProposerState.storageNodes, values: ProposerState.storage, in: view)
  }

  func accountNode(at path: NibblePath) throws(TrieError) -> [UInt8]? { try accountTrie.node(at: path, of: nil) }

  func storageNode(of account: Hash256, at path: NibblePath) throws(TrieError) -> [UInt8]? {
    try storageTries.node(at: path, of: account)
  }

  func appendAccountNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    try accountTrie.append(path, of: nil, to: &bytes)
  }

  func appendStorageNode(
    of account: Hash256, at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    try storageTries.append(path, of: account, to: &bytes)
  }

  /// The entry of the batch that is the row of a node, if it was read before; asked in the order of paths, and of owners.
  func entry(of path: NibblePath, of owner: Hash256?) -> Int? {
    (owner == nil ? accountTrie : storageTries).entry(of: path, of: owner)
  }

  func changeInPlace(
    _ changes: [TrieChange], of account: Hash256?, onto root: Hash256
  ) throws(TrieError) -> (root: Hash256, rest: [TrieChange]) {
    try (account == nil ? accountTrie : storageTries).changeInPlace(changes, of: account, onto: root)
  }

  func hasAccountLeaf(at path: NibblePath) throws(TrieError) -> Bool { try accountTrie.hasLeaf(at: path, of: nil) }

  func hasStorageLeaf(of account: Hash256, at path: NibblePath) throws(TrieError) -> Bool {
    try storageTries.hasLeaf(at: path, of: account)
  }
}

extension NodeShape {
  /// Which children of `node` are leaves that it names by hash, where there was another row, or none, before.
  func leaves(of node: RawSpan, after row: RawSpan?) -> UInt16 {
    guard case .branch(let children) = self else { return 0 }
    return children.leaves(before: NodeRow.leaves(of: row), in: node)
  }
}

extension NibblePath {
  /// Lends the storage key, behind the owner's bytes if there is an owner.
  func withStorageKey<Result, Failure: Error>(
    behind owner: Hash256?, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if let owner { try withStorageKey(behind: owner, body) } else { try withStorageKey(body) }
  }
}
