import Primitives

extension WorldState {
  /// Undoes every change since the snapshot. O(changes).
  package mutating func revert(to snapshot: Int) {
    while undo.count > snapshot {
      switch undo.removeLast() {
      case .account(let index, let value): accounts[index].value = value
      case .storage(let index, let value): slots[index].current = value
      case .transient(let key, let value): transient[key] = value
      case .log: logs.removeLast()
      case .warmAccount(let index): accounts[index].warmIn = 0
      case .warmSlot(let index): slots[index].isWarm = false
      case .touched(let index): accounts[index].touchedIn = 0
      case .created(let index, let before): accounts[index].createdIn = before
      case .destroyed(let index): accounts[index].destroyedIn = 0
      }
    }
  }

  /// Changes an account, which comes into being when there is none, and touches it.
  mutating func update(_ index: Int, _ change: (inout AccountValue) -> Void) {
    undo.append(.account(index, accounts[index].value))
    change(&accounts[index].value)
    accounts[index].value.exists = true
    mark(index)
    touch(index)
  }

  /// Adds wei; false, and nothing changed, when there would be more than 256 bits.
  mutating func credit(_ amount: UInt256, to index: Int) -> Bool {
    let sum = accounts[index].value.balance.addingReportingOverflow(amount)
    if sum.overflow { return false }
    update(index) { $0.balance = sum.partialValue }
    return true
  }

  /// Takes wei, which must be there.
  mutating func debit(_ amount: UInt256, from index: Int) {
    update(index) { $0.balance -= amount }
  }

  /// Notes that the transaction touched the account (EIP-161).
  mutating func touch(_ index: Int) {
    if accounts[index].touchedIn == epoch { return }
    accounts[index].touchedIn = epoch
    touched.append(index)
    // A failed call to RIPEMD-160 leaves it touched: mainnet did so in block 2,675,119, and all clients keep to it.
    if accounts[index].address != WorldState.ripemd { undo.append(.touched(index)) }
  }

  mutating func setStorage(_ index: Int, _ value: UInt256) {
    undo.append(.storage(index, slots[index].current))
    slots[index].current = value
    if !slots[index].isDirty {
      slots[index].isDirty = true
      dirtySlots.append(index)
    }
    mark(slots[index].account)
  }

  mutating func mark(_ index: Int) {
    if accounts[index].isDirty { return }
    accounts[index].isDirty = true
    dirtyAccounts.append(index)
  }

  private static var ripemd: Address { Address(0, 0, 3) }
}

extension WorldState {
  /// Ends a transaction: destroyed accounts and, under EIP-161, touched ones that are empty leave the state. Nothing can
  /// be undone afterwards.
  mutating func endTransaction() {
    for index in destroyed where accounts[index].destroyedIn == epoch { remove(index) }
    if clearsEmptyAccounts {
      for index in touched where accounts[index].touchedIn == epoch {
        if accounts[index].value.exists && accounts[index].value.isEmpty { remove(index) }
      }
    }
    undo.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
    destroyed.removeAll(keepingCapacity: true)
    logs.removeAll(keepingCapacity: true)
    transient.removeAll(keepingCapacity: true)
    epoch += 1
  }

  /// Takes the account out of the state, with its storage.
  private mutating func remove(_ index: Int) {
    accounts[index].value = AccountValue(nil)
    mark(index)
    var hadStorage = accounts[index].canReadStorage
    var slot = accounts[index].firstSlot
    while slot >= 0 {
      if !slots[slot].committed.isZero { hadStorage = true }
      slots[slot].current = .zero
      slots[slot].committed = .zero
      slot = slots[slot].next
    }
    accounts[index].isStorageCleared = true
    if hadStorage { accounts[index].clearsStorage = true }
  }
}
