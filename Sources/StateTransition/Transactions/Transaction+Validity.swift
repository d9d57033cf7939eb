package import Primitives

extension Transaction {
  /// Gas charged before anything runs: for being a transaction, for each byte of data, for making a contract, for the
  /// access list and for authorizations (yellow paper, section 6.2; EIP-2, 2028, 2930, 3860, 7702). O(data).
  package func intrinsicGas(rules: ForkRules) -> UInt64 {
    gasBounds(rules: rules).intrinsic
  }

  /// The intrinsic gas, and the least that the transaction costs in the end. O(data).
  func gasBounds(rules: ForkRules) -> (intrinsic: UInt64, floor: UInt64) {
    let zeros = UInt64(data.count { $0 == 0 })
    return (intrinsicGas(rules: rules, zeros: zeros), floorGas(rules: rules, zeros: zeros))
  }

  private func intrinsicGas(rules: ForkRules, zeros: UInt64) -> UInt64 {
    let nonZeros = UInt64(data.count) - zeros
    var gas = to == nil ? rules.creationGas : ForkRules.transactionGas
    gas += zeros * ForkRules.zeroByteGas + nonZeros * rules.nonZeroByteGas
    if to == nil { gas += (UInt64(data.count) + 31) / 32 * rules.initcodeWordGas }
    for entry in accessList {
      gas += ForkRules.accessListAddressGas + UInt64(entry.storageKeys.count) * ForkRules.accessListStorageKeyGas
    }
    return gas + UInt64(authorizationList.count) * ForkRules.perEmptyAccountCost
  }

  /// The least gas that a transaction with so much data costs, whatever it does (EIP-7623); zero before Prague.
  private func floorGas(rules: ForkRules, zeros: UInt64) -> UInt64 {
    guard rules.hasCalldataFloor else { return 0 }
    let tokens = zeros + (UInt64(data.count) - zeros) * ForkRules.tokensPerNonZeroByte
    return ForkRules.transactionGas + tokens * ForkRules.floorGasPerToken
  }

  /// Checks what can be checked without the state and without the block: what the type asks for, nonce (EIP-2681), size
  /// of the code (EIP-3860), the size of the greatest possible fee, gas (EIP-7825), and intrinsic gas.
  ///
  /// - Returns: the intrinsic gas, and the least that it costs in the end.
  /// - Complexity: O(data).
  @discardableResult
  package func checkStateless(rules: ForkRules) throws(TransactionError) -> (intrinsic: UInt64, floor: UInt64) {
    guard kind.rawValue <= rules.greatestTransactionType else { throw .unsupportedType(kind.rawValue) }
    guard nonce < UInt64.max else { throw .nonceExhausted }
    try checkKind()
    guard maxPriorityFeePerGas <= maxFeePerGas else {
      throw .priorityFeeAboveFee(priority: maxPriorityFeePerGas, fee: maxFeePerGas)
    }
    if to == nil, let greatest = rules.greatestInitcodeSize, data.count > greatest {
      throw .initcodeTooLarge(size: data.count, greatest: greatest)
    }
    if let greatest = rules.greatestTransactionGas, gasLimit > greatest {
      throw .gasAboveCap(limit: gasLimit, cap: greatest)
    }
    let gas = gasBounds(rules: rules)
    let least = max(gas.intrinsic, gas.floor)
    guard least <= gasLimit else { throw .gasBelowIntrinsic(limit: gasLimit, intrinsic: least) }
    _ = try greatestCost()
    return gas
  }

  /// What types 3 and 4 ask for.
  private func checkKind() throws(TransactionError) {
    if kind == .blob {
      guard !blobVersionedHashes.isEmpty else { throw .noBlobs }
      for hash in blobVersionedHashes where hash[0] != Transaction.kzgVersion { throw .blobVersion(hash[0]) }
    }
    if kind == .setCode, authorizationList.isEmpty { throw .noAuthorizations }
    if kind == .blob || kind == .setCode, to == nil { throw .creationNotAllowed(type: kind.rawValue) }
  }

  /// The first byte of a blob's versioned hash (EIP-4844).
  private static var kzgVersion: UInt8 { 0x01 }

  /// What the sender must own: the value, and gas limit times the highest price, for gas and for blob gas.
  func greatestCost() throws(TransactionError) -> UInt256 {
    let fee = UInt256(gasLimit).multipliedReportingOverflow(by: maxFeePerGas)
    let blobFee = UInt256(blobGas).multipliedReportingOverflow(by: maxFeePerBlobGas)
    let fees = fee.partialValue.addingReportingOverflow(blobFee.partialValue)
    let cost = fees.partialValue.addingReportingOverflow(value)
    guard !fee.overflow, !blobFee.overflow, !fees.overflow, !cost.overflow else { throw .costOverflows }
    return cost.partialValue
  }

  /// What the sender pays per unit of gas at the given base fee, in wei (EIP-1559).
  ///
  /// - Precondition: the base fee is at most `maxFeePerGas`.
  package func effectiveGasPrice(baseFee: UInt256) -> UInt256 {
    let room = maxFeePerGas - baseFee
    return baseFee + min(room, maxPriorityFeePerGas)
  }
}
