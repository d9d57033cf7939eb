package import Primitives
package import Rollup

/// The consensus rules that a plain transfer and a block reward touch, as one row per fork.
///
/// A fork is the row before it with its differences, so each row reads like the fork's meta-EIP.
package struct ForkRules: Hashable, Sendable {
  package var fork: Fork

  /// What the miner of a block gets, in wei; zero since the merge.
  package var blockReward: UInt256

  /// Gas for being a transaction that makes a contract.
  package var creationGas: UInt64

  /// Gas per byte of data that is not zero.
  package var nonZeroByteGas: UInt64

  /// Whether s must be in the lower half of its range (EIP-2).
  package var requiresLowS: Bool

  /// Whether a signature may commit to a chain id (EIP-155).
  package var acceptsChainID: Bool

  /// Whether empty accounts leave the state when a transaction touches them (EIP-161).
  package var clearsEmptyAccounts: Bool

  /// Whether a receipt says if the transaction succeeded (EIP-658), and not the state root after it.
  package var receiptsCarryStatus: Bool

  /// Addresses 1 to this number run a precompiled contract.
  package var precompileCount: UInt32

  /// The greatest EIP-2718 transaction type; zero: legacy transactions only.
  package var greatestTransactionType: UInt8

  /// Gas for being a transaction.
  package static var transactionGas: UInt64 { 21_000 }

  /// Gas per zero byte of data.
  package static var zeroByteGas: UInt64 { 4 }

  /// Wei in an ether.
  package static var ether: UInt256 { 1_000_000_000_000_000_000 }
}

extension ForkRules {
  /// The row of a fork; nil for one whose blocks cannot be applied yet.
  package static func rules(of fork: Fork) -> ForkRules? {
    table.last { $0.fork == fork }
  }

  /// Whether a call to the address runs a precompiled contract.
  package func isPrecompile(_ address: Address) -> Bool {
    address != .zero && address <= Address(0, 0, precompileCount)
  }

  private static let table: [ForkRules] = {
    let frontier = ForkRules(
      fork: .frontier, blockReward: 5 * ether, creationGas: transactionGas, nonZeroByteGas: 68, requiresLowS: false,
      acceptsChainID: false, clearsEmptyAccounts: false, receiptsCarryStatus: false, precompileCount: 4,
      greatestTransactionType: 0)
    var rows = [frontier]
    func fork(_ fork: Fork, _ change: (inout ForkRules) -> Void = { _ in }) {
      var row = rows[rows.count - 1]
      row.fork = fork
      change(&row)
      rows.append(row)
    }
    fork(.homestead) { row in
      row.creationGas = 53_000
      row.requiresLowS = true
    }
    fork(.tangerineWhistle)
    fork(.spuriousDragon) { row in
      row.acceptsChainID = true
      row.clearsEmptyAccounts = true
    }
    fork(.byzantium) { row in
      row.blockReward = 3 * ether
      row.receiptsCarryStatus = true
      row.precompileCount = 8
    }
    fork(.constantinople) { $0.blockReward = 2 * ether }
    fork(.petersburg)
    fork(.istanbul) { row in
      row.nonZeroByteGas = 16
      row.precompileCount = 9
    }
    fork(.muirGlacier)
    fork(.berlin) { $0.greatestTransactionType = 1 }
    fork(.london) { $0.greatestTransactionType = 2 }
    fork(.arrowGlacier)
    fork(.grayGlacier)
    fork(.paris) { $0.blockReward = .zero }
    return rows
  }()
}
