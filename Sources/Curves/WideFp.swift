/// A product not yet reduced: a number of twice the width, always below modulus·R.
///
/// Towers of fields add and subtract such products and reduce once for each coefficient of the result ("lazy
/// reduction": Aranha, Karabina, Longa, Gebotys, López, EUROCRYPT 2011, section 3). Additions here need two spare bits
/// in the highest word of the modulus: the pairing curves' fields have them.
struct WideFp<Modulus: PrimeModulus> {
  typealias Words = Modulus.Words

  var high: Words
  var low: Words

  @inline(__always)
  init(high: Words, low: Words) {
    self.high = high
    self.low = low
  }

  /// The product of two elements.
  @inline(__always)
  init(_ left: Fp<Modulus>, times right: Fp<Modulus>) {
    (high, low) = left.montgomery.multipliedFullWidth(by: right.montgomery)
  }

  /// The product of two sums of elements, each sum taken without reduction: below four times modulus².
  @inline(__always)
  init(
    sum left: (Fp<Modulus>, Fp<Modulus>), timesSum right: (Fp<Modulus>, Fp<Modulus>)
  ) {
    var leftSum = left.0.montgomery
    _ = leftSum.add(left.1.montgomery)
    var rightSum = right.0.montgomery
    _ = rightSum.add(right.1.montgomery)
    (high, low) = leftSum.multipliedFullWidth(by: rightSum)
  }

  /// The element whose Montgomery form is this number divided by R.
  @inline(__always)
  func reduced() -> Fp<Modulus> {
    let (quotient, carry) = low.montgomeryQuotient(
      high: high, modulus: Modulus.modulus, negatedInverse: Modulus.negatedInverse)
    return Fp(montgomery: Fp<Modulus>.reducedOnce(quotient, carry: carry))
  }

  /// The sum modulo modulus·R.
  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    var low = left.low
    var high = left.high
    let carry = low.add(right.low)
    // Both upper halves are below a modulus with spare bits, so there is room for the carry.
    _ = high.add(right.high, carry: carry)
    return Self(high: Fp<Modulus>.reducedOnce(high, carry: 0), low: low)
  }

  /// The difference modulo modulus·R.
  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    var low = left.low
    var high = left.high
    let lowBorrow = low.subtract(right.low)
    let borrow = high.subtract(right.high, borrow: lowBorrow)
    _ = high.add(Modulus.modulus.masked(by: 0 &- borrow))
    return Self(high: high, low: low)
  }

  /// The difference of numbers of which the right one is not greater.
  @inline(__always)
  func subtracting(notGreater right: Self) -> Self {
    var low = self.low
    var high = self.high
    let borrow = low.subtract(right.low)
    _ = high.subtract(right.high, borrow: borrow)
    return Self(high: high, low: low)
  }
}
