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
    let intrinsic = deposit.intrinsicGas(rules: context.rules)
    let gasLeft = context.gasLimit - gasUsed
    let isPossible =
      deposit.gasLimit <= gasLeft && intrinsic <= deposit.gasLimit
      && world.accounts[sender].value.balance >= deposit.value && world.accounts[sender].value.nonce < UInt64.max
    if isPossible { try move(deposit, from: sender) }
    world.update(sender) { $0.nonce = $0.nonce == UInt64.max ? $0.nonce : $0.nonce + 1 }
    world.endTransaction(clearingEmptyAccounts: context.rules.clearsEmptyAccounts)
    let used = isPossible ? intrinsic : min(deposit.gasLimit, gasLeft)
    let outcome = TransactionOutcome(
      type: InboxCall.depositType, sender: deposit.sender, gasUsed: used, cumulativeGasUsed: gasUsed + used,
      succeeded: isPossible)
    record(outcome)
    return outcome
  }

  private mutating func move(_ deposit: InboxCall, from sender: Int) throws(BlockError) {
    let number = outcomes.count
    guard let to = deposit.to else {
      throw .needsEVM(block: context.number, transaction: number, why: .contractCreation)
    }
    if context.rules.isPrecompile(to) {
      throw .needsEVM(block: context.number, transaction: number, why: .callToPrecompile(to))
    }
    let recipient = try index(of: to)
    if world.accounts[recipient].value.hasCode {
      throw .needsEVM(block: context.number, transaction: number, why: .callToContract(to))
    }
    world.debit(deposit.value, from: sender)
    try credit(deposit.value, to: to)
  }
}

extension InboxCall {
  /// As a transaction with this recipient and this data would have it.
  fileprivate func intrinsicGas(rules: ForkRules) -> UInt64 {
    Transaction(nonce: 0, gasPrice: .zero, gasLimit: gasLimit, to: to, value: value, data: data)
      .intrinsicGas(rules: rules)
  }
}
