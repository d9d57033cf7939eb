import Primitives
import Rollup

extension Genesis {
  /// The accounts that the chain begins with, by ascending address. Keys of accounts and slots may have `0x` or not.
  static func allocation(_ alloc: JSONObject) throws(GenesisError) -> [GenesisAccount] {
    var accounts = [GenesisAccount]()
    accounts.reserveCapacity(alloc.members.count)
    for key in alloc.keys {
      guard let address = Address(hex: key) else {
        throw .invalid(field: "alloc", value: "\"\(key)\"", expected: "addresses of 20 bytes as keys")
      }
      let members = try alloc.required(key, try alloc.object(key))
      accounts.append(try account(address, members))
    }
    accounts.sort { $0.address < $1.address }
    if let (twice, _) = zip(accounts, accounts.dropFirst()).first(where: { $0.address == $1.address }) {
      throw .invalid(field: "alloc", value: "\(twice.address) twice", expected: "each address once")
    }
    return accounts
  }

  private static func account(_ address: Address, _ object: JSONObject) throws(GenesisError) -> GenesisAccount {
    for key in object.keys where !accountKeys.contains(key) {
      throw .unsupported(field: object.name(of: key), reason: "no field of an account that geth or besu know")
    }
    return GenesisAccount(
      address: address,
      balance: try object.number("balance") ?? .zero,
      nonce: try object.integer("nonce") ?? 0,
      code: try object.bytes("code") ?? [],
      storage: try storage(object))
  }

  /// What an account may have; the last three are notes for people.
  private static let accountKeys: Set<String> = [
    "balance", "nonce", "code", "storage", "comment", "privateKey", "secretKey",
  ]

  /// The slots that are not zero, by ascending key: a slot of value zero is not there.
  private static func storage(_ account: JSONObject) throws(GenesisError) -> [GenesisAccount.Slot] {
    guard let object = try account.object("storage") else { return [] }
    var slots = [GenesisAccount.Slot]()
    for key in object.keys {
      slots.append(
        GenesisAccount.Slot(
          key: try word(key, in: object, of: key),
          value: try word(object.members[key]?.text ?? "", in: object, of: key)))
    }
    slots.sort { $0.key < $1.key }
    if let (twice, _) = zip(slots, slots.dropFirst()).first(where: { $0.key == $1.key }) {
      throw .invalid(field: object.path, value: "\(twice.key.hex) twice", expected: "each slot once")
    }
    return slots.filter { !$0.value.isZero }
  }

  /// Up to 32 bytes in hexadecimal digits, with or without 0x; an odd digit stands for itself.
  private static func word(_ text: String, in object: JSONObject, of key: String) throws(GenesisError) -> UInt256 {
    let digits = text.hasPrefix("0x") ? text : "0x" + text
    guard let word = UInt256(digits) else {
      throw .invalid(field: object.name(of: key), value: "\"\(text)\"", expected: "up to 64 hexadecimal digits")
    }
    return word
  }
}
