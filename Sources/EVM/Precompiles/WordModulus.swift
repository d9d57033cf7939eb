/// Powers modulo a number of one word that is greater than one. No memory is taken.
struct WordModulus {
  private let modulus: UInt64

  init(_ modulus: UInt64) {
    self.modulus = modulus
  }

  /// About five nanoseconds for each bit of the exponent; where the modulus is less than 256, whose bits are priced
  /// lowest, a tenth of that.
  func power(_ base: UInt64, _ exponent: borrowing Digits) -> UInt64 {
    if modulus < 256 { return smallPower(base, exponent) }
    if exponent.count < 2, exponent.word < 16 { return dividedPower(base, exponent.word) }
    let zeros = modulus.trailingZeroBitCount
    let odd = modulus &>> UInt64(zeros)
    if zeros == 0 { return OddWord(odd).power(base, exponent) }
    let low = Self.wrappingPower(base, exponent, bitCount: zeros)
    if odd == 1 { return low }
    // The Chinese remainder: large + odd · ((low − large) / odd mod 2^zeros).
    let ring = OddWord(odd)
    let large = ring.power(base, exponent)
    return large &+ odd &* ((low &- large) &* ring.inverse & ((1 &<< UInt64(zeros)) &- 1))
  }

  /// For moduli below 256: the exponent is reduced by Euler's totient φ first. b^e = b^(e mod φ + φ) for every b when e
  /// is at least the greatest exponent of a prime in the modulus, and 256 is.
  private func smallPower(_ base: UInt64, _ exponent: borrowing Digits) -> UInt64 {
    var left = exponent.word
    if exponent.count > 1 {
      let totient = totient
      left = exponent.remainder(dividingBy: totient) &+ totient
    }
    let modulus = UInt32(truncatingIfNeeded: modulus)
    var square = UInt32(truncatingIfNeeded: base)
    var result: UInt32 = 1
    while left > 0 {
      if left & 1 == 1 { result = result &* square % modulus }
      square = square &* square % modulus
      left &>>= 1
    }
    return UInt64(result)
  }

  /// By division after each product: for so few of them nothing else needs to be made ready.
  private func dividedPower(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var (left, square, result) = (exponent, base, UInt64(1))
    while left > 0 {
      if left & 1 == 1 { result = modulus.dividingFullWidth(result.multipliedFullWidth(by: square)).remainder }
      left &>>= 1
      if left > 0 { square = modulus.dividingFullWidth(square.multipliedFullWidth(by: square)).remainder }
    }
    return result
  }

  /// Of a modulus below 256, whose smallest divisors are at most 13.
  private var totient: UInt64 {
    var (rest, totient) = (UInt32(truncatingIfNeeded: modulus), UInt32(truncatingIfNeeded: modulus))
    for prime: UInt32 in [2, 3, 5, 7, 11, 13] where rest % prime == 0 {
      totient = totient / prime &* (prime &- 1)
      while rest % prime == 0 { rest /= prime }
    }
    if rest > 1 { totient = totient / rest &* (rest &- 1) }
    return UInt64(totient)
  }

  /// Modulo 2^`bitCount`, which is at most 2⁶³. The order of an odd base divides 2^(bitCount − 2), so that the last word
  /// of the exponent decides; an even one is zero from the power `bitCount` on.
  private static func wrappingPower(_ base: UInt64, _ exponent: borrowing Digits, bitCount: Int) -> UInt64 {
    if base & 1 == 0, exponent.count > 8 || exponent.word >= 64 { return 0 }
    var left = exponent.word
    var (square, result) = (base, UInt64(1))
    while left > 0 {
      if left & 1 == 1 { result = result &* square }
      square = square &* square
      left &>>= 1
    }
    return result & ((1 &<< UInt64(bitCount)) &- 1)
  }
}

/// Powers modulo an odd word greater than one, in Montgomery's way.
private struct OddWord {
  private let modulus: UInt64

  /// 1 / modulus, modulo 2⁶⁴.
  let inverse: UInt64

  init(_ modulus: UInt64) {
    self.modulus = modulus
    inverse = modulus.inverseModuloWord
  }

  /// Four bits of the exponent at a time: four squarings and one product.
  func power(_ base: UInt64, _ exponent: borrowing Digits) -> UInt64 {
    let one = modulus.dividingFullWidth((1, 0)).remainder
    let form = modulus.dividingFullWidth((base % modulus, 0)).remainder
    if exponent.count <= 2 { return product(shortPower(form, one, exponent.word), 1) }
    var powers = InlineArray<16, UInt64>(repeating: one)
    for index in 1..<16 { powers[index] = product(powers[index - 1], form) }
    var result = one
    for index in 0..<exponent.count {
      let byte = exponent[index]
      result = product(raised(result), powers[Int(byte &>> 4)])
      result = product(raised(result), powers[Int(byte & 15)])
    }
    return product(result, 1)
  }

  /// For exponents so short that a table of powers does not pay.
  private func shortPower(_ form: UInt64, _ one: UInt64, _ exponent: UInt64) -> UInt64 {
    var (left, square, result) = (exponent, form, one)
    while left > 0 {
      if left & 1 == 1 { result = product(result, square) }
      square = product(square, square)
      left &>>= 1
    }
    return result
  }

  /// To the power of sixteen.
  @inline(__always)
  private func raised(_ value: UInt64) -> UInt64 {
    let square = product(value, value)
    let fourth = product(square, square)
    let eighth = product(fourth, fourth)
    return product(eighth, eighth)
  }

  /// left · right / 2⁶⁴, reduced.
  @inline(__always)
  private func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    let taken = modulus.multipliedFullWidth(by: low &* inverse).high
    let (difference, isNegative) = high.subtractingReportingOverflow(taken)
    return isNegative ? difference &+ modulus : difference
  }
}

extension UInt64 {
  /// 1 / self, modulo 2⁶⁴, of an odd word. Newton: each round doubles the bits that are right, of which an odd number's
  /// own inverse has three.
  var inverseModuloWord: UInt64 {
    var inverse = self
    for _ in 0..<5 {
      inverse = inverse &* (2 &- self &* inverse)
    }
    return inverse
  }
}
