import EVM
import Hashing
import Primitives

/// A world in memory, whose journal is a copy of everything at each snapshot: slow and obvious.
struct World: Host {
  typealias Failure = Never

  struct Account: Hashable {
    var balance = UInt256.zero
    var nonce: UInt64 = 0
    var code: [UInt8] = []
    var storage: [UInt256: UInt256] = [:]

    var isEmpty: Bool { balance.isZero && nonce == 0 && code.isEmpty }
  }

  struct Slot: Hashable {
    let address: Address
    let key: UInt256
  }

  struct Log: Hashable {
    let address: Address
    let topics: [Hash256]
    let data: [UInt8]
  }

  struct State: Hashable {
    var accounts: [Address: Account] = [:]
    var warmAccounts: Set<Address> = []
    var warmSlots: Set<Slot> = []
    var transient: [Slot: UInt256] = [:]
    var created: Set<Address> = []
    var destroyed: Set<Address> = []
    var touched: Set<Address> = []
    var logs: [Log] = []
  }

  /// How often code was asked for, in this world and its copies.
  final class Counter {
    var count = 0
  }

  let codeReads = Counter()

  var state: State
  private let original: [Address: Account]
  private let clearsEmptyAccounts: Bool
  private var snapshots: [State] = []

  init(_ accounts: [Address: Account], revision: Revision) {
    state = State(accounts: accounts)
    original = accounts
    clearsEmptyAccounts = revision >= .spuriousDragon
  }

  func exists(_ address: Address) -> Bool { state.accounts[address] != nil }
  func isEmpty(_ address: Address) -> Bool { state.accounts[address]?.isEmpty ?? true }
  func balance(of address: Address) -> UInt256 { state.accounts[address]?.balance ?? .zero }
  func nonce(of address: Address) -> UInt64 { state.accounts[address]?.nonce ?? 0 }
  func codeHash(of address: Address) -> Hash256 { Keccak256.hash(state.accounts[address]?.code ?? []) }

  func code(of address: Address) -> [UInt8] {
    codeReads.count += 1
    return state.accounts[address]?.code ?? []
  }

  func hasStorage(_ address: Address) -> Bool { state.accounts[address]?.storage.isEmpty == false }
  mutating func accessAccount(_ address: Address) -> Bool { state.warmAccounts.insert(address).inserted }

  mutating func touch(_ address: Address) {
    if !clearsEmptyAccounts { _ = state.accounts[address, default: Account()] }
    state.touched.insert(address)
  }

  mutating func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    state.accounts[sender, default: Account()].balance -= value
    state.accounts[recipient, default: Account()].balance += value
    state.touched.formUnion([sender, recipient])
  }

  mutating func setNonce(_ nonce: UInt64, of address: Address) {
    state.accounts[address, default: Account()].nonce = nonce
  }

  mutating func createAccount(_ address: Address) {
    state.accounts[address] = Account(balance: balance(of: address))
    state.created.insert(address)
  }

  func isCreatedInTransaction(_ address: Address) -> Bool { state.created.contains(address) }

  mutating func setCode(_ code: [UInt8], hash: Hash256, of address: Address) {
    state.accounts[address, default: Account()].code = code
  }

  mutating func selfDestruct(_ address: Address, beneficiary: Address, destroying: Bool) -> Bool {
    let balance = balance(of: address)
    transfer(balance, from: address, to: beneficiary)
    guard destroying else { return false }
    if address == beneficiary { state.accounts[address]?.balance = .zero }
    return state.destroyed.insert(address).inserted
  }

  mutating func loadStorage(_ key: UInt256, of address: Address) -> StorageRead {
    let isCold = state.warmSlots.insert(Slot(address: address, key: key)).inserted
    return StorageRead(value: state.accounts[address]?.storage[key] ?? .zero, isCold: isCold)
  }

  mutating func storageSlot(_ key: UInt256, of address: Address) -> StorageSlot {
    let read = loadStorage(key, of: address)
    let before = isCreatedInTransaction(address) ? nil : original[address]?.storage[key]
    return StorageSlot(original: before ?? .zero, current: read.value, isCold: read.isCold)
  }

  mutating func setStorage(_ value: UInt256, at key: UInt256, of address: Address) {
    state.accounts[address, default: Account()].storage[key] = value.isZero ? nil : value
  }

  func transientStorage(_ key: UInt256, of address: Address) -> UInt256 {
    state.transient[Slot(address: address, key: key)] ?? .zero
  }

  mutating func setTransientStorage(_ value: UInt256, at key: UInt256, of address: Address) {
    state.transient[Slot(address: address, key: key)] = value.isZero ? nil : value
  }

  mutating func log(address: Address, topics: [Hash256], data: [UInt8]) {
    state.logs.append(Log(address: address, topics: topics, data: data))
  }

  func blockHash(_ number: UInt64) -> Hash256 { Keccak256.hash([UInt8](String(number).utf8)) }

  mutating func snapshot() -> Int {
    snapshots.append(state)
    return snapshots.count - 1
  }

  mutating func revert(to snapshot: Int) {
    state = snapshots[snapshot]
    snapshots.removeSubrange(snapshot...)
  }
}
