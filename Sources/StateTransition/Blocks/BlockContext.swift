import EVM
package import Primitives
package import Rollup

/// What a block's transactions can know of it: everything but its body.
package struct BlockContext: Hashable, Sendable {
  /// EIP-155.
  package var chainID: UInt64

  package var rules: ForkRules
  package var number: UInt64

  /// Seconds since 1970.
  package var timestamp: UInt64

  /// Gets the fees, and before the merge the reward.
  package var beneficiary: Address

  package var gasLimit: UInt64

  /// Wei per gas; zero before London.
  package var baseFeePerGas: UInt256

  /// Zero from the merge on.
  package var difficulty: UInt256

  /// The beacon chain's randomness, from the merge on (EIP-4399).
  package var prevRandao: Hash256

  package var parentHash: Hash256

  /// EIP-4788; nil before Cancun.
  package var parentBeaconBlockRoot: Hash256?

  /// EIP-4844; zero before Cancun.
  package let excessBlobGas: UInt64

  /// Limits on blobs at the block's time; nil before Cancun.
  package let blobParameters: BlobParameters?

  /// Where deposits to the beacon chain are read from (EIP-6110).
  package var depositContract: Address?

  /// Whether the block asks the beacon chain for something (EIP-7685): from Prague on, where there is one.
  package var collectsRequests: Bool

  /// Whether the block moves the DAO's balances (EIP-779).
  package var movesDAO = false

  /// Wei per unit of blob gas (EIP-4844); zero before Cancun.
  package let blobBaseFee: UInt256

  /// The context of the block with this header, whose claims about its outcome are not looked at.
  package init(header: BlockHeader, chainID: UInt64, forks: ForkSchedule) {
    let fork = forks.fork(of: header)
    self.chainID = chainID
    rules = ForkRules.rules(of: fork)
    number = header.number
    timestamp = header.timestamp
    beneficiary = header.beneficiary
    gasLimit = header.gasLimit
    baseFeePerGas = header.baseFeePerGas ?? .zero
    difficulty = header.difficulty
    prevRandao = header.mixHash
    parentHash = header.parentHash
    parentBeaconBlockRoot = header.parentBeaconBlockRoot
    excessBlobGas = header.excessBlobGas ?? 0
    let parameters = forks.blobParameters(at: fork)
    blobParameters = parameters
    blobBaseFee =
      parameters.map { BlobGas.baseFee(excessBlobGas: header.excessBlobGas ?? 0, parameters: $0) } ?? .zero
    depositContract = forks.depositContract
    collectsRequests = rules.revision >= .prague
    movesDAO = forks.daoFork == header.number
  }
}

extension ForkSchedule {
  /// Limits on blobs in blocks of `fork`: those of the last fork up to it that sets any (EIP-7840).
  package func blobParameters(at fork: Fork) -> BlobParameters? {
    fork < .cancun ? nil : blobSchedule.last { $0.fork <= fork }
  }
}
