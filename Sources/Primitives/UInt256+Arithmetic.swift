extension UInt256 {
  /// The sum modulo 2²⁵⁶, and whether it wrapped.
  @inlinable
  public func addingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    let (lowSum, carry) = low.addingReportingOverflow(other.low)
    let (highSum, overflow) = high.addingReportingOverflow(other.high)
    let (highTotal, carryOverflow) = highSum.addingReportingOverflow(carry ? 1 : 0)
    return (UInt256(low: lowSum, high: highTotal), overflow || carryOverflow)
  }

  /// The sum, or the greatest number there is.
  package func saturatingSum(_ other: UInt256) -> UInt256 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
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
    let (first, second) = (Halves(low), Halves(other.low))
    let (third, fourth) = (Halves(high), Halves(other.high))
    let lowLow = Halves.product(first, second)
    let lowHigh = Halves.product(first, fourth)
    let highLow = Halves.product(third, second)
    let highHigh = Halves.product(third, fourth)
    let (sum, carry1) = lowLow.high.addingReportingOverflow(lowHigh.low)
    let (middle, carry2) = sum.addingReportingOverflow(highLow.low)
    let (cross, carry3) = lowHigh.high.addingReportingOverflow(highLow.high)
    let (cross2, carry4) = cross.addingReportingOverflow(highHigh.low)
    let (cross3, carry5) = cross2.addingReportingOverflow((carry1 ? 1 : 0) &+ (carry2 ? 1 : 0))
    let top = highHigh.high &+ (carry3 ? 1 : 0) &+ (carry4 ? 1 : 0) &+ (carry5 ? 1 : 0)
    return (UInt256(low: cross3, high: top), UInt256(low: lowLow.low, high: middle))
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
    let product = Halves.product(Halves(left.low), Halves(right.low))
    return UInt256(low: product.low, high: product.high &+ left.low &* right.high &+ left.high &* right.low)
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

/// A number of 128 bits in two words, for multiplying: the products of words are exact, and their sums never overflow.
@frozen
@usableFromInline
struct Halves {
  @usableFromInline let low, high: UInt128

  @inlinable
  @inline(__always)
  init(_ value: UInt128) {
    low = UInt128(UInt64(truncatingIfNeeded: value))
    high = UInt128(UInt64(truncatingIfNeeded: value &>> 64))
  }

  /// The 256-bit product: each sum is at most (2⁶⁴ − 1)² + 2 · (2⁶⁴ − 1) = 2¹²⁸ − 1.
  @inlinable
  @inline(__always)
  static func product(_ left: Halves, _ right: Halves) -> (high: UInt128, low: UInt128) {
    let lowLow = left.low &* right.low
    let first = left.low &* right.high &+ lowLow &>> 64
    let second = left.high &* right.low &+ UInt128(UInt64(truncatingIfNeeded: first))
    let high = left.high &* right.high &+ first &>> 64 &+ second &>> 64
    return (high, second &<< 64 | UInt128(UInt64(truncatingIfNeeded: lowLow)))
  }
}
