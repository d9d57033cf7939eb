import Primitives

/// A JSON object under its name, with typed reads. Absent and null are the same.
struct JSONObject {
  /// Where the object stands in the file, for messages; empty at the top.
  let path: String

  let members: [String: JSONValue]

  init(_ members: [String: JSONValue], path: String = "") {
    self.members = members
    self.path = path
  }

  /// The name of a member in messages.
  func name(of key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  /// The member, unless it is absent or null.
  func value(_ key: String) -> JSONValue? {
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// The keys of members that are neither absent nor null, in order.
  var keys: [String] {
    members.filter { $0.value != .null }.keys.sorted()
  }

  func invalid(_ key: String, _ expected: String) -> GenesisError {
    .invalid(field: name(of: key), value: members[key]?.summary ?? "nothing", expected: expected)
  }

  func required<Value>(_ key: String, _ value: Value?) throws(GenesisError) -> Value {
    guard let value else { throw .missing(field: name(of: key)) }
    return value
  }
}

extension JSONObject {
  /// A number, decimal or hexadecimal, of up to 256 bits.
  func number(_ key: String) throws(GenesisError) -> UInt256? {
    guard let value = value(key) else { return nil }
    // Some writers give zero as "0x".
    guard let text = value.text, let number = UInt256(text == "0x" ? "0x0" : text) else {
      throw invalid(key, "a number, decimal or after 0x hexadecimal, below 2^256")
    }
    return number
  }

  /// A number of up to 64 bits.
  func integer(_ key: String) throws(GenesisError) -> UInt64? {
    guard let number = try number(key) else { return nil }
    guard let integer = UInt64(exactly: number) else { throw invalid(key, "a number below 2^64") }
    return integer
  }

  func boolean(_ key: String) throws(GenesisError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .boolean(let boolean) = value else { throw invalid(key, "true or false") }
    return boolean
  }

  /// Hexadecimal digits, with or without 0x.
  func bytes(_ key: String) throws(GenesisError) -> [UInt8]? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value, let bytes = try? Hex.decode(text) else {
      throw invalid(key, "an even number of hexadecimal digits")
    }
    return bytes
  }

  func hash(_ key: String) throws(GenesisError) -> Hash256? {
    guard let bytes = try bytes(key) else { return nil }
    guard let hash = Hash256(bytes: bytes) else { throw invalid(key, "32 bytes") }
    return hash
  }

  func address(_ key: String) throws(GenesisError) -> Address? {
    guard let bytes = try bytes(key) else { return nil }
    guard let address = Address(bytes: bytes) else { throw invalid(key, "an address of 20 bytes") }
    return address
  }

  func object(_ key: String) throws(GenesisError) -> JSONObject? {
    guard let value = value(key) else { return nil }
    guard case .object(let members) = value else { throw invalid(key, "an object") }
    return JSONObject(members, path: name(of: key))
  }
}
