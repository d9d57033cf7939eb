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
    let words = self.words
    var quotient: InlineArray<4, UInt64> = [0, 0, 0, 0]
    var remainder: UInt64 = 0
    for index in (0..<4).reversed() {
      (quotient[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
    }
    return (UInt256(words: quotient), remainder)
  }

  /// Algorithm D for a divisor of two to four words that is at most `self`.
  @usableFromInline
  func longDivision(by divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
    let divisorCount = (UInt256.bitWidth - divisor.leadingZeroBitCount + 63) / 64
    let shift = divisor.leadingZeroBitCount % 64
    let normalized = (divisor << shift).words
    var rest = shiftedWords(by: shift)
    var quotient: InlineArray<4, UInt64> = [0, 0, 0, 0]
    for index in (0...(4 - divisorCount)).reversed() {
      quotient[index] = UInt256.quotientDigit(of: &rest, at: index, normalized, divisorCount)
    }
    let remainder = UInt256(words: [rest[0], rest[1], rest[2], rest[3]]) >> shift
    return (UInt256(words: quotient), remainder)
  }

  /// One step of algorithm D: estimates the digit, subtracts its multiple from `rest`, corrects when too large.
  static func quotientDigit(
    of rest: inout InlineArray<5, UInt64>, at index: Int, _ divisor: InlineArray<4, UInt64>, _ divisorCount: Int
  ) -> UInt64 {
    var digit = estimate(rest, at: index, divisor, divisorCount)
    var borrow: UInt64 = 0
    for position in 0..<divisorCount {
      let (upper, lower) = digit.multipliedFullWidth(by: divisor[position])
      let (subtrahend, carry) = lower.addingReportingOverflow(borrow)
      let (difference, borrowed) = rest[index + position].subtractingReportingOverflow(subtrahend)
      rest[index + position] = difference
      borrow = upper &+ (carry ? 1 : 0) &+ (borrowed ? 1 : 0)
    }
    let (top, isTooLarge) = rest[index + divisorCount].subtractingReportingOverflow(borrow)
    rest[index + divisorCount] = top
    if isTooLarge {
      digit &-= 1
      addBack(divisor, divisorCount, to: &rest, at: index)
    }
    return digit
  }

  /// The digit from the two highest words by the divisor's highest, lowered until the third word agrees: at most one
  /// too large.
  private static func estimate(
    _ rest: InlineArray<5, UInt64>, at index: Int, _ divisor: InlineArray<4, UInt64>, _ divisorCount: Int
  ) -> UInt64 {
    let top = rest[index + divisorCount]
    let next = rest[index + divisorCount - 1]
    let divisorTop = divisor[divisorCount - 1]
    guard top < divisorTop else { return .max }
    var (digit, remainder) = divisorTop.dividingFullWidth((top, next))
    while true {
      let (upper, lower) = digit.multipliedFullWidth(by: divisor[divisorCount - 2])
      let third = rest[index + divisorCount - 2]
      guard upper > remainder || (upper == remainder && lower > third) else { return digit }
      digit &-= 1
      let (sum, overflow) = remainder.addingReportingOverflow(divisorTop)
      if overflow { return digit }
      remainder = sum
    }
  }

  private static func addBack(
    _ divisor: InlineArray<4, UInt64>, _ divisorCount: Int, to rest: inout InlineArray<5, UInt64>, at index: Int
  ) {
    var carry: UInt64 = 0
    for position in 0..<divisorCount {
      let (sum, first) = rest[index + position].addingReportingOverflow(divisor[position])
      let (total, second) = sum.addingReportingOverflow(carry)
      rest[index + position] = total
      carry = (first ? 1 : 0) &+ (second ? 1 : 0)
    }
    rest[index + divisorCount] &+= carry
  }

  /// The words of `self` shifted left by less than 64 bits, with the fifth that falls out.
  private func shiftedWords(by shift: Int) -> InlineArray<5, UInt64> {
    let shifted = (self << shift).words
    let fifth = shift == 0 ? 0 : UInt64(truncatingIfNeeded: high >> (128 - shift))
    return [shifted[0], shifted[1], shifted[2], shifted[3], fifth]
  }

  /// The four words, least significant first.
  @usableFromInline
  var words: InlineArray<4, UInt64> {
    [
      UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low &>> 64),
      UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high &>> 64),
    ]
  }

  /// The number whose words, least significant first, are these.
  @usableFromInline
  init(words: InlineArray<4, UInt64>) {
    self.init(
      low: UInt128(words[1]) &<< 64 | UInt128(words[0]), high: UInt128(words[3]) &<< 64 | UInt128(words[2]))
  }
}
