import Primitives
import Rollup
import StateTransition
import StateTrie

/// A whole state in memory: what `StateView` and `NodeReader` show, kept up by commitments alone.
struct World {
  private(set) var accounts: [Address: Account] = [:]
  private(set) var nodes: [NibblePath: [UInt8]] = [:]
  private(set) var root = Trie.emptyRoot

  init(_ allocation: [GenesisAccount]) {
    let genesis = GenesisState(of: allocation)
    let byKey = Dictionary(uniqueKeysWithValues: genesis.entries.map { ($0.key, $0.account) })
    for account in allocation { accounts[account.address] = byKey[key(of: account.address)] }
    store(genesis.nodes)
    root = genesis.root
  }

  /// Applies a block, commits to it, and becomes the state after it. A block that throws changes nothing.
  mutating func run(_ block: EthereumBlock, by executor: BlockExecutor) throws -> (BlockOutcome, BlockCommitment) {
    let outcome = try executor.apply(block, to: self)
    let commitment = try outcome.commit(block, onto: root, reader: self)
    for change in outcome.diff.accounts { accounts[change.address] = change.account }
    store(commitment.state.nodes)
    root = commitment.state.root
    return (outcome, commitment)
  }

  private mutating func store(_ changes: [NodeChange]) {
    for change in changes { nodes[change.path] = change.node }
  }
}

extension World: StateView, NodeReader {
  func account(_ address: Address) -> Account? { accounts[address] }

  func node(at path: NibblePath) -> [UInt8]? { nodes[path] }
}

extension World {
  /// The state root, built anew from all accounts.
  var rebuiltRoot: Hash256 {
    var builder = TrieBuilder()
    let leaves = accounts.map { (key(of: $0), $1.encode()) }.sorted { $0.0 < $1.0 }
    for (key, value) in leaves { builder.append(NibblePath(key), value) { _, _ in } }
    return builder.finish { _, _ in }
  }
}
