import Primitives

/// CRC-32C by eight table look-ups for each eight bytes, for processors without the instruction.
enum CRC32CTable {
  /// The polynomial x³² + x²⁸ + x²⁷ + … + 1 with its bits reversed (RFC 3720, section 12.1).
  static let polynomial: UInt32 = 0x82f6_3b78

  /// Row r, column b: the register after the byte b and r zero bytes.
  static let rows: [[UInt32]] = {
    var rows = [(0..<256).map { byte in (0..<8).reduce(UInt32(byte)) { register, _ in shifted(register) } }]
    for row in 1..<8 {
      rows.append(rows[row - 1].map { $0 >> 8 ^ rows[0][Int($0 & 0xff)] })
    }
    return rows
  }()

  /// The register after `bytes`.
  static func update(_ register: UInt32, _ bytes: RawSpan) -> UInt32 {
    let rows = CRC32CTable.rows
    var register = register
    var offset = 0
    while bytes.byteCount - offset >= 8 {
      let word = bytes.bigEndian(at: offset, as: UInt64.self).byteSwapped ^ UInt64(register)
      register = 0
      for index in 0..<8 {
        register ^= rows[7 - index][Int(word >> UInt64(8 * index) & 0xff)]
      }
      offset += 8
    }
    while offset < bytes.byteCount {
      register = register >> 8 ^ rows[0][Int((register ^ UInt32(bytes.byte(at: offset))) & 0xff)]
      offset += 1
    }
    return register
  }

  private static func shifted(_ register: UInt32) -> UInt32 {
    register >> 1 ^ (register & 1 == 0 ? 0 : polynomial)
  }
}
