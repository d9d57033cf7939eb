import Primitives

/// CRC-32C by eight table look-ups for each eight bytes, for processors without the instruction.
enum CRC32CTable {
  /// The polynomial x³² + x²⁸ + x²⁷ + … + 1 with its bits reversed (RFC 3720, section 12.1).
  static let polynomial: UInt32 = 0x82f6_3b78

  /// Word 256 r + b: the register after the byte b and r zero bytes.
  static let words: [UInt32] = {
    var words = (0..<256).map { byte in (0..<8).reduce(UInt32(byte)) { register, _ in shifted(register) } }
    for index in 256..<2048 {
      let previous = words[index - 256]
      words.append(previous >> 8 ^ words[Int(previous & 0xff)])
    }
    return words
  }()

  /// The register after `bytes`.
  static func update(_ register: UInt32, _ bytes: RawSpan) -> UInt32 {
    let words = CRC32CTable.words.span
    var register = register
    var offset = 0
    while bytes.byteCount - offset >= 8 {
      // The byte that comes first is followed by seven others, so its word is in the last row.
      let next = bytes.bigEndian(at: offset, as: UInt64.self) ^ UInt64(register.byteSwapped) &<< 32
      register = 0
      for row in 0..<8 {
        register ^= words[row &<< 8 | Int(truncatingIfNeeded: next &>> UInt64(truncatingIfNeeded: row &<< 3) & 0xff)]
      }
      offset += 8
    }
    while offset < bytes.byteCount {
      register = register >> 8 ^ words[Int((register ^ UInt32(bytes.byte(at: offset))) & 0xff)]
      offset += 1
    }
    return register
  }

  private static func shifted(_ register: UInt32) -> UInt32 {
    register >> 1 ^ (register & 1 == 0 ? 0 : polynomial)
  }
}
