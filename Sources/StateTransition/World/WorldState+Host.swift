package import EVM
package import Primitives

// What the virtual machine sees and changes. The machine knows the rules; all that happens here is bookkeeping.
extension WorldState: Host {
  package typealias Failure = StateReadError

  // MARK: Accounts

  package mutating func exists(_ address: Address) throws(StateReadError) -> Bool {
    accounts[try index(of: address)].value.exists
  }

  package mutating func isEmpty(_ address: Address) throws(StateReadError) -> Bool {
    accounts[try index(of: address)].value.isEmpty
  }

  package mutating func balance(of address: Address) throws(StateReadError) -> UInt256 {
    accounts[try index(of: address)].value.balance
  }

  package mutating func nonce(of address: Address) throws(StateReadError) -> UInt64 {
    accounts[try index(of: address)].value.nonce
  }

  package mutating func codeHash(of address: Address) throws(StateReadError) -> Hash256 {
    accounts[try index(of: address)].value.codeHash
  }

  package mutating func code(of address: Address) throws(StateReadError) -> [UInt8] {
    try code(accounts[try index(of: address)].value.codeHash)
  }

  package mutating func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    let index = try index(of: address)
    if accounts[index].canReadStorage { return true }
    var slot = accounts[index].firstSlot
    while slot >= 0 {
      if !slots[slot].current.isZero { return true }
      slot = slots[slot].next
    }
    return false
  }

  package mutating func accessAccount(_ address: Address) throws(StateReadError) -> Bool {
    warm(try index(of: address))
  }

  /// Marks the account as accessed; true when it had not been.
  mutating func warm(_ index: Int) -> Bool {
    if accounts[index].warmIn == epoch { return false }
    accounts[index].warmIn = epoch
    undo.append(.warmAccount(index))
    return true
  }

  // MARK: Changes to accounts

  package mutating func touch(_ address: Address) throws(StateReadError) {
    let index = try index(of: address)
    // Where empty accounts stay in the state, being touched is a way of coming into being.
    if !clearsEmptyAccounts, !accounts[index].value.exists {
      update(index) { _ in }
    } else {
      touch(index)
    }
  }

  package mutating func transfer(
    _ value: UInt256, from sender: Address, to recipient: Address
  ) throws(StateReadError) {
    let source = try index(of: sender)
    let target = try index(of: recipient)
    try move(value, from: source, to: target)
  }

  /// Takes what one account has and gives it to another: all of it or, when there would be more than 256 bits, nothing.
  private mutating func move(_ value: UInt256, from source: Int, to target: Int) throws(StateReadError) {
    guard source == target || !accounts[target].value.balance.addingReportingOverflow(value).overflow else {
      let address = accounts[target].address
      overflowing = address
      throw StateReadError("the balance of \(address) would exceed 256 bits")
    }
    debit(value, from: source)
    _ = credit(value, to: target)
  }

  package mutating func setNonce(_ nonce: UInt64, of address: Address) throws(StateReadError) {
    update(try index(of: address)) { $0.nonce = nonce }
  }

  package mutating func createAccount(_ address: Address) throws(StateReadError) {
    let index = try index(of: address)
    update(index) { $0.nonce = 0 }
    undo.append(.created(index, before: accounts[index].createdIn))
    accounts[index].createdIn = epoch
  }

  package mutating func isCreatedInTransaction(_ address: Address) -> Bool {
    guard let index = knownIndex(of: address) else { return false }
    return accounts[index].createdIn == epoch
  }

  package mutating func setCode(_ code: [UInt8], hash: Hash256, of address: Address) throws(StateReadError) {
    self.code[hash] = code
    update(try index(of: address)) { $0.codeHash = hash }
  }

  package mutating func selfDestruct(
    _ address: Address, beneficiary: Address, destroying: Bool
  ) throws(StateReadError) -> Bool {
    let source = try index(of: address)
    let target = try index(of: beneficiary)
    let balance = accounts[source].value.balance
    if source != target {
      try move(balance, from: source, to: target)
    } else {
      touch(target)
    }
    guard destroying else { return false }
    if source == target { debit(balance, from: source) }
    if accounts[source].destroyedIn == epoch { return false }
    accounts[source].destroyedIn = epoch
    destroyed.append(source)
    undo.append(.destroyed(source))
    return true
  }

  // MARK: Storage

  package mutating func loadStorage(_ key: UInt256, of address: Address) throws(StateReadError) -> StorageRead {
    let slot = try slotIndex(key, of: try index(of: address))
    return StorageRead(value: slots[slot].current, isCold: warmSlot(slot))
  }

  package mutating func storageSlot(_ key: UInt256, of address: Address) throws(StateReadError) -> StorageSlot {
    let slot = try slotIndex(key, of: try index(of: address))
    return StorageSlot(original: slots[slot].original, current: slots[slot].current, isCold: warmSlot(slot))
  }

  package mutating func setStorage(_ value: UInt256, at key: UInt256, of address: Address) throws(StateReadError) {
    setStorage(try slotIndex(key, of: try index(of: address)), value)
  }

  /// Marks the slot as accessed; true when it had not been.
  mutating func warmSlot(_ slot: Int) -> Bool {
    if slots[slot].isWarm { return false }
    slots[slot].isWarm = true
    undo.append(.warmSlot(slot))
    return true
  }

  package mutating func transientStorage(_ key: UInt256, of address: Address) -> UInt256 {
    guard let index = knownIndex(of: address) else { return .zero }
    return transient[SlotKey(account: index, slot: key)] ?? .zero
  }

  package mutating func setTransientStorage(_ value: UInt256, at key: UInt256, of address: Address) {
    guard let index = knownIndex(of: address) else { preconditionFailure("an account that runs code is known") }
    let slot = SlotKey(account: index, slot: key)
    undo.append(.transient(slot, transient[slot] ?? .zero))
    transient[slot] = value
  }

  // MARK: The rest

  package mutating func log(address: Address, topics: [Hash256], data: [UInt8]) {
    undo.append(.log)
    logs.append(Log(address: address, topics: topics, data: data))
  }

  package mutating func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    try view.blockHash(number)
  }

  package mutating func snapshot() -> Int { undo.count }
}
