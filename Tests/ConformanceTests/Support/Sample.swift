import Hashing
import Primitives
import Rollup
import Signatures
import StateTransition
import StateTrie

/// One call of one contract, and what comes of it, worked out by hand: the contract writes 1 to slot 2.
enum Sample {
  static let contract = Address(0, 0, 0xc0de)
  static let miner = Address(0, 0, 0xfee)

  /// PUSH1 1, PUSH1 2, SSTORE, STOP.
  static let code: [UInt8] = [0x60, 0x01, 0x60, 0x02, 0x55, 0x00]

  private static let key = Hash256(UInt256.one)

  static func sender() throws -> Address { try Secp256k1.address(of: key) }

  /// Takes 7 wei along, and pays 8 for each gas.
  static func call() throws -> Transaction {
    try signed(Transaction(nonce: 0, gasPrice: 8, gasLimit: 50_000, to: contract, value: 7))
  }

  static func signed(_ transaction: Transaction) throws -> Transaction { try transaction.signed(by: key, chainID: 1) }

  /// At Istanbul and at Berlin, where a slot that nobody has looked at costs 2,100 more.
  static func gasUsed(isBerlin: Bool) -> UInt64 { 21_000 + 2 * 3 + 20_000 + (isBerlin ? 2_100 : 0) }

  static func before() throws -> [GenesisAccount] {
    [
      GenesisAccount(address: contract, balance: .zero, code: code),
      GenesisAccount(address: try sender(), balance: 1_000_000),
    ]
  }

  /// - Parameter tip: wei per gas that the miner gets.
  static func after(gasUsed: UInt64, tip: UInt64) throws -> [GenesisAccount] {
    [
      GenesisAccount(
        address: contract, balance: 7, code: code, storage: [GenesisAccount.Slot(key: 2, value: 1)]),
      GenesisAccount(address: miner, balance: UInt256(gasUsed * tip)),
      GenesisAccount(address: try sender(), balance: UInt256(1_000_000 - gasUsed * 8 - 7), nonce: 1),
    ]
  }
}

// MARK: - In blocks

extension Sample {
  static let baseFee: UInt64 = 7

  static func genesis() throws -> EthereumBlock {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: .zero,
      stateRoot: GenesisState.root(of: try before()), transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot,
      logsBloom: .empty, difficulty: .zero, number: 0, gasLimit: 30_000_000, gasUsed: 0, timestamp: 0, extraData: [],
      mixHash: .zero, nonce: 0)
    header.baseFeePerGas = UInt256(baseFee)
    header.withdrawalsRoot = Trie.emptyRoot
    return EthereumBlock(header: header, transactions: [], uncles: [], withdrawals: [])
  }

  /// Block 1 at Shanghai, with the call.
  static func block() throws -> EthereumBlock {
    let (genesis, call) = (try genesis().header, try call().encode())
    let gasUsed = gasUsed(isBerlin: true)
    let receipt = Receipt(outcome: .succeeded(true), cumulativeGasUsed: gasUsed)
    var header = BlockHeader(
      parentHash: genesis.hash, ommersHash: HeaderRules.noOmmersHash, beneficiary: miner,
      stateRoot: GenesisState.root(of: try afterBlock()), transactionsRoot: Trie.orderedRoot(of: [call]),
      receiptsRoot: Trie.orderedRoot(of: [receipt.encode()]), logsBloom: .empty, difficulty: .zero, number: 1,
      gasLimit: genesis.gasLimit, gasUsed: gasUsed, timestamp: 12, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = UInt256(baseFee)
    header.withdrawalsRoot = Trie.emptyRoot
    return EthereumBlock(header: header, transactions: [call], uncles: [], withdrawals: [])
  }

  static func afterBlock() throws -> [GenesisAccount] {
    try after(gasUsed: gasUsed(isBerlin: true), tip: 8 - baseFee)
  }
}
