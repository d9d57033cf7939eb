import Primitives

// The values that fixtures write in JSON strings.
extension JSON {
  /// The member with this name, which has to be there.
  func member(_ key: String) throws(FixtureError) -> JSON {
    guard let value = self[key] else { throw FixtureError("the member \(key) is missing") }
    return value
  }

  func string() throws(FixtureError) -> String {
    switch self {
    case .string(let text), .number(let text): return text
    default: throw FixtureError("a string was expected")
    }
  }

  /// Decimal or, after `0x`, hexadecimal; leading zeros are allowed, and `0x` alone is zero. Some older suites mark
  /// numbers that do not fit with `0x:bigint `.
  func number() throws(FixtureError) -> UInt256 {
    let text = try string()
    if text == "0x" || text.isEmpty { return .zero }
    guard let value = UInt256(text) else { throw FixtureError("\(text) is no number of 256 bits") }
    return value
  }

  func integer() throws(FixtureError) -> UInt64 {
    let value = try number()
    guard let integer = UInt64(exactly: value) else { throw FixtureError("\(value) is no number of 64 bits") }
    return integer
  }

  func bytes() throws(FixtureError) -> [UInt8] {
    let text = try string()
    do { return try Hex.decode(text) } catch { throw FixtureError("\(text.prefix(80)): \(error)") }
  }

  func address() throws(FixtureError) -> Address {
    guard let address = Address(bytes: try bytes()) else { throw FixtureError("an address has 20 bytes") }
    return address
  }

  func hash() throws(FixtureError) -> Hash256 {
    guard let hash = Hash256(bytes: try bytes()) else { throw FixtureError("a hash has 32 bytes") }
    return hash
  }

  /// The member with this name, unless it is absent or null.
  func optional(_ key: String) -> JSON? {
    guard let value = self[key] else { return nil }
    if case .null = value { return nil }
    return value
  }
}
