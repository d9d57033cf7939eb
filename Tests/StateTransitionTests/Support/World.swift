import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// A whole state in memory: what `StateView` and `StateNodeReader` show, kept up by commitments alone.
struct World {
  private(set) var accounts: [Address: Account] = [:]
  private(set) var storage: [Address: [UInt256: UInt256]] = [:]
  private(set) var nodes: [NibblePath: [UInt8]] = [:]
  private(set) var storageNodes: [Hash256: [NibblePath: [UInt8]]] = [:]
  private(set) var code: [Hash256: [UInt8]] = [:]
  private(set) var root = Trie.emptyRoot

  init(_ allocation: [GenesisAccount]) {
    let genesis = GenesisState(of: allocation)
    let byKey = Dictionary(uniqueKeysWithValues: genesis.entries.map { ($0.key, $0) })
    for account in allocation {
      let key = key(of: account.address)
      accounts[account.address] = byKey[key]?.account
      for slot in account.storage { storage[account.address, default: [:]][slot.key] = slot.value }
      for change in byKey[key]?.storageNodes ?? [] { storageNodes[key, default: [:]][change.path] = change.node }
      code[Keccak256.hash(account.code)] = account.code
    }
    for change in genesis.nodes { nodes[change.path] = change.node }
    root = genesis.root
  }

  /// Applies a block, commits to it, and becomes the state after it. A block that throws changes nothing.
  mutating func run(_ block: EthereumBlock, by executor: BlockExecutor) throws -> (BlockOutcome, BlockCommitment) {
    let outcome = try executor.apply(block, to: self)
    let commitment = try outcome.commit(block, onto: root, reader: self)
    for diff in outcome.diffs { apply(diff) }
    store(commitment.state, addresses: outcome.diffs.flatMap { $0.accounts.map(\.address) })
    return (outcome, commitment)
  }

  private mutating func apply(_ diff: StateDiff) {
    for change in diff.accounts {
      accounts[change.address] = change.account
      if change.clearsStorage { storage[change.address] = nil }
      for slot in change.storage {
        storage[change.address, default: [:]][slot.slot] = slot.value.isZero ? nil : slot.value
      }
    }
    for entry in diff.code { code[entry.hash] = entry.code }
  }

  /// Nodes, and the storage roots that only a commitment knows.
  private mutating func store(_ commitment: StateCommitment, addresses: [Address]) {
    let addresses = Dictionary(uniqueKeysWithValues: Set(addresses).map { (key(of: $0), $0) })
    for change in commitment.accounts {
      if let address = addresses[change.key] { accounts[address] = change.account }
      if change.clearsStorage { storageNodes[change.key] = nil }
      for node in change.storageNodes { storageNodes[change.key, default: [:]][node.path] = node.node }
    }
    for change in commitment.nodes { nodes[change.path] = change.node }
    root = commitment.root
  }
}

extension World: StateView, StateNodeReader {
  func account(_ address: Address) -> Account? { accounts[address] }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { storage[address]?[slot] ?? .zero }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    guard let bytes = code[hash] else { throw StateReadError("no code has the hash \(hash)") }
    return bytes
  }

  /// Any number's: the tests that use it do not look back.
  func blockHash(_ number: UInt64) -> Hash256 { Keccak256.hash([UInt8](String(number).utf8)) }

  func accountNode(at path: NibblePath) -> [UInt8]? { nodes[path] }

  func storageNode(of account: Hash256, at path: NibblePath) -> [UInt8]? { storageNodes[account]?[path] }
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
