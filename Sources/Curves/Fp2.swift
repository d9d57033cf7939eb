/// An element c0 + c1·u of the quadratic extension with u² = −1, which is a field for a modulus that is 3 modulo 4.
struct Fp2<Modulus: PrimeModulus>: Field {
  typealias Base = Fp<Modulus>

  var c0: Base
  var c1: Base

  @inline(__always)
  init(_ c0: Base, _ c1: Base) {
    self.c0 = c0
    self.c1 = c1
  }

  @inline(__always)
  static var zero: Self { Self(.zero, .zero) }

  @inline(__always)
  static var one: Self { Self(.one, .zero) }

  @inline(__always)
  var isZero: Bool { c0.isZero && c1.isZero }

  @inline(never)
  static func + (left: Self, right: Self) -> Self { Self(left.c0 + right.c0, left.c1 + right.c1) }

  @inline(never)
  static func - (left: Self, right: Self) -> Self { Self(left.c0 - right.c0, left.c1 - right.c1) }

  @inline(__always)
  static prefix func - (value: Self) -> Self { Self(-value.c0, -value.c1) }

  @inline(never)
  static func * (left: Self, right: Self) -> Self {
    WideFp2(left, times: right).reduced()
  }

  /// Each coefficient times an element of the base field.
  @inline(__always)
  static func * (left: Self, right: Base) -> Self { Self(left.c0 * right, left.c1 * right) }

  /// (c0 + c1)(c0 − c1) + 2·c0·c1·u: two products.
  @inline(never)
  func squared() -> Self {
    let mixed = c0 * c1
    return Self((c0 + c1) * (c0 - c1), mixed + mixed)
  }

  /// c0 − c1·u: the conjugate, which is also the p-th power.
  @inline(__always)
  var conjugate: Self { Self(c0, -c1) }

  /// c0² + c1²: the product with the conjugate.
  var norm: Base { c0.squared() + c1.squared() }

  func inverse() -> Self { conjugate * norm.inverse() }
}

/// A product in the quadratic extension, each coefficient not yet reduced.
struct WideFp2<Modulus: PrimeModulus> {
  var c0: WideFp<Modulus>
  var c1: WideFp<Modulus>

  @inline(__always)
  init(_ c0: WideFp<Modulus>, _ c1: WideFp<Modulus>) {
    self.c0 = c0
    self.c1 = c1
  }

  /// Karatsuba: three products of the base field.
  @inline(never)
  init(_ left: Fp2<Modulus>, times right: Fp2<Modulus>) {
    let first = WideFp(left.c0, times: right.c0)
    let second = WideFp(left.c1, times: right.c1)
    let both = WideFp(sum: (left.c0, left.c1), timesSum: (right.c0, right.c1))
    c0 = first - second
    c1 = both.subtracting(notGreater: first).subtracting(notGreater: second)
  }

  @inline(never)
  func reduced() -> Fp2<Modulus> { Fp2(c0.reduced(), c1.reduced()) }

  @inline(never)
  static func + (left: Self, right: Self) -> Self { Self(left.c0 + right.c0, left.c1 + right.c1) }

  @inline(never)
  static func - (left: Self, right: Self) -> Self { Self(left.c0 - right.c0, left.c1 - right.c1) }
}
