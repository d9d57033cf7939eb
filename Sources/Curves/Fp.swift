/// An element of the prime field of a modulus, in Montgomery form and always below the modulus.
///
/// Not constant-time: branches and table look-ups depend on values. Everything that passes through is public.
struct Fp<Modulus: PrimeModulus>: Field {
  typealias Words = Modulus.Words

  /// The number times R, modulo the modulus.
  var montgomery: Words

  @inline(__always)
  init(montgomery: Words) {
    self.montgomery = montgomery
  }

  /// The element of a number below R; nil when it is not below the modulus.
  init?(_ number: Words) {
    guard number.isBelow(Modulus.modulus) else { return nil }
    self.init(reducing: number)
  }

  /// The element congruent to a number below R.
  init(reducing number: Words) {
    let wide = number.multipliedFullWidth(by: Modulus.radixSquared)
    self = WideFp(high: wide.high, low: wide.low).reduced()
  }

  /// The element of a small number.
  init(_ number: UInt64) {
    self.init(reducing: Words { $0 == 0 ? number : 0 })
  }

  /// The number from 0 up to the modulus less one.
  var number: Words {
    WideFp<Modulus>(high: .zero, low: montgomery).reduced().montgomery
  }

  @inline(__always)
  static var zero: Self { Self(montgomery: .zero) }

  @inline(__always)
  static var one: Self { Self(montgomery: Modulus.radix) }

  @inline(__always)
  var isZero: Bool { montgomery.isZero }

  @inline(__always)
  static func == (left: Self, right: Self) -> Bool { left.montgomery == right.montgomery }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    var sum = left.montgomery
    let carry = sum.add(right.montgomery)
    return Self(montgomery: reducedOnce(sum, carry: carry))
  }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    var difference = left.montgomery
    let borrow = difference.subtract(right.montgomery)
    _ = difference.add(Modulus.modulus.masked(by: 0 &- borrow))
    return Self(montgomery: difference)
  }

  @inline(__always)
  static prefix func - (value: Self) -> Self { zero - value }

  @inline(never)
  static func * (left: Self, right: Self) -> Self {
    WideFp(left, times: right).reduced()
  }

  @inline(never)
  func squared() -> Self {
    let square = montgomery.squaredFullWidth()
    return WideFp(high: square.high, low: square.low).reduced()
  }

  /// A number below twice the modulus, brought below it.
  @inline(__always)
  static func reducedOnce(_ number: Words, carry: UInt64) -> Words {
    var difference = number
    var borrow = difference.subtract(Modulus.modulus)
    if !Modulus.hasSpareBit { _ = Word.difference(carry, 0, borrow: &borrow) }
    return difference.selecting(number, by: 0 &- borrow)
  }
}
