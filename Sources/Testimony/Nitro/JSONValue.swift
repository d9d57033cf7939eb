import Primitives

/// A JSON text (RFC 8259), as far as feeds need it: numbers are whole, and no member of an object may come twice, as readers
/// differ in which of two they take.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The digits as they stand.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Lists and objects may be nested this deep.
  private static let depthLimit = 16

  /// Nil unless the bytes are one JSON text, in UTF-8, and nothing more. O(bytes).
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount < 1 << 30 else { return nil }
    var parser = Parser(bytes)
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    self = value
  }

  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self, let member = members[name], member != .null else { return nil }
    return member
  }

  /// A number without a fraction that 64 bits hold.
  package var uint64: UInt64? { if case .number(let digits) = self { UInt64(digits) } else { nil } }

  /// The digits of a number without sign, fraction and exponent.
  package var digits: String? {
    if case .number(let digits) = self, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) { digits } else { nil }
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }

  package var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  private struct Parser: ~Escapable {
    private let input: RawSpan
    private var position = 0

    @_lifetime(copy input)
    init(_ input: RawSpan) { self.input = input }

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return position == input.byteCount
      }
    }

    private var next: UInt8? { position < input.byteCount ? input.byte(at: position) : nil }

    private mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    /// Takes a character, after spaces.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard let byte = next, byte == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    private mutating func take(word: StaticString) -> Bool {
      let characters = [UInt8]("\(word)".utf8)
      guard input.byteCount - position >= characters.count,
        input.extracting(position..<position + characters.count).holdsSameBytes(as: characters.rawSpan)
      else { return false }
      position += characters.count
      return true
    }

    mutating func value(depth: Int) -> JSONValue? {
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return depth < JSONValue.depthLimit ? object(depth: depth + 1) : nil
      case UInt8(ascii: "["): return depth < JSONValue.depthLimit ? array(depth: depth + 1) : nil
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
      case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
      default: return number()
      }
    }

    private mutating func object(depth: Int) -> JSONValue? {
      guard take("{") else { return nil }
      var members: [String: JSONValue] = [:]
      if take("}") { return .object(members) }
      repeat {
        skipSpace()
        guard let name = string(), take(":"), let member = value(depth: depth),
          members.updateValue(member, forKey: name) == nil
        else { return nil }
      } while take(",")
      return take("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONValue? {
      guard take("[") else { return nil }
      var items: [JSONValue] = []
      if take("]") { return .array(items) }
      repeat {
        guard let item = value(depth: depth) else { return nil }
        items.append(item)
      } while take(",")
      return take("]") ? .array(items) : nil
    }

    private mutating func number() -> JSONValue? {
      let start = position
      while let byte = next, "+-.0123456789Ee".utf8.contains(byte) { position += 1 }
      guard position > start else { return nil }
      let digits = String(decoding: input.extracting(start..<position).bytes, as: UTF8.self)
      // No leading zeros; a sign, a fraction or an exponent is kept for whoever reads the number to refuse.
      guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: ".") else { return nil }
      if first == UInt8(ascii: "0"), digits.utf8.dropFirst().first.map({ $0 >= 48 && $0 <= 57 }) == true { return nil }
      return .number(digits)
    }

    private mutating func string() -> String? {
      guard next == UInt8(ascii: "\"") else { return nil }
      position += 1
      var bytes: [UInt8] = []
      while let byte = next, byte != UInt8(ascii: "\"") {
        guard byte >= 0x20 else { return nil }
        position += 1
        guard byte == UInt8(ascii: "\\") else {
          bytes.append(byte)
          continue
        }
        guard let character = escaped() else { return nil }
        bytes += character
      }
      guard next == UInt8(ascii: "\"") else { return nil }
      position += 1
      return String(validating: bytes, as: UTF8.self)
    }

    /// What follows a backslash. Feeds write plain text, hexadecimal and base64, so surrogates are refused.
    private mutating func escaped() -> [UInt8]? {
      guard let byte = next else { return nil }
      position += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
      case UInt8(ascii: "b"): return [0x08]
      case UInt8(ascii: "f"): return [0x0c]
      case UInt8(ascii: "n"): return [0x0a]
      case UInt8(ascii: "r"): return [0x0d]
      case UInt8(ascii: "t"): return [0x09]
      case UInt8(ascii: "u"):
        guard input.byteCount - position >= 4 else { return nil }
        let digits = String(decoding: input.extracting(position..<position + 4).bytes, as: UTF8.self)
        guard let value = UInt32(digits, radix: 16), digits.first != "+", digits.first != "-",
          let scalar = Unicode.Scalar(value)
        else { return nil }
        position += 4
        return [UInt8](String(Character(scalar)).utf8)
      default: return nil
      }
    }
  }
}
