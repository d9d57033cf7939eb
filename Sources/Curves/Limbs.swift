/// A number of a fixed count of 64-bit words, least significant first: what the Montgomery core computes on.
protocol Limbs: BitwiseCopyable, Equatable, Sendable {
  /// How many words there are.
  static var count: Int { get }

  static var zero: Self { get }

  /// The number whose word at each index is what `word` returns.
  init(word: (Int) -> UInt64)

  /// The word at `index`, 0 being the least significant. Traps outside `0..<count`.
  func word(at index: Int) -> UInt64

  /// The least significant word.
  var lowest: UInt64 { get }

  /// Adds `other` and a carry of 0 or 1, and returns the carry out.
  mutating func add(_ other: Self, carry: UInt64) -> UInt64

  /// Subtracts `other` and a borrow of 0 or 1, and returns the borrow out.
  mutating func subtract(_ other: Self, borrow: UInt64) -> UInt64

  /// All bits where `mask` is all ones, none where it is zero.
  func masked(by mask: UInt64) -> Self

  /// `self` where `mask` is zero, `other` where it is all ones.
  func selecting(_ other: Self, by mask: UInt64) -> Self

  /// Adds `other` times `word`, and returns the word of carry.
  mutating func add(_ other: Self, times word: UInt64) -> UInt64

  /// Shifts right by `count` bits, 1 to 63; those of `incoming` come in at the top.
  mutating func shiftRight(by count: UInt64, bringingIn incoming: UInt64)

  /// Adds `other` times `word`, shifts right by one word, and returns the word that fell out.
  mutating func accumulate(_ other: Self, times word: UInt64) -> UInt64

  /// The product in two halves.
  func multipliedFullWidth(by other: Self) -> (high: Self, low: Self)

  /// The square in two halves: `multipliedFullWidth(by: self)` with each mixed product computed once.
  func squaredFullWidth() -> (high: Self, low: Self)

  /// `high`·2^(64·count) + `self`, divided by 2^(64·count) modulo `modulus`; not yet below the modulus, with the carry
  /// beyond the highest word. `negatedInverse` is −modulus⁻¹ mod 2⁶⁴.
  func montgomeryQuotient(high: Self, modulus: Self, negatedInverse: UInt64) -> (quotient: Self, carry: UInt64)
}

extension Limbs {
  @inline(__always)
  mutating func add(_ other: Self) -> UInt64 { add(other, carry: 0) }

  @inline(__always)
  mutating func subtract(_ other: Self) -> UInt64 { subtract(other, borrow: 0) }

  /// Whether all words are zero.
  @inline(__always)
  var isZero: Bool { self == Self.zero }

  /// The bit at `index`, 0 being the least significant. Traps outside `0..<64 * count`.
  func bit(at index: Int) -> Bool {
    word(at: index / 64) >> UInt64(index % 64) & 1 != 0
  }

  /// How many bits the number has without leading zeros; 0 for zero.
  var significantBitCount: Int {
    for index in (0..<Self.count).reversed() where word(at: index) != 0 {
      return 64 * index + 64 - word(at: index).leadingZeroBitCount
    }
    return 0
  }

  /// Whether `self` is the smaller number.
  @inline(__always)
  func isBelow(_ other: Self) -> Bool {
    var difference = self
    return difference.subtract(other) != 0
  }
}

/// Arithmetic on single words with the carries made explicit.
enum Word {
  /// The lower word of `addend + left * right + carry`; the upper one becomes the carry. Never overflows.
  @inline(__always)
  static func multiplyAdd(_ addend: UInt64, _ left: UInt64, _ right: UInt64, carry: inout UInt64) -> UInt64 {
    let sum = UInt128(left) &* UInt128(right) &+ UInt128(addend) &+ UInt128(carry)
    carry = UInt64(truncatingIfNeeded: sum &>> 64)
    return UInt64(truncatingIfNeeded: sum)
  }

  /// `left + right + carry`; the carry, 0 or 1 before, is 0 or 1 after.
  @inline(__always)
  static func sum(_ left: UInt64, _ right: UInt64, carry: inout UInt64) -> UInt64 {
    let (partial, first) = left.addingReportingOverflow(right)
    let (total, second) = partial.addingReportingOverflow(carry)
    carry = (first ? 1 : 0) | (second ? 1 : 0)
    return total
  }

  /// `left - right - borrow`; the borrow, 0 or 1 before, is 0 or 1 after.
  @inline(__always)
  static func difference(_ left: UInt64, _ right: UInt64, borrow: inout UInt64) -> UInt64 {
    let (partial, first) = left.subtractingReportingOverflow(right)
    let (total, second) = partial.subtractingReportingOverflow(borrow)
    borrow = (first ? 1 : 0) | (second ? 1 : 0)
    return total
  }
}
