import Hashing
import Primitives
import Rollup

/// The numbers of the recipe; `Tools/fixtures/demo_chain.py` says what they mean.
extension DemoChain {
  static var seed: UInt64 { 0x76_6172_7665 }
  static var chainID: UInt64 { 0x76_6172_7665 }
  static var length: UInt64 { 64 }
  static var genesisTime: UInt64 { 1_700_000_000 }
  static var genesisDifficulty: UInt256 { 0x40000 }
  static var genesisGasLimit: UInt64 { 4_000_000 }
  static var accountCount: UInt64 { 6 }

  static let forks: [(fork: Fork, start: UInt64)] = [
    (.homestead, 8), (.tangerineWhistle, 16), (.spuriousDragon, 24), (.byzantium, 32),
  ]

  /// Seconds between block n and its parent, at n modulo 8.
  static let gaps: [UInt64] = [13, 5, 21, 9, 34, 11, 47, 8]

  /// Transactions in block n, at n modulo 8.
  static let transactionCounts = [0, 1, 2, 0, 3, 1, 5, 0]

  /// How far below a block the uncles stand that it names.
  static let uncleDepths: [UInt64: [UInt64]] = [5: [1], 12: [2], 27: [1], 33: [2], 40: [1, 2], 55: [6]]

  /// What everybody's keys and addresses are made of.
  static func name(_ kind: String, _ index: UInt64) -> Hash256 {
    Keccak256.hash([UInt8]("Varve demo \(kind) \(index)".utf8))
  }

  static func address(_ kind: String, _ index: UInt64) -> Address {
    Address(lastBytesOf: name(kind, index))
  }
}
