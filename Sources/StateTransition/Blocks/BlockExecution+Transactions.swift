package import Primitives
import Rollup

/// A transaction that has been found valid, between accounts without code.
private struct Transfer {
  let sender: Int
  let recipient: Int
  let gasUsed: UInt64

  /// In wei, for all gas used.
  let fee: UInt256

  /// What the fee recipient gets of the fee; the rest is burnt (EIP-1559).
  let tip: UInt256
}

extension BlockExecution {
  /// Decodes the next transaction, recovers its sender and carries it out.
  ///
  /// - Complexity: one key recovery, one read of the view per account.
  @discardableResult
  package mutating func apply(_ encoded: [UInt8]) throws(BlockError) -> TransactionOutcome {
    let transaction = try decode(encoded)
    let sender: Address
    do {
      // What needs no key recovery comes first: it is what rejects most cheaply.
      _ = try transaction.checkStateless(rules: context.rules)
      sender = try transaction.sender(chainID: context.chainID, rules: context.rules)
    } catch {
      throw invalid(error)
    }
    return try apply(transaction, from: sender)
  }

  /// Carries out the next transaction, whose sender is known. When it throws `BlockError.invalidTransaction`, the
  /// execution is what it was before.
  @discardableResult
  package mutating func apply(
    _ transaction: Transaction, from sender: Address
  ) throws(BlockError) -> TransactionOutcome {
    let transfer = try validate(transaction, from: sender)
    try move(transfer, transaction)
    world.endTransaction(clearingEmptyAccounts: context.rules.clearsEmptyAccounts)
    let outcome = TransactionOutcome(
      type: 0, sender: sender, gasUsed: transfer.gasUsed, cumulativeGasUsed: gasUsed + transfer.gasUsed,
      succeeded: true)
    record(outcome)
    return outcome
  }

  private func decode(_ encoded: [UInt8]) throws(BlockError) -> Transaction {
    do {
      return try Transaction(encoded: encoded.rawSpan)
    } catch .unsupportedType(let type) where type > 0 && type <= context.rules.greatestTransactionType {
      throw .unsupportedTransactionType(block: context.number, transaction: outcomes.count, type: type)
    } catch {
      throw invalid(error)
    }
  }

  /// Checks everything that makes a transaction valid (yellow paper, section 6.2), then that no code need run.
  private mutating func validate(
    _ transaction: Transaction, from address: Address
  ) throws(BlockError) -> Transfer {
    let intrinsic: UInt64
    let sender = try index(of: address)
    do {
      intrinsic = try transaction.checkStateless(rules: context.rules)
      try checkAgainstBlock(transaction)
      try check(transaction, from: world.accounts[sender].value)
    } catch {
      throw invalid(error)
    }
    let recipient = try plainRecipient(of: transaction)
    let gas = UInt256(intrinsic)
    return Transfer(
      sender: sender, recipient: recipient, gasUsed: intrinsic, fee: gas * transaction.gasPrice,
      tip: gas * (transaction.gasPrice - context.baseFeePerGas))
  }

  private func checkAgainstBlock(_ transaction: Transaction) throws(TransactionError) {
    // Blocks are filled in order, so what is used never passes the limit.
    let left = context.gasLimit - gasUsed
    guard transaction.gasLimit <= left else { throw .gasAboveBlock(limit: transaction.gasLimit, left: left) }
    guard transaction.gasPrice >= context.baseFeePerGas else {
      throw .priceBelowBaseFee(price: transaction.gasPrice, baseFee: context.baseFeePerGas)
    }
  }

  private func check(_ transaction: Transaction, from account: AccountValue) throws(TransactionError) {
    guard !account.hasCode else { throw .senderHasCode }
    guard transaction.nonce == account.nonce else {
      throw .wrongNonce(expected: account.nonce, found: transaction.nonce)
    }
    let cost = try transaction.greatestCost()
    guard cost <= account.balance else { throw .insufficientBalance(needed: cost, available: account.balance) }
  }

  /// The recipient, if paying it runs no code.
  private mutating func plainRecipient(of transaction: Transaction) throws(BlockError) -> Int {
    guard let recipient = transaction.to else { throw needsEVM(.contractCreation) }
    if context.rules.isPrecompile(recipient) { throw needsEVM(.callToPrecompile(recipient)) }
    let index = try index(of: recipient)
    if world.accounts[index].value.hasCode { throw needsEVM(.callToContract(recipient)) }
    return index
  }

  /// Moves value and fee. Nothing can fail here but a balance of more than 256 bits.
  private mutating func move(_ transfer: Transfer, _ transaction: Transaction) throws(BlockError) {
    world.update(transfer.sender) { sender in
      sender.nonce += 1
      sender.balance -= transfer.fee + transaction.value
    }
    guard world.credit(transaction.value, to: transfer.recipient) else {
      throw .balanceOverflows(block: context.number, account: world.accounts[transfer.recipient].address)
    }
    try credit(transfer.tip, to: context.beneficiary)
  }

  private func invalid(_ reason: TransactionError) -> BlockError {
    .invalidTransaction(block: context.number, index: outcomes.count, reason: reason)
  }

  private func needsEVM(_ why: EVMNeed) -> BlockError {
    .needsEVM(block: context.number, transaction: outcomes.count, why: why)
  }
}
