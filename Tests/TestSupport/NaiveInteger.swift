/// The oracle of arithmetic: natural numbers by the schoolbook, in base 2³², sharing no code with what is tested.
package struct NaiveInteger: Equatable, Comparable, Sendable {
  /// Least significant first, without leading zeros.
  private var digits: [UInt64]

  package init(digits: [UInt64]) {
    self.digits = digits
    while self.digits.last == 0 { self.digits.removeLast() }
  }

  package init(_ number: UInt64) { self.init(digits: [number & 0xffff_ffff, number >> 32]) }

  package init(bigEndian bytes: [UInt8]) {
    var digits = [UInt64](repeating: 0, count: (bytes.count + 3) / 4)
    for (index, byte) in bytes.reversed().enumerated() { digits[index / 4] |= UInt64(byte) << UInt64(index % 4 * 8) }
    self.init(digits: digits)
  }

  /// The last `count` bytes, most significant first.
  package func bigEndian(count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: digit($0 / 4) >> UInt64($0 % 4 * 8)) }
  }

  /// Of base 2³², from the least significant.
  package func digit(_ index: Int) -> UInt64 { index < digits.count ? digits[index] : 0 }

  package static func < (left: Self, right: Self) -> Bool {
    if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
    for (l, r) in zip(left.digits.reversed(), right.digits.reversed()) where l != r { return l < r }
    return false
  }

  package static func + (left: Self, right: Self) -> Self {
    var carry: UInt64 = 0
    return Self(
      digits: (0...max(left.digits.count, right.digits.count)).map { index in
        let sum = left.digit(index) + right.digit(index) + carry
        carry = sum >> 32
        return sum & 0xffff_ffff
      })
  }

  /// Traps when the right number is greater.
  package static func - (left: Self, right: Self) -> Self {
    var borrow: UInt64 = 0
    let digits = (0..<left.digits.count).map { index -> UInt64 in
      let difference = left.digit(index) &- right.digit(index) &- borrow
      borrow = difference >> 63
      return difference & 0xffff_ffff
    }
    precondition(borrow == 0 && right.digits.count <= left.digits.count, "the difference is not negative")
    return Self(digits: digits)
  }

  package static func * (left: Self, right: Self) -> Self {
    var digits = [UInt64](repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (i, l) in left.digits.enumerated() {
      var carry: UInt64 = 0
      for (j, r) in right.digits.enumerated() {
        let sum = l * r + digits[i + j] + carry
        digits[i + j] = sum & 0xffff_ffff
        carry = sum >> 32
      }
      digits[i + right.digits.count] += carry
    }
    return Self(digits: digits)
  }

  /// What remains, bit by bit.
  package static func % (left: Self, right: Self) -> Self {
    var remainder = [UInt64](repeating: 0, count: right.digits.count + 1)
    let divisor = right.digits + [0]
    for digit in left.digits.reversed() {
      for bit in (0..<32).reversed() {
        var carry = digit >> UInt64(bit) & 1
        for index in remainder.indices {
          let doubled = remainder[index] << 1 | carry
          remainder[index] = doubled & 0xffff_ffff
          carry = doubled >> 32
        }
        if !remainder.reversed().lexicographicallyPrecedes(divisor.reversed()) {
          remainder = (Self(digits: remainder) - right).padded(to: divisor.count)
        }
      }
    }
    return Self(digits: remainder)
  }

  private func padded(to count: Int) -> [UInt64] { digits + [UInt64](repeating: 0, count: count - digits.count) }

  /// self to the power of a big-endian exponent, modulo a number that is not zero: bit by bit.
  package func power(_ exponent: [UInt8], modulo modulus: Self) -> Self {
    let base = self % modulus
    var result = Self(1) % modulus
    for byte in exponent.drop(while: { $0 == 0 }) {
      for bit in (0..<8).reversed() {
        result = result * result % modulus
        if byte >> UInt8(bit) & 1 == 1 { result = result * base % modulus }
      }
    }
    return result
  }

  /// 2 to the power of `exponent`.
  package static func power(ofTwo exponent: Int) -> Self {
    var digits = [UInt64](repeating: 0, count: exponent / 32 + 1)
    digits[exponent / 32] = 1 << UInt64(exponent % 32)
    return Self(digits: digits)
  }
}
