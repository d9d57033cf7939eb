/// An element c0 + c1·w of the quadratic extension of Fp6 with w² = v: where pairings take their values.
struct Fp12<Tower: PairingTower>: Equatable, BitwiseCopyable, Sendable {
  typealias Coefficient = Fp2<Tower.Modulus>

  var c0: Fp6<Tower>
  var c1: Fp6<Tower>

  @inline(__always)
  init(_ c0: Fp6<Tower>, _ c1: Fp6<Tower>) {
    self.c0 = c0
    self.c1 = c1
  }

  static var one: Self { Self(.one, .zero) }

  /// Karatsuba: three products of Fp6.
  @inline(never)
  static func * (left: Self, right: Self) -> Self {
    let product0 = left.c0 * right.c0
    let product1 = left.c1 * right.c1
    let both = (left.c0 + left.c1) * (right.c0 + right.c1)
    return Self(product0 + product1.timesV(), both - product0 - product1)
  }

  /// The square: two products of Fp6.
  @inline(never)
  func squared() -> Self {
    let mixed = c0 * c1
    let both = (c0 + c1) * (c0 + c1.timesV())
    return Self(both - mixed - mixed.timesV(), mixed + mixed)
  }

  /// c0 − c1·w: the p⁶-th power, and in the cyclotomic subgroup the inverse.
  @inline(__always)
  var conjugate: Self { Self(c0, -c1) }

  /// The inverse; zero for zero.
  func inverse() -> Self {
    let norm = c0 * c0 - (c1 * c1).timesV()
    let inverse = norm.inverse()
    return Self(c0 * inverse, -(c1 * inverse))
  }

  /// The p-th power.
  func frobenius() -> Self {
    let (k1, k2, k3, k4, k5) = Tower.frobenius
    return Self(
      Fp6(c0.c0.conjugate, c0.c1.conjugate * k2, c0.c2.conjugate * k4),
      Fp6(c1.c0.conjugate * k1, c1.c1.conjugate * k3, c1.c2.conjugate * k5))
  }

  /// The p²-th power.
  func frobeniusSquared() -> Self { frobenius().frobenius() }
}

// MARK: - Lines of the Miller loop

extension Fp12 {
  /// Times a0 + a1·v + b1·v·w, the form of a line on an M-twist.
  @inline(never)
  mutating func multiplyByLine(_ a0: Coefficient, _ a1: Coefficient, vw b1: Coefficient) {
    let product0 = c0.timesSparse(a0, a1)
    let product1 = c1.timesSparse(v: b1)
    let both = (c0 + c1).timesSparse(a0, a1 + b1)
    c0 = product0 + product1.timesV()
    c1 = both - product0 - product1
  }

  /// Times a0 + b0·w + b1·v·w, the form of a line on a D-twist.
  @inline(never)
  mutating func multiplyByLine(_ a0: Coefficient, w b0: Coefficient, vw b1: Coefficient) {
    let product0 = c0 * a0
    let product1 = c1.timesSparse(b0, b1)
    let both = (c0 + c1).timesSparse(a0 + b0, b1)
    c0 = product0 + product1.timesV()
    c1 = both - product0 - product1
  }
}

// MARK: - The cyclotomic subgroup

extension Fp12 {
  /// The square of an element of the cyclotomic subgroup, that is, of order dividing p⁴ − p² + 1: nine squarings in
  /// Fp2 (Granger and Scott, PKC 2010, section 3.2).
  @inline(never)
  func cyclotomicSquared() -> Self {
    let (a0, a1) = Self.squareInFp4(c0.c0, c1.c1)
    let (b0, b1) = Self.squareInFp4(c1.c0, c0.c2)
    let (d0, d1) = Self.squareInFp4(c0.c1, c1.c2)
    let turned = Tower.timesNonresidue(d1)
    return Self(
      Fp6(a0.tripled() - c0.c0.doubled(), b0.tripled() - c0.c1.doubled(), d0.tripled() - c0.c2.doubled()),
      Fp6(
        turned.tripled() + c1.c0.doubled(), a1.tripled() + c1.c1.doubled(), b1.tripled() + c1.c2.doubled()))
  }

  /// (a + b·s)² for s² = ξ.
  @inline(__always)
  private static func squareInFp4(_ a: Coefficient, _ b: Coefficient) -> (Coefficient, Coefficient) {
    let first = a.squared()
    let second = b.squared()
    return (first + Tower.timesNonresidue(second), (a + b).squared() - first - second)
  }

  /// The power of an element of the cyclotomic subgroup.
  func cyclotomicPower(_ exponent: UInt64) -> Self {
    guard exponent != 0 else { return .one }
    var result = self
    for bit in (0..<(63 - exponent.leadingZeroBitCount)).reversed() {
      result = result.cyclotomicSquared()
      if exponent >> UInt64(bit) & 1 != 0 { result = result * self }
    }
    return result
  }
}
