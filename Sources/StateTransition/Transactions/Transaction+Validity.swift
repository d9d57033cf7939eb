import Primitives

extension Transaction {
  /// Gas charged before anything runs: for being a transaction, for each byte of data, for making a contract (yellow
  /// paper, section 6.2; EIP-2, EIP-2028). O(data).
  package func intrinsicGas(rules: ForkRules) -> UInt64 {
    let zeros = UInt64(data.count { $0 == 0 })
    let nonZeros = UInt64(data.count) - zeros
    let base = to == nil ? rules.creationGas : ForkRules.transactionGas
    return base + zeros * ForkRules.zeroByteGas + nonZeros * rules.nonZeroByteGas
  }

  /// Checks what can be checked without the state and without the block: nonce (EIP-2681), the size of the greatest
  /// possible fee, and intrinsic gas.
  ///
  /// - Returns: the intrinsic gas.
  package func checkStateless(rules: ForkRules) throws(TransactionError) -> UInt64 {
    guard nonce < UInt64.max else { throw .nonceExhausted }
    let intrinsic = intrinsicGas(rules: rules)
    guard intrinsic <= gasLimit else { throw .gasBelowIntrinsic(limit: gasLimit, intrinsic: intrinsic) }
    _ = try greatestCost()
    return intrinsic
  }

  /// What the sender must own: the value, and gas limit times price.
  func greatestCost() throws(TransactionError) -> UInt256 {
    let fee = UInt256(gasLimit).multipliedReportingOverflow(by: gasPrice)
    let cost = fee.partialValue.addingReportingOverflow(value)
    guard !fee.overflow, !cost.overflow else { throw .costOverflows }
    return cost.partialValue
  }
}
