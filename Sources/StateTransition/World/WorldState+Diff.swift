import Primitives

extension WorldState {
  /// What has changed since the last diff, or since the view; what was changed back is left out. To be taken between
  /// transactions. O(n log n) in the records written.
  mutating func takeDiff() -> StateDiff {
    var storage: [Int: [StateDiff.SlotChange]] = [:]
    for index in dirtySlots {
      let slot = slots[index]
      if slot.current != slot.committed {
        storage[slot.account, default: []].append(
          StateDiff.SlotChange(slot: slot.slot, value: slot.current, replaces: !slot.committed.isZero))
      }
      slots[index].committed = slot.current
      slots[index].isDirty = false
    }
    var changes: [StateDiff.AccountChange] = []
    changes.reserveCapacity(dirtyAccounts.count)
    var newCode: [Hash256: [UInt8]] = [:]
    for index in dirtyAccounts {
      let record = accounts[index]
      if let change = Self.change(of: record, storage: storage[index] ?? []) { changes.append(change) }
      if record.value.codeHash != record.committed.codeHash, record.value.hasCode {
        newCode[record.value.codeHash] = code[record.value.codeHash]
      }
      accounts[index].committed = record.value
      accounts[index].clearsStorage = false
      accounts[index].isDirty = false
    }
    dirtySlots.removeAll(keepingCapacity: true)
    dirtyAccounts.removeAll(keepingCapacity: true)
    return StateDiff(changes, code: newCode.map { StateDiff.NewCode(hash: $0, code: $1) })
  }

  private static func change(of record: AccountRecord, storage: [StateDiff.SlotChange]) -> StateDiff.AccountChange? {
    if record.value == record.committed && storage.isEmpty && !record.clearsStorage { return nil }
    let root = record.isStorageCleared ? Account.empty.storageRoot : record.viewStorageRoot
    let account =
      record.value.exists
      ? Account(
        nonce: record.value.nonce, balance: record.value.balance, storageRoot: root, codeHash: record.value.codeHash)
      : nil
    return StateDiff.AccountChange(
      address: record.address, account: account, clearsStorage: record.clearsStorage, storage: storage,
      replaces: record.committed.exists)
  }
}
