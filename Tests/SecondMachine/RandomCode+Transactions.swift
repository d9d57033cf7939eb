import EVM
import Primitives
import Signatures
import StateTransition

extension RandomCode {
  /// Keys of accounts that lend others' code.
  private static let keys = (1...3).map { Hash256(UInt256(UInt64($0))) }

  private static let owners = keys.map { key in
    guard let address = try? Secp256k1.address(of: key) else { preconditionFailure("1 to 3 are keys") }
    return address
  }

  /// A transaction of one of the types that there are, valid in the given world, and who signed its authorizations.
  mutating func transaction(
    in world: World, _ block: BlockEnvironment
  ) -> (transaction: Transaction, sender: Address, authorities: [Address?]) {
    let rich = RandomCode.owners.filter { world.balance(of: $0) > .one << 90 }
    let sender = once(in: 4) ? pick(rich + [Accounts.sender]) : Accounts.sender
    let recipient = once(in: 4) ? nil : once(in: 5) ? pick(targets + RandomCode.owners) : pick(RandomCode.contracts)
    let price = block.baseFee + UInt256(random.next() % 20)
    var transaction = Transaction(
      nonce: world.nonce(of: sender), gasPrice: price, gasLimit: 0, to: recipient, value: UInt256(random.next() % 3),
      data: recipient == nil ? initcode() : bytes(below(120)))
    var authorities: [Address?] = []
    transaction.kind = kind(isCreation: recipient == nil)
    if transaction.kind != .legacy {
      transaction.chainID = UInt64(block.chainID.low)
      transaction.accessList = accessList()
    }
    if transaction.kind >= .dynamicFee {
      transaction.maxPriorityFeePerGas = UInt256(random.next() % UInt64(price.low + 1))
    }
    if transaction.kind == .blob {
      transaction.maxFeePerBlobGas = block.blobBaseFee
      transaction.blobVersionedHashes = (0..<1 + below(2)).map { _ in
        Hash256(bytes: [0x01] + bytes(31)) ?? .zero
      }
    }
    if transaction.kind == .setCode {
      for _ in 0..<1 + below(3) {
        let (authorization, authority) = signedAuthorization(in: world, block)
        transaction.authorizationList.append(authorization)
        authorities.append(authority)
      }
    }
    let least = max(
      SlowLedger.intrinsicGas(of: transaction, revision), SlowLedger.floorGas(of: transaction, revision))
    transaction.gasLimit = least + gas()
    return (transaction, sender, authorities)
  }

  private mutating func kind(isCreation: Bool) -> Transaction.Kind {
    var kinds: [Transaction.Kind] = [.legacy]
    if revision >= .berlin { kinds.append(.accessList) }
    if revision >= .london { kinds.append(.dynamicFee) }
    if revision >= .cancun && !isCreation { kinds.append(.blob) }
    if revision >= .prague && !isCreation { kinds += [.setCode, .setCode] }
    return pick(kinds)
  }

  private mutating func accessList() -> [AccessListEntry] {
    (0..<below(4)).map { _ in
      AccessListEntry(
        address: pick(targets), storageKeys: (0..<below(3)).map { _ in Hash256(UInt256(UInt64(below(4)))) })
    }
  }

  /// Mostly one that holds; else of another chain, of another nonce or signed by nobody.
  private mutating func signedAuthorization(
    in world: World, _ block: BlockEnvironment
  ) -> (authorization: Authorization, authority: Address?) {
    let index = below(RandomCode.keys.count)
    let authority = RandomCode.owners[index]
    let plain = Authorization(
      chainID: once(in: 3) ? 0 : once(in: 8) ? block.chainID + 1 : block.chainID,
      address: once(in: 5) ? .zero : pick(targets + RandomCode.owners),
      nonce: world.nonce(of: authority) + (once(in: 8) ? 1 : 0))
    guard !once(in: 8), let signed = try? plain.signed(by: RandomCode.keys[index]) else { return (plain, nil) }
    return (signed, authority)
  }

  /// Some of those who may lend code have an account.
  mutating func addOwners(to accounts: inout [Address: World.Account]) {
    for owner in RandomCode.owners where !once(in: 3) {
      accounts[owner] = World.Account(balance: .one << 100, nonce: UInt64(below(2)))
    }
  }
}
