extension UInt256 {
  /// (left + right) mod `modulus`, the sum not reduced before; zero for a modulus of zero.
  public static func addingModulo(_ left: UInt256, _ right: UInt256, _ modulus: UInt256) -> UInt256 {
    if modulus.isZero { return .zero }
    let (sum, overflow) = left.addingReportingOverflow(right)
    if !overflow { return sum < modulus ? sum : sum % modulus }
    return remainder(high: .one, low: sum, modulus)
  }

  /// (left × right) mod `modulus`, the product not reduced before; zero for a modulus of zero.
  public static func multiplyingModulo(_ left: UInt256, _ right: UInt256, _ modulus: UInt256) -> UInt256 {
    if modulus.isZero { return .zero }
    let (high, low) = left.multipliedFullWidth(by: right)
    if high.isZero { return low < modulus ? low : low % modulus }
    return remainder(high: high, low: low, modulus)
  }

  /// self to the power of `exponent`, modulo 2²⁵⁶; anything to the power of zero is one.
  public func power(_ exponent: UInt256) -> UInt256 {
    if self == UInt256(2) { return exponent < UInt256(256) ? .one << Int(exponent.low) : .zero }
    var result = UInt256.one
    var bit = 256 - exponent.leadingZeroBitCount
    while bit > 0 {
      bit -= 1
      result = result &* result
      if (bit < 128 ? exponent.low &>> bit : exponent.high &>> (bit - 128)) & 1 == 1 { result = result &* self }
    }
    return result
  }

  /// The 512-bit number's remainder by a divisor that is not zero.
  ///
  /// Long division from the left, one word at a time: the remainder so far, with the next word appended, is one step of
  /// algorithm D.
  private static func remainder(high: UInt256, low: UInt256, _ divisor: UInt256) -> UInt256 {
    let start = high < divisor ? high : high % divisor
    if divisor.high == 0, divisor.low &>> 64 == 0 {
      return UInt256(
        remainder(start: UInt64(truncatingIfNeeded: start.low), low, UInt64(truncatingIfNeeded: divisor.low)))
    }
    let shift = divisor.leadingZeroBitCount % 64
    let count = (bitWidth - divisor.leadingZeroBitCount + 63) / 64
    let normalized = (divisor << shift).words
    // start is less than the divisor, so it fits the divisor's words when shifted as the divisor is; what the words of
    // `low` lose at the left goes into the next one.
    let shiftedStart = start << shift | low >> (256 - shift)
    let words = (low << shift).words
    var rest = shiftedStart.words
    for index in (0..<4).reversed() {
      var window: InlineArray<5, UInt64> = [words[index], rest[0], rest[1], rest[2], rest[3]]
      _ = quotientDigit(of: &window, at: 0, normalized, count)
      rest = [window[0], window[1], window[2], window[3]]
    }
    return UInt256(words: rest) >> shift
  }

  /// The remainder of start · 2²⁵⁶ + low by one word; `start` is less than the divisor.
  private static func remainder(start: UInt64, _ low: UInt256, _ divisor: UInt64) -> UInt64 {
    let words = low.words
    var rest = start
    for index in (0..<4).reversed() {
      rest = divisor.dividingFullWidth((rest, words[index])).remainder
    }
    return rest
  }
}
