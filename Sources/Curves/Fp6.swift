/// An element c0 + c1·v + c2·v² of the cubic extension of Fp2 with v³ = ξ.
struct Fp6<Tower: PairingTower>: Equatable, BitwiseCopyable, Sendable {
  typealias Coefficient = Fp2<Tower.Modulus>
  typealias Wide = WideFp2<Tower.Modulus>

  var c0: Coefficient
  var c1: Coefficient
  var c2: Coefficient

  @inline(__always)
  init(_ c0: Coefficient, _ c1: Coefficient, _ c2: Coefficient) {
    self.c0 = c0
    self.c1 = c1
    self.c2 = c2
  }

  @inline(__always)
  static var zero: Self { Self(.zero, .zero, .zero) }

  @inline(__always)
  static var one: Self { Self(.one, .zero, .zero) }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    Self(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
  }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    Self(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
  }

  @inline(__always)
  static prefix func - (value: Self) -> Self { Self(-value.c0, -value.c1, -value.c2) }

  /// Karatsuba over three coefficients: six products of Fp2, each coefficient of the result reduced once.
  @inline(never)
  static func * (left: Self, right: Self) -> Self {
    let product0 = Wide(left.c0, times: right.c0)
    let product1 = Wide(left.c1, times: right.c1)
    let product2 = Wide(left.c2, times: right.c2)
    let mixed12 = Wide(left.c1 + left.c2, times: right.c1 + right.c2) - product1 - product2
    let mixed01 = Wide(left.c0 + left.c1, times: right.c0 + right.c1) - product0 - product1
    let mixed02 = Wide(left.c0 + left.c2, times: right.c0 + right.c2) - product0 - product2
    return Self(
      (product0 + Tower.timesNonresidue(mixed12)).reduced(),
      (mixed01 + Tower.timesNonresidue(product2)).reduced(),
      (mixed02 + product1).reduced())
  }

  /// Times an element of Fp2.
  @inline(__always)
  static func * (left: Self, right: Coefficient) -> Self {
    Self(left.c0 * right, left.c1 * right, left.c2 * right)
  }

  /// Times b0 + b1·v: five products of Fp2.
  @inline(never)
  func timesSparse(_ b0: Coefficient, _ b1: Coefficient) -> Self {
    let product0 = Wide(c0, times: b0)
    let product1 = Wide(c1, times: b1)
    let mixed01 = Wide(c0 + c1, times: b0 + b1) - product0 - product1
    return Self(
      (product0 + Tower.timesNonresidue(Wide(c2, times: b1))).reduced(), mixed01.reduced(),
      (product1 + Wide(c2, times: b0)).reduced())
  }

  /// Times b1·v.
  @inline(__always)
  func timesSparse(v b1: Coefficient) -> Self {
    Self(Tower.timesNonresidue(c2 * b1), c0 * b1, c1 * b1)
  }

  /// Times v.
  @inline(__always)
  func timesV() -> Self { Self(Tower.timesNonresidue(c2), c0, c1) }

  /// The inverse by the norm to Fp2; zero for zero.
  func inverse() -> Self {
    let t0 = c0.squared() - Tower.timesNonresidue(c1 * c2)
    let t1 = Tower.timesNonresidue(c2.squared()) - c0 * c1
    let t2 = c1.squared() - c0 * c2
    let norm = c0 * t0 + Tower.timesNonresidue(c2 * t1 + c1 * t2)
    return Self(t0, t1, t2) * norm.inverse()
  }
}
