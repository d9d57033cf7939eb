package import EVM
package import Primitives
package import Rollup

/// The consensus rules of transactions and blocks, as one row per fork. What code may do is the virtual machine's table.
///
/// A fork is the row before it with its differences, so each row reads like the fork's meta-EIP.
package struct ForkRules: Hashable, Sendable {
  package var fork: Fork

  /// The virtual machine's rules.
  package var revision: Revision

  /// What the miner of a block gets, in wei; zero since the merge.
  package var blockReward: UInt256

  /// Gas for being a transaction that makes a contract.
  package var creationGas: UInt64

  /// Gas per byte of data that is not zero.
  package var nonZeroByteGas: UInt64

  /// Gas per word of the code that makes a contract (EIP-3860).
  package var initcodeWordGas: UInt64 = 0

  /// In bytes (EIP-3860); nil for no limit.
  package var greatestInitcodeSize: Int?

  /// Gas limit of a transaction (EIP-7825); nil for no limit.
  package var greatestTransactionGas: UInt64?

  /// Whether data has a least price (EIP-7623).
  package var hasCalldataFloor = false

  /// The refund is at most this part of the gas used (EIP-3529).
  package var greatestRefundQuotient: UInt64 = 2

  /// Whether s must be in the lower half of its range (EIP-2).
  package var requiresLowS: Bool

  /// Whether a signature may commit to a chain id (EIP-155).
  package var acceptsChainID: Bool

  /// Whether empty accounts leave the state when a transaction touches them (EIP-161).
  package var clearsEmptyAccounts: Bool

  /// Whether a receipt says if the transaction succeeded (EIP-658), and not the state root after it.
  package var receiptsCarryStatus: Bool

  /// The greatest EIP-2718 transaction type; zero: legacy transactions only.
  package var greatestTransactionType: UInt8

  /// Blobs of one transaction (EIP-7594); nil: as many as the block may have.
  package var greatestBlobCount: UInt64?

  /// Bytes of a block's RLP (EIP-7934); nil for no limit.
  package var greatestBlockSize: Int?

  /// Gas for being a transaction.
  package static var transactionGas: UInt64 { 21_000 }

  /// Gas per zero byte of data.
  package static var zeroByteGas: UInt64 { 4 }

  /// EIP-2930.
  package static var accessListAddressGas: UInt64 { 2400 }

  /// EIP-2930.
  package static var accessListStorageKeyGas: UInt64 { 1900 }

  /// Gas per authorization, in case it makes an account (EIP-7702).
  package static var perEmptyAccountCost: UInt64 { 25_000 }

  /// Gas per authorization without making an account (EIP-7702).
  package static var perAuthorizationBaseCost: UInt64 { 12_500 }

  /// EIP-7623.
  package static var tokensPerNonZeroByte: UInt64 { 4 }

  /// EIP-7623.
  package static var floorGasPerToken: UInt64 { 10 }

  /// Wei in an ether.
  package static var ether: UInt256 { 1_000_000_000_000_000_000 }
}

extension ForkRules {
  /// The row of a fork.
  package static func rules(of fork: Fork) -> ForkRules { table[Int(fork.rawValue)] }

  /// By the number of the fork.
  private static let table: [ForkRules] = {
    let frontier = ForkRules(
      fork: .frontier, revision: .frontier, blockReward: 5 * ether, creationGas: transactionGas, nonZeroByteGas: 68,
      requiresLowS: false, acceptsChainID: false, clearsEmptyAccounts: false, receiptsCarryStatus: false,
      greatestTransactionType: 0)
    var rows = [frontier]
    for fork in Fork.allCases.dropFirst() {
      var row = rows[rows.count - 1]
      row.fork = fork
      row.change(to: fork)
      rows.append(row)
    }
    return rows
  }()

  /// What the fork changes.
  private mutating func change(to fork: Fork) {
    switch fork {
    case .frontier, .muirGlacier, .arrowGlacier, .grayGlacier, .bpo1, .bpo2, .bpo3, .bpo4, .bpo5: break
    case .homestead:
      revision = .homestead
      creationGas = 53_000
      requiresLowS = true
    case .tangerineWhistle: revision = .tangerineWhistle
    case .spuriousDragon:
      revision = .spuriousDragon
      acceptsChainID = true
      clearsEmptyAccounts = true
    case .byzantium:
      revision = .byzantium
      blockReward = 3 * ForkRules.ether
      receiptsCarryStatus = true
    case .constantinople:
      revision = .constantinople
      blockReward = 2 * ForkRules.ether
    case .petersburg: revision = .petersburg
    case .istanbul:
      revision = .istanbul
      nonZeroByteGas = 16
    case .berlin:
      revision = .berlin
      greatestTransactionType = 1
    case .london:
      revision = .london
      greatestTransactionType = 2
      greatestRefundQuotient = 5
    case .paris:
      revision = .paris
      blockReward = .zero
    default: changeAfterMerge(to: fork)
    }
  }

  private mutating func changeAfterMerge(to fork: Fork) {
    switch fork {
    case .shanghai:
      revision = .shanghai
      initcodeWordGas = 2
      greatestInitcodeSize = 49_152
    case .cancun:
      revision = .cancun
      greatestTransactionType = 3
    case .prague:
      revision = .prague
      greatestTransactionType = 4
      hasCalldataFloor = true
    case .osaka:
      revision = .osaka
      greatestTransactionGas = 1 << 24
      greatestBlobCount = 6
      greatestBlockSize = 10 * 1_048_576 - 2 * 1_048_576
    default: break
    }
  }
}
