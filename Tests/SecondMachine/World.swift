package import EVM
import Hashing
package import Primitives

/// A world in memory, whose journal is a copy of everything at each snapshot: slow and obvious.
package struct World: Host {
  package typealias Failure = Never

  package struct Account: Hashable {
    package var balance: UInt256
    package var nonce: UInt64
    package var code: [UInt8]
    package var storage: [UInt256: UInt256]

    package init(
      balance: UInt256 = .zero, nonce: UInt64 = 0, code: [UInt8] = [], storage: [UInt256: UInt256] = [:]
    ) {
      self.balance = balance
      self.nonce = nonce
      self.code = code
      self.storage = storage
    }

    var isEmpty: Bool { balance.isZero && nonce == 0 && code.isEmpty }
  }

  package struct Slot: Hashable {
    let address: Address
    let key: UInt256
  }

  package struct Log: Hashable {
    let address: Address
    let topics: [Hash256]
    let data: [UInt8]
  }

  package struct State: Hashable {
    package var accounts: [Address: Account] = [:]
    var warmAccounts: Set<Address> = []
    var warmSlots: Set<Slot> = []
    var transient: [Slot: UInt256] = [:]
    var created: Set<Address> = []
    var destroyed: Set<Address> = []
    var touched: Set<Address> = []
    var logs: [Log] = []
  }

  /// How often code was asked for, in this world and its copies.
  package final class Counter {
    package var count = 0
  }

  package let codeReads = Counter()

  package var state: State

  /// As they were when the transaction began.
  private var original: [Address: Account]

  private let clearsEmptyAccounts: Bool
  private var snapshots: [State] = []

  package init(_ accounts: [Address: Account], revision: Revision) {
    state = State(accounts: accounts)
    original = accounts
    clearsEmptyAccounts = revision >= .spuriousDragon
  }

  package func exists(_ address: Address) -> Bool { state.accounts[address] != nil }
  package func isEmpty(_ address: Address) -> Bool { state.accounts[address]?.isEmpty ?? true }
  package func balance(of address: Address) -> UInt256 { state.accounts[address]?.balance ?? .zero }
  package func nonce(of address: Address) -> UInt64 { state.accounts[address]?.nonce ?? 0 }
  package func codeHash(of address: Address) -> Hash256 { Keccak256.hash(state.accounts[address]?.code ?? []) }

  package func code(of address: Address) -> [UInt8] {
    codeReads.count += 1
    return state.accounts[address]?.code ?? []
  }

  package func hasStorage(_ address: Address) -> Bool { state.accounts[address]?.storage.isEmpty == false }
  package mutating func accessAccount(_ address: Address) -> Bool { state.warmAccounts.insert(address).inserted }

  package mutating func touch(_ address: Address) {
    if !clearsEmptyAccounts && !exists(address) { state.accounts[address] = Account() }
    state.touched.insert(address)
  }

  package mutating func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    state.accounts[sender, default: Account()].balance -= value
    state.touched.insert(sender)
    credit(value, to: recipient)
  }

  mutating func credit(_ value: UInt256, to recipient: Address) {
    state.accounts[recipient, default: Account()].balance += value
    state.touched.insert(recipient)
  }

  package mutating func setNonce(_ nonce: UInt64, of address: Address) {
    state.accounts[address, default: Account()].nonce = nonce
  }

  package mutating func createAccount(_ address: Address) {
    state.accounts[address] = Account(balance: balance(of: address))
    state.created.insert(address)
  }

  package func isCreatedInTransaction(_ address: Address) -> Bool { state.created.contains(address) }

  package mutating func setCode(_ code: [UInt8], hash: Hash256, of address: Address) {
    state.accounts[address, default: Account()].code = code
  }

  package mutating func selfDestruct(_ address: Address, beneficiary: Address, destroying: Bool) -> Bool {
    let balance = balance(of: address)
    transfer(balance, from: address, to: beneficiary)
    guard destroying else { return false }
    if address == beneficiary { state.accounts[address]?.balance = .zero }
    return state.destroyed.insert(address).inserted
  }

  package mutating func loadStorage(_ key: UInt256, of address: Address) -> StorageRead {
    let isCold = state.warmSlots.insert(Slot(address: address, key: key)).inserted
    return StorageRead(value: state.accounts[address]?.storage[key] ?? .zero, isCold: isCold)
  }

  package mutating func storageSlot(_ key: UInt256, of address: Address) -> StorageSlot {
    let read = loadStorage(key, of: address)
    let before = isCreatedInTransaction(address) ? nil : original[address]?.storage[key]
    return StorageSlot(original: before ?? .zero, current: read.value, isCold: read.isCold)
  }

  package mutating func setStorage(_ value: UInt256, at key: UInt256, of address: Address) {
    state.accounts[address, default: Account()].storage[key] = value.isZero ? nil : value
  }

  package func transientStorage(_ key: UInt256, of address: Address) -> UInt256 {
    state.transient[Slot(address: address, key: key)] ?? .zero
  }

  package mutating func setTransientStorage(_ value: UInt256, at key: UInt256, of address: Address) {
    state.transient[Slot(address: address, key: key)] = value.isZero ? nil : value
  }

  package mutating func log(address: Address, topics: [Hash256], data: [UInt8]) {
    state.logs.append(Log(address: address, topics: topics, data: data))
  }

  package func blockHash(_ number: UInt64) -> Hash256 { World.blockHash(number) }

  static func blockHash(_ number: UInt64) -> Hash256 { Keccak256.hash([UInt8](String(number).utf8)) }

  package mutating func snapshot() -> Int {
    snapshots.append(state)
    return snapshots.count - 1
  }

  package mutating func revert(to snapshot: Int) {
    restore(snapshots[snapshot])
    snapshots.removeSubrange(snapshot...)
  }

  /// Goes back to an earlier state of the same transaction. That 0x03 was touched stays, as it did on mainnet.
  mutating func restore(_ before: State) {
    let wasTouched = state.touched.contains(Precompile.ripemd160.address)
    state = before
    if wasTouched { state.touched.insert(Precompile.ripemd160.address) }
  }

  /// Ends a transaction: what was destroyed goes, and under EIP-161 what is empty and was touched.
  mutating func endTransaction() {
    for address in state.destroyed { state.accounts[address] = nil }
    if clearsEmptyAccounts {
      for address in state.touched where isEmpty(address) { state.accounts[address] = nil }
    }
    state = State(accounts: state.accounts)
    original = state.accounts
    snapshots = []
  }
}
