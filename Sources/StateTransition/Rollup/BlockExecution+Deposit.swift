import EVM
import Primitives
import Rollup

extension BlockExecution {
  /// Carries out a deposit: makes what is to be minted for the sender, raises its nonce, and calls for it.
  ///
  /// What was minted is locked on L1, so a deposit is never invalid. A call that cannot be made (too little gas for its
  /// data or more than the block has left, more value than the sender owns, a nonce that cannot be raised) is a failed
  /// transaction, which uses its gas limit or what the block has left. So is a deposit that would mint more than
  /// `InboxCall.greatestMint`, which mints nothing.
  ///
  /// Nobody pays for the gas, on L2 or on L1. Deposits come before the sequencer's transactions, so deposits that use all
  /// of a block's gas leave these none: what they may have is the contract's to bound.
  ///
  /// What is metered is metered as a transaction's, what makes a transaction invalid is not asked:
  ///
  /// | Rule | Holds for deposits |
  /// |---|---|
  /// | intrinsic gas, words of initcode included (EIP-3860) | yes |
  /// | the least price of data (EIP-7623) | yes: a gas limit below it fails, and that much is used at least |
  /// | 49,152 bytes of initcode (EIP-3860) | no: the contract's 120,000 bytes of data are the limit |
  /// | 2²⁴ gas (EIP-7825) | no: the contract bounds the gas of deposits |
  /// | a sender without code (EIP-3607), its nonce, a price of at least the base fee | no: L1 knows who called |
  mutating func apply(deposit: InboxCall) throws(BlockError) -> TransactionOutcome {
    let canMint = deposit.mint <= InboxCall.greatestMint
    try credit(canMint ? deposit.mint : .zero, to: deposit.sender)
    let sender = try index(of: deposit.sender)
    let nonce = world.accounts[sender].value.nonce
    let bounds = deposit.gasBounds(rules: context.rules)
    let gasLeft = context.gasLimit - gasUsed
    let isPossible =
      canMint && deposit.gasLimit <= gasLeft && max(bounds.intrinsic, bounds.floor) <= deposit.gasLimit
      && world.accounts[sender].value.balance >= deposit.value && nonce < UInt64.max
    world.update(sender) { $0.nonce = nonce == UInt64.max ? nonce : nonce + 1 }
    let contract = deposit.to == nil ? ContractAddress.create(sender: deposit.sender, nonce: nonce) : nil
    var result: ExecutionResult?
    if isPossible { result = try call(deposit, contract: contract, gas: deposit.gasLimit - bounds.intrinsic) }
    let logs = world.logs
    world.endTransaction()
    let used = result.map { max(gas(of: deposit, $0), bounds.floor) } ?? min(deposit.gasLimit, gasLeft)
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
      throw failure(error)
    }
  }

  private func gas(of deposit: InboxCall, _ result: ExecutionResult) -> UInt64 {
    let spent = deposit.gasLimit - result.gasLeft
    return spent - min(UInt64(max(result.gasRefund, 0)), spent / context.rules.greatestRefundQuotient)
  }
}

extension InboxCall {
  /// As a transaction with this recipient and this data would have them.
  fileprivate func gasBounds(rules: ForkRules) -> (intrinsic: UInt64, floor: UInt64) {
    Transaction(nonce: 0, gasPrice: .zero, gasLimit: gasLimit, to: to, value: value, data: data)
      .gasBounds(rules: rules)
  }
}
