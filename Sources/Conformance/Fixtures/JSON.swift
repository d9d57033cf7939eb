import Primitives

/// A JSON document (RFC 8259), as far as test fixtures need it: numbers stay text.
indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  /// Members in the order of the document.
  case object([(key: String, value: JSON)])

  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var members: [(key: String, value: JSON)] {
    if case .object(let members) = self { members } else { [] }
  }

  var items: [JSON] {
    if case .array(let items) = self { items } else { [] }
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

/// What is wrong with a fixture, and where.
struct FixtureError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension JSON {
  /// Reads a document that is all of `bytes`. O(n).
  init(parsing bytes: [UInt8]) throws(FixtureError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.readDocument()
  }
}

/// Walks over the bytes once. Nesting is bounded.
private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private static let depthLimit = 256

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func readDocument() throws(FixtureError) -> JSON {
    let value = try readValue(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the document") }
    return value
  }

  private mutating func readValue(depth: Int) throws(FixtureError) -> JSON {
    guard depth < JSONParser.depthLimit else { throw failure("nested too deeply") }
    skipSpace()
    guard position < bytes.count else { throw failure("a value is missing") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try readObject(depth: depth)
    case UInt8(ascii: "["): return try readArray(depth: depth)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    default: return try readNumber()
    }
  }

  private mutating func readObject(depth: Int) throws(FixtureError) -> JSON {
    position += 1
    var members: [(key: String, value: JSON)] = []
    if skip(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let key = try readString()
      guard skip(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
      members.append((key, try readValue(depth: depth + 1)))
    } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "}")) else { throw failure("an object does not end") }
    return .object(members)
  }

  private mutating func readArray(depth: Int) throws(FixtureError) -> JSON {
    position += 1
    var items: [JSON] = []
    if skip(UInt8(ascii: "]")) { return .array(items) }
    repeat { items.append(try readValue(depth: depth + 1)) } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "]")) else { throw failure("an array does not end") }
    return .array(items)
  }

  private mutating func readString() throws(FixtureError) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("a string is missing") }
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") { return try readEscaped(from: start) }
      position += 1
    }
    guard position < bytes.count else { throw failure("a string does not end") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// A string with escapes, whose part from `start` to here has none.
  private mutating func readEscaped(from start: Int) throws(FixtureError) -> String {
    var text = [UInt8](bytes[start..<position])
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        position += 1
        text += try readEscape()
      } else {
        text.append(bytes[position])
        position += 1
      }
    }
    guard position < bytes.count else { throw failure("a string does not end") }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func readEscape() throws(FixtureError) -> [UInt8] {
    guard position < bytes.count else { throw failure("an escape does not end") }
    let escape = bytes[position]
    position += 1
    switch escape {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "u"): return try readUnicode()
    default: return [escape]
    }
  }

  /// Four hexadecimal digits; half of a pair stands for the replacement character.
  private mutating func readUnicode() throws(FixtureError) -> [UInt8] {
    guard position + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
    else { throw failure("an escape is not hexadecimal") }
    position += 4
    return [UInt8](String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8)
  }

  private mutating func readNumber() throws(FixtureError) -> JSON {
    let start = position
    let allowed = Set("+-.eE0123456789".utf8)
    while position < bytes.count, allowed.contains(bytes[position]) { position += 1 }
    guard position > start else { throw failure("a value is missing") }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func readWord(_ word: String, _ value: JSON) throws(FixtureError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("a value is missing") }
    position += word.utf8.count
    return value
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
  }

  private func failure(_ what: String) -> FixtureError {
    FixtureError("not JSON: \(what), at byte \(position)")
  }
}
