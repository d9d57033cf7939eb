/// Bytes as hexadecimal text, the way Ethereum's tools write them.
public enum Hex {
  /// `0x` and two lower-case digits for each byte. O(n).
  public static func encode(_ bytes: RawSpan) -> String {
    var digits = [UInt8]()
    digits.reserveCapacity(2 + 2 * bytes.byteCount)
    digits.append(UInt8(ascii: "0"))
    digits.append(UInt8(ascii: "x"))
    for offset in 0..<bytes.byteCount {
      let byte = bytes.byte(at: offset)
      digits.append(digit(of: byte >> 4))
      digits.append(digit(of: byte & 15))
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// `0x` and two lower-case digits for each byte. O(n).
  public static func encode(_ bytes: [UInt8]) -> String {
    encode(bytes.rawSpan)
  }

  /// The bytes that an even number of digits spells, with or without `0x`, in either case. O(n).
  public static func decode(_ text: String) throws(HexError) -> [UInt8] {
    let digits = [UInt8](text.utf8)
    let start = hasPrefix(digits) ? 2 : 0
    guard (digits.count - start).isMultiple(of: 2) else {
      throw HexError(offset: digits.count, reason: .oddDigitCount(digits.count - start))
    }
    var bytes = [UInt8]()
    bytes.reserveCapacity((digits.count - start) / 2)
    for offset in stride(from: start, to: digits.count, by: 2) {
      guard let high = value(of: digits[offset]) else { throw HexError(offset: offset, reason: .notADigit) }
      guard let low = value(of: digits[offset + 1]) else { throw HexError(offset: offset + 1, reason: .notADigit) }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The number an ASCII digit stands for; nil for other characters.
  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static func hasPrefix(_ digits: [UInt8]) -> Bool {
    digits.count >= 2 && digits[0] == UInt8(ascii: "0")
      && (digits[1] == UInt8(ascii: "x") || digits[1] == UInt8(ascii: "X"))
  }

  private static func digit(of value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

/// Why a text is not hexadecimal, and where.
public struct HexError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// Bytes take two digits each; the text has this many digits.
    case oddDigitCount(Int)
    case notADigit
  }

  /// Where in the text, in UTF-8 bytes from its start (with the `0x`).
  public let offset: Int

  public let reason: Reason

  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .oddDigitCount(let count): "hexadecimal text has \(count) digits; bytes take two each"
    case .notADigit: "the character at offset \(offset) is not a hexadecimal digit"
    }
  }
}
