import Primitives

extension Limbs {
  /// The number of bytes a number takes in encodings.
  static var byteCount: Int { 8 * count }

  /// The number that exactly `byteCount` bytes from `offset` on spell, most significant first. Traps outside the span.
  init(bigEndian bytes: RawSpan, at offset: Int) {
    let last = offset + Self.byteCount - 8
    self.init { index in bytes.bigEndian(at: last - 8 * index) }
  }

  /// Appends all bytes, most significant first.
  func appendBigEndian(to bytes: inout [UInt8]) {
    for index in (0..<Self.count).reversed() { bytes.append(bigEndian: word(at: index)) }
  }

  /// The number that hexadecimal digits spell. For constants: traps on anything else, or when it does not fit.
  init(hex: StaticString) {
    let digits = hex.description.utf8.map { digit -> UInt64 in
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
        preconditionFailure("a constant's digits are hexadecimal")
      }
      return UInt64(value)
    }
    precondition(digits.count <= 16 * Self.count, "a constant fits its type")
    self.init { index in
      let end = max(0, digits.count - 16 * index)
      return digits[max(0, end - 16)..<end].reduce(0) { $0 << 4 | $1 }
    }
  }
}

extension Fp {
  /// The element of a constant below the modulus. Traps otherwise.
  init(hex: StaticString) {
    guard let element = Self(Words(hex: hex)) else { preconditionFailure("a constant is below its modulus") }
    self = element
  }
}
