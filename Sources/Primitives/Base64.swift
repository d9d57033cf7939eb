/// Bytes as the text of RFC 4648, section 4: the standard alphabet, padded.
public enum Base64 {
  private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let padding = UInt8(ascii: "=")

  /// Four characters for each three bytes, the last of them filled up with `=`. O(n).
  public static func encode(_ bytes: RawSpan) -> String {
    var text = [UInt8]()
    text.reserveCapacity((bytes.byteCount + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.byteCount, by: 3) {
      let count = min(3, bytes.byteCount - start)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? UInt32(bytes.byte(at: start + offset)) : 0)
      }
      for place in 0..<4 {
        text.append(place <= count ? alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Four characters for each three bytes, the last of them filled up with `=`. O(n).
  public static func encode(_ bytes: [UInt8]) -> String {
    encode(bytes.rawSpan)
  }

  /// The bytes that a text stands for; nil unless it is exactly what `encode` makes of them: no spaces, no missing
  /// padding, no stray bits before the padding. O(n).
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padded = text.suffix(2).count { $0 == padding }
    var bytes = [UInt8]()
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var place = 0
    for character in text.dropLast(padded) {
      guard let value = value(of: character) else { return nil }
      group = group << 6 | UInt32(value)
      place += 1
      guard place == 4 else { continue }
      bytes.append(UInt8(truncatingIfNeeded: group >> 16))
      bytes.append(UInt8(truncatingIfNeeded: group >> 8))
      bytes.append(UInt8(truncatingIfNeeded: group))
      group = 0
      place = 0
    }
    // What is left is 12 or 18 bits for one or two bytes; the bits that no byte takes are zero.
    switch (place, padded) {
    case (0, 0): return bytes
    case (2, 2) where group & 15 == 0:
      bytes.append(UInt8(group >> 4))
      return bytes
    case (3, 1) where group & 3 == 0:
      bytes.append(UInt8(group >> 10))
      bytes.append(UInt8(truncatingIfNeeded: group >> 2))
      return bytes
    default: return nil
    }
  }

  /// The bytes that a text stands for; nil unless it is exactly what `encode` makes of them. O(n).
  public static func decode(_ text: String) -> [UInt8]? {
    decode(text.utf8)
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
