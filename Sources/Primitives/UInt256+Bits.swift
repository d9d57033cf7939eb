extension UInt256 {
  /// Shifts left; bits beyond the 256th are lost, and a shift of 256 or more leaves zero. Traps on a negative shift.
  @inlinable
  public static func << (value: UInt256, shift: Int) -> UInt256 {
    precondition(shift >= 0, "a shift is not negative")
    if shift == 0 { return value }
    if shift >= 128 { return UInt256(low: 0, high: value.low << (shift - 128)) }
    return UInt256(low: value.low &<< shift, high: value.high &<< shift | value.low &>> (128 - shift))
  }

  /// Shifts right, filling with zeros; a shift of 256 or more leaves zero. Traps on a negative shift.
  @inlinable
  public static func >> (value: UInt256, shift: Int) -> UInt256 {
    precondition(shift >= 0, "a shift is not negative")
    if shift == 0 { return value }
    if shift >= 128 { return UInt256(low: value.high >> (shift - 128), high: 0) }
    return UInt256(low: value.low &>> shift | value.high &<< (128 - shift), high: value.high &>> shift)
  }

  @inlinable
  public static func & (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(low: left.low & right.low, high: left.high & right.high)
  }

  @inlinable
  public static func | (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(low: left.low | right.low, high: left.high | right.high)
  }

  @inlinable
  public static func ^ (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(low: left.low ^ right.low, high: left.high ^ right.high)
  }

  @inlinable
  public static prefix func ~ (value: UInt256) -> UInt256 {
    UInt256(low: ~value.low, high: ~value.high)
  }
}
