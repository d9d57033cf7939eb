package import Primitives
package import Rollup

extension HeaderRules {
  /// A block's gas limit is never below this (yellow paper, equation for the gas limit).
  package static let leastGasLimit: UInt64 = 5000

  /// Greatest gas limit: 2⁶³ − 1 (EIP-1985).
  package static let greatestGasLimit = UInt64(Int64.max)

  /// The gas limit changes by less than this part of the parent's.
  package static let gasLimitBoundDivisor: UInt64 = 1024

  /// Gas limit over gas target (EIP-1559).
  package static let elasticityMultiplier: UInt64 = 2

  /// The base fee changes by at most this part of the parent's (EIP-1559).
  package static let baseFeeChangeDenominator: UInt64 = 8

  /// Base fee of the first London block, in wei per gas (EIP-1559).
  package static let initialBaseFee: UInt256 = 1_000_000_000

  /// Gas limits that a child of `parent` may have; nil when there is none.
  static func allowedGasLimits(of header: BlockHeader, _ parent: BlockHeader) -> ClosedRange<UInt64>? {
    var center = parent.gasLimit
    if header.baseFeePerGas != nil, parent.baseFeePerGas == nil {
      // The limit becomes twice the target, so the first London block keeps the target (EIP-1559).
      let (doubled, overflows) = center.multipliedReportingOverflow(by: elasticityMultiplier)
      center = overflows ? .max : doubled
    }
    let bound = center / gasLimitBoundDivisor
    guard bound > 0 else { return nil }
    let lowest = max(center - (bound - 1), leastGasLimit)
    let highest = min(center.saturatingSum(bound - 1), greatestGasLimit)
    return lowest <= highest ? lowest...highest : nil
  }

  /// Base fee of a London child of `parent`, in wei per gas (EIP-1559). A fee beyond 256 bits, which no chain with
  /// money in it can reach, is held at the greatest number.
  ///
  /// A rollup may choose other parameters than the EIP's.
  package static func baseFeePerGas(
    after parent: BlockHeader, elasticityMultiplier: UInt64 = elasticityMultiplier,
    changeDenominator: UInt64 = baseFeeChangeDenominator
  ) -> UInt256 {
    guard let fee = parent.baseFeePerGas else { return initialBaseFee }
    func feeChange(_ gas: UInt64, target: UInt64) -> UInt256 {
      self.feeChange(fee, gas: gas, target: target, denominator: changeDenominator)
    }
    let target = parent.gasLimit / elasticityMultiplier
    guard target > 0, parent.gasUsed != target else { return fee }
    if parent.gasUsed > target {
      return fee.saturatingSum(max(feeChange(parent.gasUsed - target, target: target), .one))
    }
    let change = feeChange(target - parent.gasUsed, target: target)
    return change >= fee ? .zero : fee - change
  }

  /// fee · gas / target / denominator, rounded down at each step.
  private static func feeChange(_ fee: UInt256, gas: UInt64, target: UInt64, denominator: UInt64) -> UInt256 {
    let (product, overflows) = fee.multipliedReportingOverflow(by: UInt256(gas))
    if overflows { return .max }
    return product / UInt256(target) / UInt256(denominator)
  }
}
