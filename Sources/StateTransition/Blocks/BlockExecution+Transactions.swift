package import EVM
package import Primitives
import Rollup

extension BlockExecution {
  /// Decodes the next transaction, recovers its sender and carries it out.
  ///
  /// - Parameter signer: `Transaction.signer`, if it is known already.
  /// - Complexity: one key recovery unless the signer is given, one read of the view per account.
  @discardableResult
  package mutating func apply(
    _ encoded: [UInt8], signer: Address? = nil
  ) throws(BlockError) -> TransactionOutcome {
    try apply(Transaction.decode(encoded), signer: signer)
  }

  /// As `apply(_:signer:)`, telling a tracer about each instruction.
  @discardableResult
  package mutating func apply(
    _ encoded: [UInt8], tracer: inout some Tracer
  ) throws(BlockError) -> TransactionOutcome {
    try apply(Transaction.decode(encoded), signer: nil, &tracer)
  }

  /// Carries out the next transaction, which is what decoding gave.
  @discardableResult
  mutating func apply(
    _ decoded: Result<Transaction, TransactionError>, signer: Address?
  ) throws(BlockError) -> TransactionOutcome {
    var tracer = NoTracer()
    return try apply(decoded, signer: signer, &tracer)
  }

  @discardableResult
  mutating func apply(
    _ decoded: Result<Transaction, TransactionError>, signer: Address?, _ tracer: inout some Tracer
  ) throws(BlockError) -> TransactionOutcome {
    let transaction: Transaction
    let sender: Address
    let gas: (intrinsic: UInt64, floor: UInt64)
    do throws(TransactionError) {
      transaction = try decoded.get()
      // What needs no key recovery comes first: it is what rejects most cheaply.
      gas = try transaction.checkStateless(rules: context.rules)
      sender = try transaction.sender(chainID: context.chainID, rules: context.rules, signer: signer)
    } catch {
      throw invalid(error)
    }
    return try apply(transaction, from: sender, gas, &tracer)
  }

  /// Carries out the next transaction, whose sender is known (yellow paper, section 6). When it throws
  /// `BlockError.invalidTransaction`, the execution is what it was before.
  @discardableResult
  package mutating func apply(
    _ transaction: Transaction, from sender: Address
  ) throws(BlockError) -> TransactionOutcome {
    let gas: (intrinsic: UInt64, floor: UInt64)
    do { gas = try transaction.checkStateless(rules: context.rules) } catch { throw invalid(error) }
    var tracer = NoTracer()
    return try apply(transaction, from: sender, gas, &tracer)
  }

  /// - Parameter gas: what `checkStateless` gave.
  private mutating func apply(
    _ transaction: Transaction, from sender: Address, _ gas: (intrinsic: UInt64, floor: UInt64),
    _ tracer: inout some Tracer
  ) throws(BlockError) -> TransactionOutcome {
    let charge = try validate(transaction, from: sender, gas)
    let outcome = try settle(transaction, charge, try run(transaction, charge, &tracer))
    record(outcome)
    return outcome
  }

  /// Checks what makes a transaction valid in this block and state (yellow paper, section 6.2). Changes nothing but what
  /// is known of the state before.
  private mutating func validate(
    _ transaction: Transaction, from address: Address, _ gas: (intrinsic: UInt64, floor: UInt64)
  ) throws(BlockError) -> TransactionCharge {
    let index = try index(of: address)
    do {
      try checkAgainstBlock(transaction)
      try check(transaction, from: world.accounts[index].value)
    } catch {
      throw invalid(error)
    }
    // An account that lends another's code still belongs to its key (EIP-7702).
    if world.accounts[index].value.hasCode, Delegation.target(of: try code(of: address)) == nil {
      throw invalid(.senderHasCode)
    }
    return TransactionCharge(
      sender: address, senderIndex: index, intrinsicGas: gas.intrinsic, floorGas: gas.floor,
      gasPrice: transaction.effectiveGasPrice(baseFee: context.baseFeePerGas))
  }

  private func checkAgainstBlock(_ transaction: Transaction) throws(TransactionError) {
    // Blocks are filled in order, so what is used never passes the limit.
    let left = context.gasLimit - gasUsed
    guard transaction.gasLimit <= left else { throw .gasAboveBlock(limit: transaction.gasLimit, left: left) }
    guard transaction.maxFeePerGas >= context.baseFeePerGas else {
      throw .priceBelowBaseFee(price: transaction.maxFeePerGas, baseFee: context.baseFeePerGas)
    }
    if transaction.kind == .blob { try checkBlobs(transaction) }
  }

  private func checkBlobs(_ transaction: Transaction) throws(TransactionError) {
    let count = transaction.blobVersionedHashes.count
    let most = (context.blobParameters?.max ?? 0) * Transaction.gasPerBlob
    let left = (most - min(most, blobGasUsed)) / Transaction.gasPerBlob
    let allowed = min(left, context.rules.greatestBlobCount ?? left)
    guard UInt64(count) <= allowed else { throw .tooManyBlobs(count: count, allowed: allowed) }
    guard transaction.maxFeePerBlobGas >= context.blobBaseFee else {
      throw .priceBelowBlobBaseFee(price: transaction.maxFeePerBlobGas, baseFee: context.blobBaseFee)
    }
  }

  private func check(_ transaction: Transaction, from account: AccountValue) throws(TransactionError) {
    guard transaction.nonce == account.nonce else {
      throw .wrongNonce(expected: account.nonce, found: transaction.nonce)
    }
    let cost = try transaction.greatestCost()
    guard cost <= account.balance else { throw .insufficientBalance(needed: cost, available: account.balance) }
  }

  private func invalid(_ reason: TransactionError) -> BlockError {
    .invalidTransaction(block: context.number, index: outcomes.count, reason: reason)
  }

  private mutating func code(of address: Address) throws(BlockError) -> [UInt8] {
    do { return try world.code(of: address) } catch { throw .state(block: context.number, error) }
  }
}

extension BlockExecution {
  /// Asks the view for the senders and recipients of transactions together, if it likes that.
  mutating func prefetch(
    _ transactions: [Result<Transaction, TransactionError>], signers: [Address?]
  ) throws(BlockError) {
    var addresses = signers.compactMap { $0 }
    for case .success(let transaction) in transactions {
      if let recipient = transaction.to { addresses.append(recipient) }
    }
    do { try world.prefetch(addresses) } catch { throw .state(block: context.number, error) }
  }
}

extension Transaction {
  /// A transaction, or why the bytes are none.
  static func decode(_ encoded: [UInt8]) -> Result<Transaction, TransactionError> {
    do { return .success(try Transaction(encoded: encoded.rawSpan)) } catch { return .failure(error) }
  }
}

/// What a valid transaction is charged by.
struct TransactionCharge {
  let sender: Address
  let senderIndex: Int
  let intrinsicGas: UInt64
  let floorGas: UInt64

  /// Wei per gas.
  let gasPrice: UInt256
}
