extension UInt256 {
  /// The sum modulo 2²⁵⁶, and whether it wrapped.
  @inlinable
  public func addingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    let (lowSum, carry) = low.addingReportingOverflow(other.low)
    let (highSum, overflow) = high.addingReportingOverflow(other.high)
    let (highTotal, carryOverflow) = highSum.addingReportingOverflow(carry ? 1 : 0)
    return (UInt256(low: lowSum, high: highTotal), overflow || carryOverflow)
  }

  /// The difference modulo 2²⁵⁶, and whether it wrapped.
  @inlinable
  public func subtractingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    (self &- other, self < other)
  }

  /// The product modulo 2²⁵⁶, and whether it wrapped.
  @inlinable
  public func multipliedReportingOverflow(by other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    let (upper, lower) = multipliedFullWidth(by: other)
    return (lower, !upper.isZero)
  }

  /// The 512-bit product in two words.
  @inlinable
  public func multipliedFullWidth(by other: UInt256) -> (high: UInt256, low: UInt256) {
    let lowLow = low.multipliedFullWidth(by: other.low)
    let lowHigh = low.multipliedFullWidth(by: other.high)
    let highLow = high.multipliedFullWidth(by: other.low)
    let highHigh = high.multipliedFullWidth(by: other.high)
    let (first, carry1) = lowLow.high.addingReportingOverflow(lowHigh.low)
    let (middle, carry2) = first.addingReportingOverflow(highLow.low)
    let cross = UInt256(low: lowHigh.high, high: 0) &+ UInt256(low: highLow.high, high: 0)
    let carries = UInt256(UInt64(carry1 ? 1 : 0) &+ UInt64(carry2 ? 1 : 0))
    let upper = UInt256(low: highHigh.low, high: highHigh.high) &+ cross &+ carries
    return (upper, UInt256(low: lowLow.low, high: middle))
  }

  /// The sum modulo 2²⁵⁶.
  @inlinable
  public static func &+ (left: UInt256, right: UInt256) -> UInt256 {
    let (low, carry) = left.low.addingReportingOverflow(right.low)
    return UInt256(low: low, high: left.high &+ right.high &+ (carry ? 1 : 0))
  }

  /// The difference modulo 2²⁵⁶.
  @inlinable
  public static func &- (left: UInt256, right: UInt256) -> UInt256 {
    let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
    return UInt256(low: low, high: left.high &- right.high &- (borrow ? 1 : 0))
  }

  /// The product modulo 2²⁵⁶.
  @inlinable
  public static func &* (left: UInt256, right: UInt256) -> UInt256 {
    let (upper, lower) = left.low.multipliedFullWidth(by: right.low)
    return UInt256(low: lower, high: upper &+ left.low &* right.high &+ left.high &* right.low)
  }

  /// The sum. Traps when it does not fit: use `addingReportingOverflow` for values of the world.
  @inlinable
  public static func + (left: UInt256, right: UInt256) -> UInt256 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    precondition(!overflow, "UInt256 sum overflows")
    return sum
  }

  /// The difference. Traps when `right` is greater.
  @inlinable
  public static func - (left: UInt256, right: UInt256) -> UInt256 {
    precondition(right <= left, "UInt256 difference is negative")
    return left &- right
  }

  /// The product. Traps when it does not fit.
  @inlinable
  public static func * (left: UInt256, right: UInt256) -> UInt256 {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    precondition(!overflow, "UInt256 product overflows")
    return product
  }

  @inlinable
  public static func += (left: inout UInt256, right: UInt256) {
    left = left + right
  }

  @inlinable
  public static func -= (left: inout UInt256, right: UInt256) {
    left = left - right
  }
}
