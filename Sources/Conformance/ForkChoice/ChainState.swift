import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// A state with its tries, in memory.
struct ChainState {
  private(set) var contents: FixtureState
  private(set) var root: Hash256
  private var storageRoots: [Address: Hash256] = [:]
  private var nodes: [NibblePath: [UInt8]] = [:]
  private var storageNodes: [Hash256: [NibblePath: [UInt8]]] = [:]

  init(_ contents: FixtureState) {
    self.contents = contents
    let allocation = contents.allocation
    let genesis = GenesisState(of: allocation)
    root = genesis.root
    let roots = Dictionary(uniqueKeysWithValues: genesis.entries.map { ($0.key, $0.account.storageRoot) })
    for address in allocation.map(\.address) { storageRoots[address] = roots[Keccak256.hash(address.bytes)] }
    for change in genesis.nodes { nodes[change.path] = change.node }
    for entry in genesis.entries {
      for change in entry.storageNodes { storageNodes[entry.key, default: [:]][change.path] = change.node }
    }
  }

  /// Becomes the state after the diffs, which `commitment` commits to.
  mutating func apply(_ diffs: [StateDiff], _ commitment: StateCommitment) {
    for diff in diffs { contents.apply(diff) }
    let changes = Dictionary(uniqueKeysWithValues: commitment.accounts.map { ($0.key, $0) })
    for address in Set(diffs.flatMap { $0.accounts.map(\.address) }) {
      storageRoots[address] = changes[Keccak256.hash(address.bytes)]?.account?.storageRoot
    }
    for change in commitment.accounts {
      if change.clearsStorage { storageNodes[change.key] = nil }
      for node in change.storageNodes { storageNodes[change.key, default: [:]][node.path] = node.node }
    }
    for change in commitment.nodes { nodes[change.path] = change.node }
    root = commitment.root
  }

  func account(_ address: Address) -> Account? {
    guard var account = contents.account(address) else { return nil }
    account.storageRoot = storageRoots[address] ?? Trie.emptyRoot
    return account
  }
}

extension ChainState: StateNodeReader {
  func accountNode(at path: NibblePath) -> [UInt8]? { nodes[path] }

  func storageNode(of account: Hash256, at path: NibblePath) -> [UInt8]? { storageNodes[account]?[path] }
}
