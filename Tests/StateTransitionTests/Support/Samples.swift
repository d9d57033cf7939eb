import Hashing
import Primitives
import Rollup
import Signatures
import StateTransition

func key(of address: Address) -> Hash256 { Keccak256.hash(address.bytes) }

/// A key pair of the tests.
struct Signer {
  let privateKey: Hash256
  let address: Address

  init(_ number: UInt64) {
    privateKey = Hash256(UInt256(number + 1))
    guard let address = try? Secp256k1.address(of: privateKey) else { preconditionFailure("1 + \(number) is a key") }
    self.address = address
  }
}

let testChainID: UInt64 = 1337

/// A chain of one fork from its first block on.
func executor(of fork: Fork) throws -> BlockExecutor {
  try BlockExecutor(chainID: testChainID, forks: schedule(of: fork))
}

private func schedule(of fork: Fork) throws -> ForkSchedule {
  let before = Fork.allCases.filter { $0 > .frontier && $0 <= min(fork, .grayGlacier) }
  return try ForkSchedule(
    activations: before.map { ForkSchedule.Activation($0, at: 0) }, terminalTotalDifficulty: fork >= .paris ? 0 : nil)
}

/// A block whose claims about its outcome are all zero.
func block(
  _ transactions: [Transaction] = [], number: UInt64 = 1, beneficiary: Address = Address(0, 0, 0xfee),
  gasLimit: UInt64 = 10_000_000, difficulty: UInt256 = 1, baseFee: UInt256? = nil, uncles: [BlockHeader] = []
) -> EthereumBlock {
  var header = BlockHeader(
    parentHash: .zero, ommersHash: .zero, beneficiary: beneficiary, stateRoot: .zero, transactionsRoot: .zero,
    receiptsRoot: .zero, logsBloom: .empty, difficulty: difficulty, number: number, gasLimit: gasLimit, gasUsed: 0,
    timestamp: number, extraData: [], mixHash: .zero, nonce: 0)
  header.baseFeePerGas = baseFee
  return EthereumBlock(header: header, transactions: transactions.map { $0.encode() }, uncles: uncles)
}

/// A header with nothing but a number and a miner.
func uncle(number: UInt64, beneficiary: Address) -> BlockHeader {
  block(number: number, beneficiary: beneficiary).header
}

/// A plain transfer, not signed.
func transfer(
  nonce: UInt64 = 0, gasPrice: UInt256 = 1, gasLimit: UInt64 = 21_000, to: Address? = Address(0, 0, 0xcafe),
  value: UInt256 = 1, data: [UInt8] = []
) -> Transaction {
  Transaction(nonce: nonce, gasPrice: gasPrice, gasLimit: gasLimit, to: to, value: value, data: data)
}
