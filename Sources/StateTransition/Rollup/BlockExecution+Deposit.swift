import EVM
import Primitives
import Rollup

extension BlockExecution {
  /// Carries out a deposit: makes what is to be minted for the sender, raises its nonce, and calls for it.
  ///
  /// What was minted is locked on L1, so a deposit is never invalid. A call that cannot be made (too little gas for its
  /// data or more than the block has left, more value than the sender owns) is a failed transaction. Gas was paid for on
  /// L1, so there is no fee.
  mutating func apply(deposit: InboxCall) throws(BlockError) -> TransactionOutcome {
    try credit(deposit.mint, to: deposit.sender)
    let sender = try index(of: deposit.sender)
    let nonce = world.accounts[sender].value.nonce
    let intrinsic = deposit.intrinsicGas(rules: context.rules)
    let gasLeft = context.gasLimit - gasUsed
    let isPossible =
      deposit.gasLimit <= gasLeft && intrinsic <= deposit.gasLimit
      && world.accounts[sender].value.balance >= deposit.value && nonce < UInt64.max
    world.update(sender) { $0.nonce = nonce == UInt64.max ? nonce : nonce + 1 }
    let contract = deposit.to == nil ? ContractAddress.create(sender: deposit.sender, nonce: nonce) : nil
    var result: ExecutionResult?
    if isPossible { result = try call(deposit, contract: contract, gas: deposit.gasLimit - intrinsic) }
    let logs = world.logs
    world.endTransaction()
    let used = result.map { gas(of: deposit, $0) } ?? min(deposit.gasLimit, gasLeft)
    let outcome = TransactionOutcome(
      type: InboxCall.depositType, sender: deposit.sender, gasUsed: used, cumulativeGasUsed: gasUsed + used,
      succeeded: result?.isSuccess ?? false, logs: logs, contractAddress: contract)
    record(outcome)
    return outcome
  }

  private mutating func call(
    _ deposit: InboxCall, contract: Address?, gas: UInt64
  ) throws(BlockError) -> ExecutionResult {
    let recipient = deposit.to ?? contract ?? .zero
    let message = Message(
      kind: contract == nil ? .call : .create, sender: deposit.sender, recipient: recipient, value: deposit.value,
      input: deposit.data, gas: gas)
    do {
      try warm(sender: deposit.sender, recipient: recipient, accessList: [])
      return try machine.execute(
        message, block: context.environment,
        transaction: TransactionEnvironment(origin: deposit.sender, gasPrice: .zero), host: &world)
    } catch {
      throw .state(block: context.number, error)
    }
  }

  private func gas(of deposit: InboxCall, _ result: ExecutionResult) -> UInt64 {
    let spent = deposit.gasLimit - result.gasLeft
    return spent - min(UInt64(max(result.gasRefund, 0)), spent / context.rules.greatestRefundQuotient)
  }
}

extension InboxCall {
  /// As a transaction with this recipient and this data would have it.
  fileprivate func intrinsicGas(rules: ForkRules) -> UInt64 {
    Transaction(nonce: 0, gasPrice: .zero, gasLimit: gasLimit, to: to, value: value, data: data)
      .intrinsicGas(rules: rules)
  }
}
