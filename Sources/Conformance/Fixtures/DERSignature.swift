/// An ECDSA signature in DER (RFC 3279, section 2.2.3; X.690): a SEQUENCE of two INTEGERs, r and s.
struct DERSignature {
  /// r and s, 32 bytes each, most significant first.
  let numbers: [UInt8]

  /// nil unless the bytes are the one encoding that DER allows, of two numbers from 0 to 2²⁵⁶ − 1.
  init?(_ bytes: [UInt8]) {
    // So short that each length is one byte.
    guard bytes.count >= 2, bytes.count < 0x80, bytes[0] == 0x30, Int(bytes[1]) == bytes.count - 2 else { return nil }
    var rest = bytes[2...]
    guard let r = Self.number(&rest), let s = Self.number(&rest), rest.isEmpty else { return nil }
    numbers = r + s
  }

  /// Takes an INTEGER that is not negative off the front.
  private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.popFirst() == 0x02, let count = rest.popFirst().map(Int.init), count <= rest.count else { return nil }
    var digits = rest.prefix(count)
    rest.removeFirst(count)
    guard let first = digits.first, first < 0x80 else { return nil }
    if first == 0, count > 1 {
      // A zero in front is there to show that the number is not negative, and only then.
      digits.removeFirst()
      guard digits[digits.startIndex] >= 0x80 else { return nil }
    }
    guard digits.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - digits.count) + digits
  }
}
