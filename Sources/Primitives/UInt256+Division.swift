extension UInt256 {
  /// The quotient and what remains. Traps when `divisor` is zero (the EVM's own answer, 0, is the EVM's business).
  ///
  /// Schoolbook division in base 2⁶⁴ (Knuth, volume 2, 4.3.1, algorithm D), at most four steps of one hardware
  /// division each.
  @inlinable
  public func quotientAndRemainder(dividingBy divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
    precondition(!divisor.isZero, "division by zero")
    if self < divisor { return (.zero, self) }
    if high == 0 {
      let (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor.low)
      return (UInt256(low: quotient, high: 0), UInt256(low: remainder, high: 0))
    }
    if divisor.high == 0, divisor.low &>> 64 == 0 {
      let (quotient, remainder) = dividedByWord(UInt64(truncatingIfNeeded: divisor.low))
      return (quotient, UInt256(remainder))
    }
    return longDivision(by: divisor)
  }

  @inlinable
  public static func / (left: UInt256, right: UInt256) -> UInt256 {
    left.quotientAndRemainder(dividingBy: right).quotient
  }

  @inlinable
  public static func % (left: UInt256, right: UInt256) -> UInt256 {
    left.quotientAndRemainder(dividingBy: right).remainder
  }

  /// Division by one word that is not zero.
  @usableFromInline
  func dividedByWord(_ divisor: UInt64) -> (quotient: UInt256, remainder: UInt64) {
    let (word0, word1) = (UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low &>> 64))
    let (word2, word3) = (UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high &>> 64))
    let (quotient3, rest3) = (word3 / divisor, word3 % divisor)
    let (quotient2, rest2) = divisor.dividingFullWidth((rest3, word2))
    let (quotient1, rest1) = divisor.dividingFullWidth((rest2, word1))
    let (quotient0, rest0) = divisor.dividingFullWidth((rest1, word0))
    let quotient = UInt256(
      low: UInt128(quotient1) &<< 64 | UInt128(quotient0), high: UInt128(quotient3) &<< 64 | UInt128(quotient2))
    return (quotient, rest0)
  }

  /// Algorithm D for a divisor of two to four words that is at most `self`.
  @usableFromInline
  func longDivision(by divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
    let normalized = NormalizedDivisor(divisor)
    let bits = normalized.shift & 63
    let shifted = self << bits
    // What falls out at the left is the fifth word. It is less than 2⁶³, and so less than the divisor.
    let fifth = (high &>> 64) &>> UInt128(64 &- bits)
    var rest = UInt256(
      low: shifted.low &>> 64 | shifted.high &<< 64, high: shifted.high &>> 64 | fifth &<< 64)
    var quotient = UInt256(normalized.step(&rest, UInt64(truncatingIfNeeded: shifted.low)))
    for _ in 0..<normalized.shift / 64 {
      quotient = quotient << 64 | UInt256(normalized.step(&rest, 0))
    }
    return (quotient, rest >> normalized.shift)
  }
}

/// A divisor of at least two words, shifted left until its highest bit is set: what algorithm D works with.
///
/// A divisor of two or three words gets words of zero at the right, which changes no quotient as long as the dividend is
/// shifted as far; so one straight line of code serves all.
struct NormalizedDivisor {
  /// How far the divisor was shifted.
  let shift: Int

  private let word0, word1, word2, word3: UInt64

  init(_ divisor: UInt256) {
    shift = divisor.leadingZeroBitCount
    let shifted = divisor << shift
    word0 = UInt64(truncatingIfNeeded: shifted.low)
    word1 = UInt64(truncatingIfNeeded: shifted.low &>> 64)
    word2 = UInt64(truncatingIfNeeded: shifted.high)
    word3 = UInt64(truncatingIfNeeded: shifted.high &>> 64)
  }

  /// One step: appends a word to the rest, which is less than the divisor; subtracts the divisor as often as it goes and
  /// tells how often.
  @inline(__always)
  func step(_ rest: inout UInt256, _ next: UInt64) -> UInt64 {
    let rest0 = UInt64(truncatingIfNeeded: rest.low)
    let rest1 = UInt64(truncatingIfNeeded: rest.low &>> 64)
    let rest2 = UInt64(truncatingIfNeeded: rest.high)
    let rest3 = UInt64(truncatingIfNeeded: rest.high &>> 64)
    var digit = estimate(rest3, rest2, rest1)
    let product0 = UInt128(digit) &* UInt128(word0)
    let (left0, borrow0) = next.subtractingReportingOverflow(UInt64(truncatingIfNeeded: product0))
    let product1 = UInt128(digit) &* UInt128(word1) &+ product0 &>> 64 &+ (borrow0 ? 1 : 0)
    let (left1, borrow1) = rest0.subtractingReportingOverflow(UInt64(truncatingIfNeeded: product1))
    let product2 = UInt128(digit) &* UInt128(word2) &+ product1 &>> 64 &+ (borrow1 ? 1 : 0)
    let (left2, borrow2) = rest1.subtractingReportingOverflow(UInt64(truncatingIfNeeded: product2))
    let product3 = UInt128(digit) &* UInt128(word3) &+ product2 &>> 64 &+ (borrow2 ? 1 : 0)
    let (left3, borrow3) = rest2.subtractingReportingOverflow(UInt64(truncatingIfNeeded: product3))
    let taken = UInt64(truncatingIfNeeded: product3 &>> 64) &+ (borrow3 ? 1 : 0)
    rest = UInt256(low: UInt128(left1) &<< 64 | UInt128(left0), high: UInt128(left3) &<< 64 | UInt128(left2))
    if rest3 < taken {
      digit &-= 1
      rest =
        rest
        &+ UInt256(
          low: UInt128(word1) &<< 64 | UInt128(word0), high: UInt128(word3) &<< 64 | UInt128(word2))
    }
    return digit
  }

  /// The digit from the two highest words by the divisor's highest, lowered until the third word agrees: at most one
  /// too large.
  @inline(__always)
  private func estimate(_ top: UInt64, _ next: UInt64, _ third: UInt64) -> UInt64 {
    var digit = UInt64.max
    var remainder = next
    var isExact = false
    if top < word3 {
      (digit, remainder) = word3.dividingFullWidth((top, next))
    } else {
      (remainder, isExact) = next.addingReportingOverflow(word3)
    }
    while !isExact, UInt128(digit) &* UInt128(word2) > UInt128(remainder) &<< 64 | UInt128(third) {
      digit &-= 1
      (remainder, isExact) = remainder.addingReportingOverflow(word3)
    }
    return digit
  }
}
