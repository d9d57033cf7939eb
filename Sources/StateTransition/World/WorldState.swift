import Hashing
import Primitives

/// The state while a block runs: the view it started from with everything written since on top.
///
/// Every account and slot has a record that is made when it is first asked for; each change leaves its inverse in
/// `undo`, so that going back to a snapshot costs what was changed since. What holds for one transaction only (warm,
/// touched, created, destroyed, a slot's original value) carries the number of the transaction and so needs no clearing.
package struct WorldState {
  let view: any StateView

  /// Whether empty accounts leave the state when a transaction touches them (EIP-161).
  let clearsEmptyAccounts: Bool

  var accounts: [AccountRecord] = []
  var slots: [SlotRecord] = []
  var undo: [Undo] = []

  /// Of the running transaction, in order.
  var logs: [Log] = []

  /// Of the running transaction (EIP-1153).
  var transient: [SlotKey: UInt256] = [:]

  /// Code by hash: what was read, and what the block has made.
  var code: [Hash256: [UInt8]] = [:]

  /// The running transaction's number; what carries another is out of date.
  var epoch: UInt32 = 1

  /// Accounts that the running transaction touched or destroyed. An entry counts while its record's epoch says so.
  var touched: [Int] = []
  var destroyed: [Int] = []

  /// Whose balance a transfer would have made exceed 256 bits: why the last call threw, if it is not nil.
  var overflowing: Address?

  /// Records that may differ from the last diff.
  var dirtyAccounts: [Int] = []
  var dirtySlots: [Int] = []

  private var accountIndex: [Address: Int] = [:]
  private var slotIndex: [SlotKey: Int] = [:]

  init(over view: any StateView, clearsEmptyAccounts: Bool) {
    self.view = view
    self.clearsEmptyAccounts = clearsEmptyAccounts
  }

  /// The record of an account that has been asked for before.
  func knownIndex(of address: Address) -> Int? { accountIndex[address] }

  /// The record of an account. Asks the view the first time only.
  mutating func index(of address: Address) throws(StateReadError) -> Int {
    if let index = accountIndex[address] { return index }
    accounts.append(AccountRecord(address: address, account: try view.account(address)))
    accountIndex[address] = accounts.count - 1
    return accounts.count - 1
  }

  /// Asks for accounts that will be needed, if the view would rather tell of many at a time.
  mutating func prefetch(_ addresses: [Address]) throws(StateReadError) {
    accountIndex.reserveCapacity(accountIndex.count + addresses.count)
    accounts.reserveCapacity(accounts.count + addresses.count)
    var unknown: [Address] = []
    unknown.reserveCapacity(addresses.count)
    for address in addresses.sorted() where address != unknown.last && accountIndex[address] == nil {
      unknown.append(address)
    }
    guard let found = try view.accounts(unknown) else { return }
    for (address, account) in zip(unknown, found) {
      accountIndex[address] = accounts.count
      accounts.append(AccountRecord(address: address, account: account))
    }
  }

  /// The record of a slot. Asks the view the first time only, and only where there can be storage.
  mutating func slotIndex(_ slot: UInt256, of account: Int) throws(StateReadError) -> Int {
    let key = SlotKey(account: account, slot: slot)
    if let index = slotIndex[key] {
      refresh(index)
      return index
    }
    let value =
      accounts[account].canReadStorage ? try view.storage(accounts[account].address, slot) : .zero
    slots.append(
      SlotRecord(account: account, slot: slot, value: value, epoch: epoch, next: accounts[account].firstSlot))
    accounts[account].firstSlot = slots.count - 1
    slotIndex[key] = slots.count - 1
    return slots.count - 1
  }

  /// A slot that an earlier transaction used begins this one with what it holds.
  private mutating func refresh(_ index: Int) {
    if slots[index].epoch == epoch { return }
    slots[index].epoch = epoch
    slots[index].original = slots[index].current
    slots[index].isWarm = false
  }

  /// The code with the given hash, which some account has.
  mutating func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    if hash == Keccak256.emptyHash { return [] }
    if let known = code[hash] { return known }
    let bytes = try view.code(hash)
    code[hash] = bytes
    return bytes
  }
}

/// What is known of an account.
struct AccountRecord {
  let address: Address

  /// As it is now; `exists` is false when the state has none.
  var value: AccountValue

  /// As it was at the last diff.
  var committed: AccountValue

  /// Root of the storage that the view has.
  let viewStorageRoot: Hash256

  /// Whether the view's storage is gone, so that unknown slots are zero.
  var isStorageCleared = false

  /// Whether storage that the last diff knew is gone.
  var clearsStorage = false

  /// The last record of its slots, which are linked; −1 for none.
  var firstSlot = -1

  /// The transactions that last did this to it; 0 for none.
  var warmIn: UInt32 = 0
  var touchedIn: UInt32 = 0
  var createdIn: UInt32 = 0
  var destroyedIn: UInt32 = 0

  var isDirty = false

  init(address: Address, account: Account?) {
    self.address = address
    value = AccountValue(account)
    committed = value
    viewStorageRoot = account?.storageRoot ?? Account.empty.storageRoot
  }

  /// Whether the view may know slots of the account.
  var canReadStorage: Bool { !isStorageCleared && viewStorageRoot != Account.empty.storageRoot }
}

/// An account without its storage.
struct AccountValue: Equatable {
  var exists: Bool
  var nonce: UInt64
  var balance: UInt256
  var codeHash: Hash256

  init(_ account: Account?) {
    let known = account ?? .empty
    exists = account != nil
    nonce = known.nonce
    balance = known.balance
    codeHash = known.codeHash
  }

  /// What EIP-161 clears; an account that is not there is empty too.
  var isEmpty: Bool { nonce == 0 && balance.isZero && !hasCode }

  var hasCode: Bool { codeHash != Keccak256.emptyHash }
}

/// What is known of a storage slot.
struct SlotRecord {
  let account: Int
  let slot: UInt256

  /// As the last diff left it.
  var committed: UInt256

  /// As it was when the transaction of `epoch` began.
  var original: UInt256
  var current: UInt256
  var epoch: UInt32
  var isWarm = false
  var isDirty = false

  /// The account's slot record before this one; −1 for none.
  let next: Int

  init(account: Int, slot: UInt256, value: UInt256, epoch: UInt32, next: Int) {
    self.account = account
    self.slot = slot
    committed = value
    original = value
    current = value
    self.epoch = epoch
    self.next = next
  }
}

struct SlotKey: Hashable {
  let account: Int
  let slot: UInt256
}

/// The inverse of a change.
enum Undo {
  case account(Int, AccountValue)
  case storage(Int, UInt256)
  case transient(SlotKey, UInt256)
  case log
  case warmAccount(Int)
  case warmSlot(Int)
  case touched(Int)
  case created(Int, before: UInt32)
  case destroyed(Int)
}
