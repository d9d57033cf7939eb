package import Primitives
package import Rollup

/// The market for blob gas (EIP-4844, 7691, 7840, 7918).
package enum BlobGas {
  /// The least blob base fee, in wei.
  package static let leastBaseFee: UInt256 = 1

  /// Blobs are priced as if each also cost this much execution gas (EIP-7918).
  package static let baseCost: UInt64 = 1 << 13

  /// Wei per blob gas: e^(excess / fraction), as EIP-4844 approximates it. What exceeds 256 bits, which no balance can
  /// pay, is held at the greatest number. O(excess / fraction).
  package static func baseFee(excessBlobGas: UInt64, parameters: BlobParameters) -> UInt256 {
    let fraction = UInt256(max(parameters.baseFeeUpdateFraction, 1))
    let numerator = UInt256(excessBlobGas)
    var (step, sum, term) = (UInt256.one, UInt256.zero, fraction * leastBaseFee)
    while !term.isZero {
      let (total, isTooLarge) = sum.addingReportingOverflow(term)
      let (product, overflows) = term.multipliedReportingOverflow(by: numerator)
      if isTooLarge || overflows { return .max }
      sum = total
      term = product / (fraction * step)
      step += .one
    }
    return sum / fraction
  }

  /// The excess blob gas of a child of `parent`, whose header may claim anything. What exceeds 64 bits, which no chain
  /// of blocks that keep their limits reaches, is held at the greatest number.
  ///
  /// - Parameters:
  ///   - parameters: the child's, as a `ForkSchedule` has them.
  ///   - rules: the child's.
  package static func excess(
    after parent: BlockHeader, parameters: BlobParameters, rules: ForkRules
  ) -> UInt64 {
    let (sum, overflows) = (parent.excessBlobGas ?? 0).addingReportingOverflow(parent.blobGasUsed ?? 0)
    let target = parameters.target * Transaction.gasPerBlob
    guard !overflows else { return .max }
    guard sum >= target else { return 0 }
    if rules.fork >= .osaka, isExecutionDearer(parent, parameters), parameters.max > 0 {
      // At most what was used, so neither the quotient nor the sum overflows.
      let share = (parent.blobGasUsed ?? 0).multipliedFullWidth(by: parameters.max - parameters.target)
      return (parent.excessBlobGas ?? 0) + parameters.max.dividingFullWidth(share).quotient
    }
    return sum - target
  }

  /// Whether a blob's share of execution costs more than its blob gas.
  private static func isExecutionDearer(_ parent: BlockHeader, _ parameters: BlobParameters) -> Bool {
    let fee = baseFee(excessBlobGas: parent.excessBlobGas ?? 0, parameters: parameters)
    let execution = UInt256(baseCost).multipliedReportingOverflow(by: parent.baseFeePerGas ?? .zero)
    let blob = UInt256(Transaction.gasPerBlob).multipliedReportingOverflow(by: fee)
    if execution.overflow { return true }
    return !blob.overflow && execution.partialValue > blob.partialValue
  }
}
