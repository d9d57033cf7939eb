import EVM
import Hashing
import Primitives
import Rollup

/// A valid transaction, from the charge for its gas to the end of its code.
extension BlockExecution {
  /// Charges the sender, warms what starts warm, applies authorizations and runs the call or creation.
  mutating func run<Watcher: Tracer>(
    _ transaction: Transaction, _ charge: TransactionCharge, _ tracer: inout Watcher
  ) throws(BlockError) -> (result: ExecutionResult, authorizationRefund: UInt64, contract: Address?) {
    buyGas(transaction, charge)
    let contract =
      transaction.to == nil ? ContractAddress.create(sender: charge.sender, nonce: transaction.nonce) : nil
    do {
      try warm(
        sender: charge.sender, recipient: transaction.to ?? contract ?? .zero, accessList: transaction.accessList)
      let refund = try applyAuthorizations(of: transaction)
      let message = Message(
        kind: contract == nil ? .call : .create, sender: charge.sender,
        recipient: transaction.to ?? contract ?? .zero, value: transaction.value, input: transaction.data,
        gas: transaction.gasLimit - charge.intrinsicGas)
      let environment = TransactionEnvironment(
        origin: charge.sender, gasPrice: charge.gasPrice, blobHashes: transaction.blobVersionedHashes)
      // Where nobody watches, the machine's own call for that: it is compiled without a tracer.
      let result =
        Watcher.isActive
        ? try machine.execute(
          message, block: context.environment, transaction: environment, host: &world, tracer: &tracer)
        : try machine.execute(message, block: context.environment, transaction: environment, host: &world)
      return (result, refund, contract)
    } catch {
      throw failure(error)
    }
  }

  /// Takes the whole gas limit's price, and the blobs' fee, which nobody gets. Raises the nonce.
  private mutating func buyGas(_ transaction: Transaction, _ charge: TransactionCharge) {
    // Neither overflows: the sender owns the greatest cost.
    let fee = UInt256(transaction.gasLimit) * charge.gasPrice
    let blobFee = UInt256(transaction.blobGas) * (transaction.kind == .blob ? context.blobBaseFee : .zero)
    world.update(charge.senderIndex) { sender in
      sender.nonce += 1
      sender.balance -= fee + blobFee
    }
  }

  /// What a transaction has accessed before it begins (EIP-2929, 2930, 3651).
  mutating func warm(
    sender: Address, recipient: Address, accessList: [AccessListEntry]
  ) throws(StateReadError) {
    let revision = context.rules.revision
    guard revision >= .berlin else { return }
    _ = world.warm(try world.index(of: sender))
    _ = world.warm(try world.index(of: recipient))
    if precompiles.isEmpty {
      for precompile in Precompile.all(revision) { precompiles.append(try world.index(of: precompile.address)) }
    }
    for index in precompiles { _ = world.warm(index) }
    if revision >= .shanghai { _ = world.warm(try world.index(of: context.beneficiary)) }
    for entry in accessList {
      let account = try world.index(of: entry.address)
      _ = world.warm(account)
      for key in entry.storageKeys { _ = world.warmSlot(try world.slotIndex(UInt256(key), of: account)) }
    }
  }

  /// Lets accounts lend others' code, as their owners signed (EIP-7702). An authorization that does not hold is passed
  /// over. What this does stays, whatever becomes of the call.
  ///
  /// - Returns: the refund for accounts that were there already.
  private mutating func applyAuthorizations(of transaction: Transaction) throws(StateReadError) -> UInt64 {
    var refund: UInt64 = 0
    for authorization in transaction.authorizationList {
      guard authorization.chainID.isZero || authorization.chainID == UInt256(context.chainID),
        authorization.nonce < UInt64.max, let authority = authorization.authority
      else { continue }
      let index = try world.index(of: authority)
      _ = world.warm(index)
      let account = world.accounts[index].value
      if account.hasCode, Delegation.target(of: try world.code(account.codeHash)) == nil { continue }
      guard account.nonce == authorization.nonce else { continue }
      if account.exists { refund += ForkRules.perEmptyAccountCost - ForkRules.perAuthorizationBaseCost }
      let code = authorization.address == .zero ? [] : Delegation.code(for: authorization.address)
      try world.setCode(code, hash: Keccak256.hash(code), of: authority)
      world.update(index) { $0.nonce += 1 }
    }
    return refund
  }
}

extension BlockExecution {
  /// Gives back unspent gas, pays the fee recipient, and ends the transaction (yellow paper, section 6.2; EIP-3529,
  /// 7623).
  mutating func settle(
    _ transaction: Transaction, _ charge: TransactionCharge,
    _ run: (result: ExecutionResult, authorizationRefund: UInt64, contract: Address?)
  ) throws(BlockError) -> TransactionOutcome {
    let used = gasUsed(transaction, charge, run.result, authorizationRefund: run.authorizationRefund)
    let back = UInt256(transaction.gasLimit - used) * charge.gasPrice
    try credit(back, to: charge.sender)
    let tip = UInt256(used) * (charge.gasPrice - context.baseFeePerGas)
    try credit(tip, to: context.beneficiary)
    let logs = world.logs
    world.endTransaction()
    blobGasUsed += transaction.blobGas
    return TransactionOutcome(
      type: transaction.kind.rawValue, sender: charge.sender, gasUsed: used, cumulativeGasUsed: gasUsed + used,
      succeeded: run.result.isSuccess, logs: logs, contractAddress: run.contract,
      output: run.contract != nil && run.result.isSuccess ? [] : run.result.output)
  }

  private func gasUsed(
    _ transaction: Transaction, _ charge: TransactionCharge, _ result: ExecutionResult, authorizationRefund: UInt64
  ) -> UInt64 {
    let spent = transaction.gasLimit - result.gasLeft
    let earned = authorizationRefund + UInt64(max(result.gasRefund, 0))
    let refund = min(earned, spent / context.rules.greatestRefundQuotient)
    return max(spent - refund, charge.floorGas)
  }
}

extension BlockContext {
  /// What code may ask about the block.
  var environment: BlockEnvironment {
    BlockEnvironment(
      number: number, timestamp: timestamp, beneficiary: beneficiary, gasLimit: gasLimit, baseFee: baseFeePerGas,
      difficultyOrPrevRandao: rules.revision >= .paris ? UInt256(prevRandao) : difficulty, blobBaseFee: blobBaseFee,
      chainID: UInt256(chainID))
  }
}
