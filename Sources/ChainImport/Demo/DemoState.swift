import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// The demo chain's state, in memory.
struct DemoState {
  private var accounts: [Hash256: Account] = [:]
  private var nodes: [NibblePath: [UInt8]] = [:]
  private(set) var root: Hash256

  init(_ allocation: [GenesisAccount]) {
    let genesis = GenesisState(of: allocation)
    root = genesis.root
    for entry in genesis.entries { accounts[entry.key] = entry.account }
    for change in genesis.nodes { nodes[change.path] = change.node }
  }

  /// Becomes the state after the block.
  mutating func run(_ block: EthereumBlock, by executor: BlockExecutor) throws -> ComputedFields {
    let commitment = try executor.apply(block, to: self).commit(block, onto: root, reader: self)
    for change in commitment.state.accounts { accounts[change.key] = change.account }
    for change in commitment.state.nodes { nodes[change.path] = change.node }
    root = commitment.state.root
    return commitment.computed
  }
}

// The demo chain has no contracts, so nothing asks for storage or code.
extension DemoState: StateView, StateNodeReader {
  func account(_ address: Address) -> Account? { accounts[Keccak256.hash(address.bytes)] }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    throw StateReadError("the demo chain has no storage, and \(address) was asked for some")
  }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    throw StateReadError("the demo chain has no code, and some with the hash \(hash) was asked for")
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    throw StateReadError("the demo chain runs no code, and the hash of block \(number) was asked for")
  }

  func accountNode(at path: NibblePath) -> [UInt8]? { nodes[path] }

  func storageNode(of account: Hash256, at path: NibblePath) -> [UInt8]? { nil }
}
