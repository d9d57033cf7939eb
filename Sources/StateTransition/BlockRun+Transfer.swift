import Primitives
import Rollup

/// A transaction that has been found valid, between accounts without code.
struct Transfer {
  let sender: Address

  /// The sender's account, the nonce not yet raised.
  let account: Account

  let recipient: Address
  let value: UInt256
  let gasUsed: UInt64

  /// In wei, for all gas used.
  let fee: UInt256

  /// What the fee recipient gets of the fee; the rest is burnt (EIP-1559).
  let tip: UInt256
}

extension BlockRun {
  func decode(_ encoded: [UInt8], index: Int) throws(BlockError) -> Transaction {
    do {
      return try Transaction(encoded: encoded.rawSpan)
    } catch .unsupportedType(let type) where type > 0 && type <= rules.greatestTransactionType {
      throw .unsupportedTransactionType(block: header.number, transaction: index, type: type)
    } catch {
      throw invalid(index, error)
    }
  }

  /// Checks everything that makes a transaction valid (yellow paper, section 6.2), then that no code need run.
  mutating func validate(
    _ transaction: Transaction, index: Int, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) -> Transfer {
    let sender: Address
    let intrinsic: UInt64
    do {
      intrinsic = try transaction.checkStateless(rules: rules)
      try checkAgainstBlock(transaction)
      sender = try transaction.sender(chainID: chainID, rules: rules)
    } catch {
      throw invalid(index, error)
    }
    let account = try account(sender, in: view) ?? Account()
    do {
      try check(transaction, from: account)
    } catch {
      throw invalid(index, error)
    }
    let recipient = try plainRecipient(of: transaction, index: index, in: view)
    let gas = UInt256(intrinsic)
    return Transfer(
      sender: sender, account: account, recipient: recipient, value: transaction.value, gasUsed: intrinsic,
      fee: gas * transaction.gasPrice, tip: gas * (transaction.gasPrice - (header.baseFeePerGas ?? .zero)))
  }

  private func checkAgainstBlock(_ transaction: Transaction) throws(TransactionError) {
    // Blocks are filled in order, so what is used never passes the limit.
    let left = header.gasLimit - gasUsed
    guard transaction.gasLimit <= left else { throw .gasAboveBlock(limit: transaction.gasLimit, left: left) }
    let baseFee = header.baseFeePerGas ?? .zero
    guard transaction.gasPrice >= baseFee else {
      throw .priceBelowBaseFee(price: transaction.gasPrice, baseFee: baseFee)
    }
  }

  private func check(_ transaction: Transaction, from account: Account) throws(TransactionError) {
    guard !account.hasCode else { throw .senderHasCode }
    guard transaction.nonce == account.nonce else {
      throw .wrongNonce(expected: account.nonce, found: transaction.nonce)
    }
    let cost = try transaction.greatestCost()
    guard cost <= account.balance else { throw .insufficientBalance(needed: cost, available: account.balance) }
  }

  /// The recipient, if paying it runs no code.
  private mutating func plainRecipient(
    of transaction: Transaction, index: Int, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) -> Address {
    guard let recipient = transaction.to else { throw needsEVM(index, .contractCreation) }
    if rules.isPrecompile(recipient) { throw needsEVM(index, .callToPrecompile(recipient)) }
    if try account(recipient, in: view)?.hasCode == true { throw needsEVM(index, .callToContract(recipient)) }
    return recipient
  }

  /// Moves value and fee. Nothing can fail here but a balance of more than 256 bits.
  mutating func move(
    _ transfer: Transfer, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(BlockError) {
    var sender = transfer.account
    sender.nonce += 1
    sender.balance -= transfer.fee + transfer.value
    journal.set(sender, at: transfer.sender)
    try credit(transfer.value, to: transfer.recipient, in: view)
    try credit(transfer.tip, to: header.beneficiary, in: view)
  }

  private func invalid(_ index: Int, _ reason: TransactionError) -> BlockError {
    .invalidTransaction(block: header.number, index: index, reason: reason)
  }

  private func needsEVM(_ index: Int, _ why: EVMNeed) -> BlockError {
    .needsEVM(block: header.number, transaction: index, why: why)
  }
}
