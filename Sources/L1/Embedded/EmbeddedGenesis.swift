import Hashing
package import Primitives
package import Rollup
import StateTransition
import StateTrie

/// What an embedded L1 begins with. It knows nothing of a rollup, so that a rollup's configuration can name its block 0.
package struct EmbeddedGenesis: Hashable, Sendable {
  /// EIP-155.
  package var chainID: UInt64

  /// Of block 0, in seconds.
  package var timestamp: UInt64

  /// In wei; all the value there will ever be.
  package var balances: [Address: UInt256]

  /// What tells this chain's blocks from another's.
  package var seed: UInt64

  package init(chainID: UInt64, timestamp: UInt64, balances: [Address: UInt256], seed: UInt64 = 0) {
    self.chainID = chainID
    self.timestamp = timestamp
    self.balances = balances
    self.seed = seed
  }

  /// Gas of a block: enough for some 1,400 transactions.
  static let gasLimit: UInt64 = 30_000_000

  /// What any transaction uses. The chain charges nothing for it.
  static let gasPerTransaction: UInt64 = 21_000

  /// Header of block 0.
  package var header: BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero,
      stateRoot: L1Accounts(balances: balances).stateRoot, transactionsRoot: Trie.emptyRoot,
      receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: EmbeddedGenesis.gasLimit, gasUsed: 0, timestamp: timestamp, extraData: [UInt8]("varve".utf8),
      mixHash: randomness(ofBlock: 0, branch: 0), nonce: 0)
    header.baseFeePerGas = .zero
    return header
  }

  /// `prevRandao` of a block: deterministic, and another one on every branch, so that a block mined again is another.
  func randomness(ofBlock number: UInt64, branch: UInt64) -> Hash256 {
    var bytes = [UInt8]("Varve embedded L1".utf8)
    for value in [chainID, seed, branch, number] { bytes.append(bigEndian: value) }
    return Keccak256.hash(bytes)
  }
}

/// Who has what on the embedded L1.
struct L1Accounts: Equatable, Sendable {
  private(set) var balances: [Address: UInt256]

  /// How many transactions each account has sent.
  private(set) var nonces: [Address: UInt64] = [:]

  init(balances: [Address: UInt256]) {
    self.balances = balances.filter { !$0.value.isZero }
  }

  func balance(of account: Address) -> UInt256 { balances[account] ?? .zero }

  /// Everything there is; the same at every block.
  var total: UInt256 { balances.values.reduce(.zero, +) }

  mutating func countTransaction(of account: Address) {
    nonces[account, default: 0] += 1
  }

  /// - Precondition: the sender has it.
  mutating func transfer(_ amount: UInt256, from sender: Address, to receiver: Address) {
    guard !amount.isZero, sender != receiver else { return }
    let rest = balance(of: sender) - amount
    balances[sender] = rest.isZero ? nil : rest
    balances[receiver, default: .zero] += amount
  }

  /// Root of the accounts' state trie (yellow paper, section 4.1). The rollup contract's storage and code are left out: what
  /// it holds is no trie. O(n log n).
  var stateRoot: Hash256 {
    let addresses = Set(balances.keys).union(nonces.keys)
    return GenesisState.root(
      of: addresses.map { GenesisAccount(address: $0, balance: balance(of: $0), nonce: nonces[$0] ?? 0) })
  }
}
