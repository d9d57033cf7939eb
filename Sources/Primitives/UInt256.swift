/// An unsigned integer of 256 bits: the word of the EVM, a balance, a difficulty.
///
/// Two halves of 128 bits; carries run through them, which compiles to plain add-with-carry chains.
@frozen
public struct UInt256: Sendable, BitwiseCopyable {
  /// Bits 0…127.
  public var low: UInt128

  /// Bits 128…255.
  public var high: UInt128

  @inlinable
  public init(low: UInt128, high: UInt128) {
    self.low = low
    self.high = high
  }

  @inlinable
  public init(_ value: UInt64) {
    self.init(low: UInt128(value), high: 0)
  }

  @inlinable public static var zero: UInt256 { UInt256(low: 0, high: 0) }

  @inlinable public static var one: UInt256 { UInt256(low: 1, high: 0) }

  /// 2²⁵⁶ − 1.
  @inlinable public static var max: UInt256 { UInt256(low: .max, high: .max) }

  /// How many bits the type has.
  @inlinable public static var bitWidth: Int { 256 }

  @inlinable public var isZero: Bool { low | high == 0 }

  /// How many bits stand above the highest one that is set; 256 for zero.
  @inlinable
  public var leadingZeroBitCount: Int {
    high == 0 ? 128 + low.leadingZeroBitCount : high.leadingZeroBitCount
  }
}

extension UInt256: Hashable {
  @inlinable
  public static func == (left: UInt256, right: UInt256) -> Bool {
    (left.low ^ right.low) | (left.high ^ right.high) == 0
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(low)
    hasher.combine(high)
  }
}

extension UInt256: Comparable {
  @inlinable
  public static func < (left: UInt256, right: UInt256) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

extension UInt256: ExpressibleByIntegerLiteral {
  @inlinable
  public init(integerLiteral value: UInt64) {
    self.init(value)
  }
}

extension UInt64 {
  /// The value, when it fits 64 bits.
  @inlinable
  public init?(exactly value: UInt256) {
    guard value.high == 0, value.low &>> 64 == 0 else { return nil }
    self = UInt64(truncatingIfNeeded: value.low)
  }
}
