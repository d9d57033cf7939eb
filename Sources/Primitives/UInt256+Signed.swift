// The number read as a signed one in two's complement, as some instructions of the EVM do (yellow paper, appendix H).

extension UInt256 {
  /// Bit 255.
  @inlinable public var isNegative: Bool { Int128(truncatingIfNeeded: high) < 0 }

  /// 0 − self, modulo 2²⁵⁶.
  @inlinable public var negated: UInt256 { .zero &- self }

  /// Whether self, signed, is less than `other`, signed.
  @inlinable
  public func isLessSigned(than other: UInt256) -> Bool {
    let left = Int128(truncatingIfNeeded: high)
    let right = Int128(truncatingIfNeeded: other.high)
    return left == right ? low < other.low : left < right
  }

  /// The signed quotient, rounded towards zero; zero for a divisor of zero. −2²⁵⁵ / −1 wraps to −2²⁵⁵.
  @inlinable
  public func dividedSigned(by divisor: UInt256) -> UInt256 {
    if divisor.isZero { return .zero }
    let quotient = (isNegative ? negated : self) / (divisor.isNegative ? divisor.negated : divisor)
    return isNegative == divisor.isNegative ? quotient : quotient.negated
  }

  /// What remains of signed division: it has the sign of self; zero for a divisor of zero.
  @inlinable
  public func remainderSigned(dividingBy divisor: UInt256) -> UInt256 {
    if divisor.isZero { return .zero }
    let remainder = (isNegative ? negated : self) % (divisor.isNegative ? divisor.negated : divisor)
    return isNegative ? remainder.negated : remainder
  }

  /// Extends the sign of the number in the lowest `byteIndex` + 1 bytes over the rest; unchanged from 31 on.
  @inlinable
  public func signExtended(fromByte byteIndex: UInt256) -> UInt256 {
    guard byteIndex.high == 0, byteIndex.low < 31 else { return self }
    let unused = 248 &- 8 &* Int(truncatingIfNeeded: byteIndex.low)
    return (self << unused).shiftedRightSigned(by: UInt256(UInt64(truncatingIfNeeded: unused)))
  }

  /// The byte at `index` from the left; zero beyond the 32nd.
  @inlinable
  public func byte(at index: UInt256) -> UInt256 {
    guard index.high == 0, index.low < 32 else { return .zero }
    let shift = 248 &- 8 &* Int(truncatingIfNeeded: index.low)
    let part = shift >= 128 ? high &>> UInt128(shift &- 128) : low &>> UInt128(shift)
    return UInt256(UInt64(truncatingIfNeeded: part) & 0xff)
  }

  /// Shifts left by any count; zero from 256 on.
  @inlinable
  public func shiftedLeft(by count: UInt256) -> UInt256 {
    guard count.high == 0, count.low < 256 else { return .zero }
    return self << Int(truncatingIfNeeded: count.low)
  }

  /// Shifts right by any count, filling with zeros; zero from 256 on.
  @inlinable
  public func shiftedRight(by count: UInt256) -> UInt256 {
    guard count.high == 0, count.low < 256 else { return .zero }
    return self >> Int(truncatingIfNeeded: count.low)
  }

  /// Shifts right by any count, filling with copies of bit 255.
  @inlinable
  public func shiftedRightSigned(by count: UInt256) -> UInt256 {
    let sign = UInt128(truncatingIfNeeded: Int128(truncatingIfNeeded: high) &>> 127)
    guard count.high == 0, count.low < 256 else { return UInt256(low: sign, high: sign) }
    let shift = Int(truncatingIfNeeded: count.low)
    if shift == 0 { return self }
    let upper = UInt128(
      truncatingIfNeeded: Int128(truncatingIfNeeded: high) &>> Int128(truncatingIfNeeded: shift & 127))
    if shift >= 128 { return UInt256(low: upper, high: sign) }
    return UInt256(low: low &>> UInt128(shift) | high &<< UInt128(128 &- shift), high: upper)
  }
}
