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
    let normalized = NormalizedDivisor(divisor)
    // start is less than the divisor, so it stays so when shifted as far; what `low` loses at the left comes into it.
    var rest = start << normalized.shift | low >> (256 - normalized.shift)
    let shifted = low << normalized.shift
    _ = normalized.step(&rest, UInt64(truncatingIfNeeded: shifted.high &>> 64))
    _ = normalized.step(&rest, UInt64(truncatingIfNeeded: shifted.high))
    _ = normalized.step(&rest, UInt64(truncatingIfNeeded: shifted.low &>> 64))
    _ = normalized.step(&rest, UInt64(truncatingIfNeeded: shifted.low))
    return rest >> normalized.shift
  }

  /// The remainder of start · 2²⁵⁶ + low by one word; `start` is less than the divisor.
  private static func remainder(start: UInt64, _ low: UInt256, _ divisor: UInt64) -> UInt64 {
    let rest3 = divisor.dividingFullWidth((start, UInt64(truncatingIfNeeded: low.high &>> 64))).remainder
    let rest2 = divisor.dividingFullWidth((rest3, UInt64(truncatingIfNeeded: low.high))).remainder
    let rest1 = divisor.dividingFullWidth((rest2, UInt64(truncatingIfNeeded: low.low &>> 64))).remainder
    return divisor.dividingFullWidth((rest1, UInt64(truncatingIfNeeded: low.low))).remainder
  }
}
