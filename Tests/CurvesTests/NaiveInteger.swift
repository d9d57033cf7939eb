// The oracle: natural numbers by the schoolbook, in base 2³², sharing no code with what is tested.

@testable import Curves

struct NaiveInteger: Equatable, Comparable {
  /// Least significant first, without leading zeros.
  private var digits: [UInt64]

  init(digits: [UInt64]) {
    self.digits = digits
    while self.digits.last == 0 { self.digits.removeLast() }
  }

  init(_ number: UInt64) { self.init(digits: [number & 0xffff_ffff, number >> 32]) }

  init(_ number: some Limbs) {
    self.init(
      digits: (0..<type(of: number).count).flatMap { [number.word(at: $0) & 0xffff_ffff, number.word(at: $0) >> 32] })
  }

  /// The number in limbs. Traps when it does not fit.
  func limbs<Words: Limbs>(_: Words.Type = Words.self) -> Words {
    precondition(digits.count <= 2 * Words.count, "the number fits")
    return Words { index in digit(2 * index) | digit(2 * index + 1) << 32 }
  }

  private func digit(_ index: Int) -> UInt64 { index < digits.count ? digits[index] : 0 }

  static func < (left: Self, right: Self) -> Bool {
    if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
    for (l, r) in zip(left.digits.reversed(), right.digits.reversed()) where l != r { return l < r }
    return false
  }

  static func + (left: Self, right: Self) -> Self {
    var carry: UInt64 = 0
    return Self(
      digits: (0...max(left.digits.count, right.digits.count)).map { index in
        let sum = left.digit(index) + right.digit(index) + carry
        carry = sum >> 32
        return sum & 0xffff_ffff
      })
  }

  /// Traps when the right number is greater.
  static func - (left: Self, right: Self) -> Self {
    var borrow: UInt64 = 0
    let digits = (0..<left.digits.count).map { index -> UInt64 in
      let difference = left.digit(index) &- right.digit(index) &- borrow
      borrow = difference >> 63
      return difference & 0xffff_ffff
    }
    precondition(borrow == 0 && right.digits.count <= left.digits.count, "the difference is not negative")
    return Self(digits: digits)
  }

  static func * (left: Self, right: Self) -> Self {
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
  static func % (left: Self, right: Self) -> Self {
    var remainder = Self(0)
    for digit in left.digits.reversed() {
      for bit in (0..<32).reversed() {
        remainder = remainder + remainder + Self(digit >> UInt64(bit) & 1)
        if remainder >= right { remainder = remainder - right }
      }
    }
    return remainder
  }

  /// 2 to the power of `exponent`.
  static func power(ofTwo exponent: Int) -> Self {
    var digits = [UInt64](repeating: 0, count: exponent / 32 + 1)
    digits[exponent / 32] = 1 << UInt64(exponent % 32)
    return Self(digits: digits)
  }
}
