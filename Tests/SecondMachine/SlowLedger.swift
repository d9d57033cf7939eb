import EVM
import Primitives
import StateTransition

/// Whole transactions, slow and obvious (yellow paper, section 6, and the EIPs since), over the second machine.
struct SlowLedger {
  let prices: Prices
  let block: BlockEnvironment
  private(set) var world: World

  init(prices: Prices, block: BlockEnvironment, world: World) {
    self.prices = prices
    self.block = block
    self.world = world
  }

  struct Outcome: Equatable {
    var succeeded: Bool
    var gasUsed: UInt64
    var output: [UInt8]
    var logs: [Log]
    var contract: Address?
  }

  private var revision: Revision { prices.revision }

  /// What is charged before anything runs.
  static func intrinsicGas(of transaction: Transaction, _ revision: Revision) -> UInt64 {
    let data = transaction.data
    var gas = 21000
    for byte in data { gas += byte == 0 ? 4 : revision >= .istanbul ? 16 : 68 }
    if transaction.to == nil {
      if revision >= .homestead { gas += 32000 }
      if revision >= .shanghai { gas += 2 * SlowMachine.words(data.count) }
    }
    for entry in transaction.accessList { gas += 2400 + 1900 * entry.storageKeys.count }
    return UInt64(gas + 25000 * transaction.authorizationList.count)
  }

  /// EIP-7623.
  static func floorGas(of transaction: Transaction, _ revision: Revision) -> UInt64 {
    guard revision >= .prague else { return 0 }
    return transaction.data.reduce(21000) { $0 + ($1 == 0 ? 10 : 40) }
  }

  /// Carries out a transaction that is valid.
  ///
  /// - Parameter authorities: who signed each of its authorizations; nil where nobody has.
  mutating func apply(
    _ transaction: Transaction, from sender: Address, authorities: [Address?]
  ) -> Outcome {
    let price = min(transaction.maxFeePerGas, block.baseFee + transaction.maxPriorityFeePerGas)
    let blobFee = UInt256(131072 * UInt64(transaction.blobVersionedHashes.count)) * block.blobBaseFee
    let nonce = world.nonce(of: sender)
    world.state.accounts[sender]?.balance -= UInt256(transaction.gasLimit) * price + blobFee
    world.setNonce(nonce + 1, of: sender)
    let contract = transaction.to == nil ? ContractAddress.create(sender: sender, nonce: nonce) : nil
    let recipient = transaction.to ?? contract ?? .zero
    if revision >= .berlin { warm(transaction, sender, recipient) }
    let back = zip(transaction.authorizationList, authorities).reduce(0) { $0 + delegate($1.0, $1.1) }
    var machine = SlowMachine(
      prices: prices, world: world, block: block,
      transaction: TransactionEnvironment(
        origin: sender, gasPrice: price, blobHashes: transaction.blobVersionedHashes))
    let outcome = machine.run(
      Message(
        kind: contract == nil ? .call : .create, sender: sender, recipient: recipient, value: transaction.value,
        input: transaction.data, gas: transaction.gasLimit - SlowLedger.intrinsicGas(of: transaction, revision)))
    world = machine.world
    return settle(transaction, sender, price, outcome, refund: back, contract)
  }

  /// EIP-2929, 2930, 3651.
  private mutating func warm(_ transaction: Transaction, _ sender: Address, _ recipient: Address) {
    let last: UInt32 = revision >= .prague ? 0x11 : revision >= .cancun ? 0x0a : 9
    var addresses = [sender, recipient] + (1...last).map { Address(0, 0, $0) }
    if revision >= .osaka { addresses.append(Address(0, 0, 0x100)) }
    if revision >= .shanghai { addresses.append(block.beneficiary) }
    for address in addresses + transaction.accessList.map(\.address) { _ = world.accessAccount(address) }
    for entry in transaction.accessList {
      for key in entry.storageKeys { _ = world.loadStorage(UInt256(key), of: entry.address) }
    }
  }

  /// EIP-7702: what is given back for an account that was there.
  private mutating func delegate(_ authorization: Authorization, _ authority: Address?) -> Int {
    guard authorization.chainID.isZero || authorization.chainID == block.chainID, authorization.nonce < UInt64.max,
      let authority
    else { return 0 }
    _ = world.accessAccount(authority)
    let code = world.code(of: authority)
    guard code.isEmpty || SlowMachine.delegate(of: code) != nil, world.nonce(of: authority) == authorization.nonce
    else { return 0 }
    let refund = world.exists(authority) ? 12500 : 0
    let lent = authorization.address == .zero ? [] : [0xef, 0x01, 0x00] + authorization.address.bytes
    world.setCode(lent, hash: .zero, of: authority)
    world.setNonce(authorization.nonce + 1, of: authority)
    return refund
  }

  private mutating func settle(
    _ transaction: Transaction, _ sender: Address, _ price: UInt256, _ outcome: SlowMachine.Outcome, refund: Int,
    _ contract: Address?
  ) -> Outcome {
    let spent = transaction.gasLimit - UInt64(outcome.gas)
    let earned = UInt64(max(refund + (outcome.status == .success ? outcome.refund : 0), 0))
    // EIP-3529.
    let most = spent / (revision >= .london ? 5 : 2)
    let used = max(spent - min(earned, most), SlowLedger.floorGas(of: transaction, revision))
    world.credit(UInt256(transaction.gasLimit - used) * price, to: sender)
    world.credit(UInt256(used) * (price - block.baseFee), to: block.beneficiary)
    let logs = world.state.logs.map { Log(address: $0.address, topics: $0.topics, data: $0.data) }
    world.endTransaction()
    let succeeded = outcome.status == .success
    return Outcome(
      succeeded: succeeded, gasUsed: used, output: contract != nil && succeeded ? [] : outcome.output, logs: logs,
      contract: contract)
  }
}
