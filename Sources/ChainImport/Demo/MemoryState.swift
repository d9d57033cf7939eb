import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// The state of a chain that this program makes, in memory, with its tries.
struct MemoryState {
  private var accounts: [Hash256: Account] = [:]
  private var nodes: [NibblePath: [UInt8]] = [:]
  private var contracts: [Hash256: Contract] = [:]
  private var code: [Hash256: [UInt8]] = [:]
  private(set) var root: Hash256

  /// What an account has besides.
  private struct Contract {
    var storage: [Hash256: UInt256] = [:]
    var nodes: [NibblePath: [UInt8]] = [:]
  }

  init(_ allocation: [GenesisAccount]) {
    let genesis = GenesisState(of: allocation)
    root = genesis.root
    for change in genesis.nodes { nodes[change.path] = change.node }
    for entry in genesis.entries {
      accounts[entry.key] = entry.account
      guard entry.account.hasCode else { continue }
      code[entry.account.codeHash] = entry.code
      var contract = Contract()
      for slot in entry.storage { contract.storage[slot.key] = slot.value }
      for change in entry.storageNodes { contract.nodes[change.path] = change.node }
      contracts[entry.key] = contract
    }
  }

  /// Becomes the state after the block.
  ///
  /// - Parameter signers: as in `BlockExecutor.apply`.
  /// - Returns: what its header should say.
  mutating func run(
    _ block: EthereumBlock, signers: [Address?] = [], by executor: BlockExecutor, on machines: MachineShelf? = nil
  ) throws -> BlockCommitment {
    let outcome = try executor.apply(block, signers: signers, to: self, on: machines)
    let commitment = try outcome.commit(block, onto: root, reader: self, trust: .trusted)
    for change in commitment.state.accounts {
      accounts[change.key] = change.account
      for slot in change.storage {
        contracts[change.key, default: Contract()].storage[slot.key] = slot.value.isZero ? nil : slot.value
      }
      for node in change.storageNodes { contracts[change.key, default: Contract()].nodes[node.path] = node.node }
    }
    for change in commitment.state.nodes { nodes[change.path] = change.node }
    root = commitment.state.root
    return commitment
  }
}

// The chains that this program makes create no contracts, remove none, and ask for no block's hash.
extension MemoryState: StateView, StateNodeReader {
  func account(_ address: Address) -> Account? { accounts[address.withBytes { Keccak256.hash($0) }] }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
    let contract = contracts[address.withBytes { Keccak256.hash($0) }]
    return contract?.storage[slot.withBigEndianBytes { Keccak256.hash($0) }] ?? .zero
  }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    guard let code = code[hash] else { throw StateReadError("there is no code with the hash \(hash)") }
    return code
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    throw StateReadError("no code of this chain asks for a block's hash, and that of \(number) was asked for")
  }

  func accountNode(at path: NibblePath) -> [UInt8]? { nodes[path] }

  func storageNode(of account: Hash256, at path: NibblePath) -> [UInt8]? { contracts[account]?.nodes[path] }
}
