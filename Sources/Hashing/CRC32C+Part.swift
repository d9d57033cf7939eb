import Primitives

extension CRC32C {
  /// What some bytes add to the checksum of whatever stands before them: made before that is known.
  ///
  /// The register is linear in what it has seen. So the bytes' part can be computed by whoever has them first, and joined
  /// later at the cost of a few products of polynomials, however many bytes there are.
  @frozen
  public struct Part: Hashable, Sendable {
    @usableFromInline let register: UInt32
    @usableFromInline let byteCount: Int

    /// O(bytes).
    public init(_ bytes: RawSpan) {
      register = CRC32CBackend.chosen.update(0, bytes)
      byteCount = bytes.byteCount
    }
  }

  /// Continues over the bytes of `part`. O(log bytes): about 30 ns for each one bit of their number.
  public mutating func update(_ part: Part) {
    register = CRC32CPower.afterZeros(register, count: part.byteCount) ^ part.register
  }
}

/// Powers of x modulo the polynomial, with their bits reversed as the register has them.
private enum CRC32CPower {
  /// The k-th is x^(8 · 2^k): what 2^k zero bytes multiply the register by.
  static let ofBytes: [UInt32] = {
    var powers = [UInt32(1) << 23]
    while powers.count < UInt64.bitWidth { powers.append(product(powers[powers.count - 1], powers[powers.count - 1])) }
    return powers
  }()

  /// The register after so many zero bytes.
  static func afterZeros(_ register: UInt32, count: Int) -> UInt32 {
    var register = register
    var left = UInt64(count)
    while left != 0 {
      register = product(register, ofBytes[left.trailingZeroBitCount])
      left &= left - 1
    }
    return register
  }

  /// The product of two polynomials. Bit 31 is the constant term.
  static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
    var (sum, shifted) = (UInt32(0), right)
    for bit in stride(from: 31, through: 0, by: -1) {
      if left >> UInt32(bit) & 1 != 0 { sum ^= shifted }
      shifted = shifted >> 1 ^ (shifted & 1 == 0 ? 0 : CRC32CTable.polynomial)
    }
    return sum
  }
}
