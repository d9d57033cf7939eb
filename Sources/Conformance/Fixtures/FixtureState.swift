import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// A whole state as fixtures write it.
struct FixtureState {
  private(set) var accounts: [Address: GenesisAccount] = [:]
  private var storage: [Address: [UInt256: UInt256]] = [:]
  private var codes: [Hash256: [UInt8]] = [:]

  /// Reads an object of accounts by address.
  init(_ json: JSON) throws(FixtureError) {
    for (name, fields) in json.members {
      try add(try JSON.string(name).address(), fields, code: try fields.member("code").bytes())
    }
  }

  /// Reads what a block reads: accounts by address, with the hash of their code, which `codes` has.
  init(preState json: JSON, codes: [Hash256: [UInt8]]) throws(FixtureError) {
    for (name, fields) in json.members {
      let address = try JSON.string(name).address()
      var code: [UInt8] = []
      if let hash = try fields.optional("code_hash")?.hash(), hash != Keccak256.emptyHash {
        guard let known = codes[hash] else { throw FixtureError("the suite has no code with the hash \(hash)") }
        code = known
      }
      try add(address, fields, code: code)
    }
  }

  private mutating func add(_ address: Address, _ fields: JSON, code: [UInt8]) throws(FixtureError) {
    var slots: [UInt256: UInt256] = [:]
    for (slot, value) in try fields.member("storage").members {
      let number = try value.number()
      if !number.isZero { slots[try JSON.string(slot).number()] = number }
    }
    accounts[address] = GenesisAccount(
      address: address, balance: try fields.member("balance").number(), nonce: try fields.member("nonce").integer(),
      code: code)
    storage[address] = slots
    codes[Keccak256.hash(code)] = code
  }

  /// Applies what a transaction or a block changed.
  mutating func apply(_ diff: StateDiff) {
    for entry in diff.code { codes[entry.hash] = entry.code }
    for change in diff.accounts {
      if change.clearsStorage || change.account == nil { storage[change.address] = nil }
      for slot in change.storage {
        storage[change.address, default: [:]][slot.slot] = slot.value.isZero ? nil : slot.value
      }
      accounts[change.address] = change.account.map {
        GenesisAccount(
          address: change.address, balance: $0.balance, nonce: $0.nonce, code: codes[$0.codeHash] ?? [])
      }
    }
  }

  /// Makes an empty account where there is none.
  mutating func touch(_ address: Address) {
    if accounts[address] == nil { accounts[address] = GenesisAccount(address: address, balance: .zero) }
  }

  /// All accounts with their storage, by ascending address.
  var allocation: [GenesisAccount] {
    accounts.values.sorted { $0.address < $1.address }.map { account in
      var account = account
      account.storage = (storage[account.address] ?? [:]).sorted { $0.key < $1.key }
        .map { GenesisAccount.Slot(key: $0, value: $1) }
      return account
    }
  }

  /// The state root, built from all accounts. O(n log n).
  var root: Hash256 { GenesisState.root(of: allocation) }

  /// The first account in which the state is not the expected one, and how; nil when there is none.
  func firstDifference(from expected: FixtureState) -> String? {
    let addresses = Set(accounts.keys).union(expected.accounts.keys).sorted()
    for address in addresses {
      if let difference = difference(at: address, from: expected) { return "\(address): \(difference)" }
    }
    return nil
  }

  private func difference(at address: Address, from expected: FixtureState) -> String? {
    guard let here = accounts[address] else { return "is not there" }
    guard let there = expected.accounts[address] else { return "should not be there" }
    if here.nonce != there.nonce { return "nonce is \(here.nonce), expected \(there.nonce)" }
    if here.balance != there.balance { return "balance is \(here.balance.hex), expected \(there.balance.hex)" }
    if here.code != there.code { return "code is \(Hex.encode(here.code)), expected \(Hex.encode(there.code))" }
    let (slots, wanted) = (storage[address] ?? [:], expected.storage[address] ?? [:])
    for slot in Set(slots.keys).union(wanted.keys).sorted() where slots[slot] != wanted[slot] {
      let (value, want) = (slots[slot] ?? .zero, wanted[slot] ?? .zero)
      return "slot \(slot.hex) is \(value.hex), expected \(want.hex)"
    }
    return nil
  }
}

extension FixtureState: StateView {
  func account(_ address: Address) -> Account? {
    guard let account = accounts[address] else { return nil }
    // Only whether there is storage matters here: the root of a state is built from all of it.
    let hasStorage = storage[address]?.isEmpty == false
    return Account(
      nonce: account.nonce, balance: account.balance, storageRoot: hasStorage ? .zero : Trie.emptyRoot,
      codeHash: Keccak256.hash(account.code))
  }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { storage[address]?[slot] ?? .zero }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    guard let code = codes[hash] else { throw StateReadError("the fixture has no code with the hash \(hash)") }
    return code
  }

  /// As state tests have it: Keccak-256 of the number's decimal digits.
  func blockHash(_ number: UInt64) -> Hash256 { Keccak256.hash([UInt8](String(number).utf8)) }
}
