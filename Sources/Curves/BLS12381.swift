/// BLS12-381 (EIP-2537): y² = x³ + 4 over a prime of 381 bits, with r = z⁴ − z² + 1 and p = (z − 1)²·r/3 + z for a
/// negative z. ξ = 1 + u; the twist is an M-twist.
enum BLS12381: PairingCurve {
  typealias Modulus = BLS12381BaseModulus
  typealias Scalar = Fp<BLS12381ScalarModulus>

  /// −z.
  @inline(__always)
  static var negatedParameter: UInt64 { 0xd201_0000_0001_0000 }

  enum G1: WeierstrassCurve {
    typealias Coordinate = Fp<BLS12381BaseModulus>

    @inline(__always)
    static var aIsZero: Bool { true }

    static let b = Coordinate(4)
  }

  enum G2: WeierstrassCurve {
    typealias Coordinate = Fp2<BLS12381BaseModulus>

    @inline(__always)
    static var aIsZero: Bool { true }

    /// 4·ξ.
    static let b = Coordinate(Fp(4), Fp(4))
  }

  @inline(__always)
  static func timesNonresidue(_ value: Fp2<Modulus>) -> Fp2<Modulus> {
    Fp2(value.c0 - value.c1, value.c0 + value.c1)
  }

  @inline(__always)
  static func timesNonresidue(_ value: WideFp2<Modulus>) -> WideFp2<Modulus> {
    WideFp2(value.c0 - value.c1, value.c0 + value.c1)
  }

  static let frobenius = {
    let powers = BLS12381.frobeniusPowers()
    return (powers[0], powers[1], powers[2], powers[3], powers[4])
  }()

  static let psiFactors = (frobenius.1.inverse(), frobenius.2.inverse())

  @inline(__always)
  static var isMTwist: Bool { true }

  /// −z in binary.
  static let loopDigits: [Int8] = (0..<63).reversed().map { negatedParameter >> UInt64($0) & 1 == 0 ? 0 : 1 }

  static func finish(_ loop: inout MillerLoop<BLS12381>) { loop.conjugate() }

  /// Hayashida, Hayasaka and Teruya, ePrint 2020/875: (z − 1)²(z + p)(z² + p² − 1) + 3, which is three times
  /// (p⁴ − p² + 1)/r.
  static func hardExponentiation(_ value: Fp12<BLS12381>) -> Fp12<BLS12381> {
    let a = powerOfParameterLessOne(powerOfParameterLessOne(value))
    let b = powerOfParameter(a) * a.frobenius()
    let c = powerOfParameter(powerOfParameter(b)) * b.frobeniusSquared() * b.conjugate
    return c * value.cyclotomicSquared() * value
  }

  /// The z-th power in the cyclotomic subgroup.
  private static func powerOfParameter(_ value: Fp12<BLS12381>) -> Fp12<BLS12381> {
    value.cyclotomicPower(negatedParameter).conjugate
  }

  private static func powerOfParameterLessOne(_ value: Fp12<BLS12381>) -> Fp12<BLS12381> {
    (value.cyclotomicPower(negatedParameter) * value).conjugate
  }
}

// MARK: - Subgroups

extension BLS12381 {
  /// A cube root of one in the base field: (x, y) ↦ (β·x, y) multiplies the points of order r by −z².
  static let beta = frobenius.1.norm

  /// Whether a point of the first curve has order r: (β·x, y) = −[z²]P.
  ///
  /// (Scott, ePrint 2021/1130, section 6.) The resultant of φ + z² and φ² + φ + 1 is r, and r² does not divide the
  /// order of the curve.
  static func isInSubgroup(_ point: AffinePoint<G1>) -> Bool {
    guard !point.isInfinity else { return true }
    let once = JacobianPoint.product(point, sparse: negatedParameter)
    let image = AffinePoint<G1>(x: point.x * beta, y: -point.y)
    return once.multiplied(sparse: negatedParameter).isSame(as: JacobianPoint(image))
  }

  /// Whether a point of the twist has order r: ψ(P) = [z]P (Scott, ePrint 2021/1130, section 4).
  static func isInSubgroup(_ point: AffinePoint<G2>) -> Bool {
    guard !point.isInfinity else { return true }
    let product = JacobianPoint.product(point, sparse: negatedParameter)
    return product.isSame(as: JacobianPoint(-psi(point)))
  }

  /// Takes a point of the first curve into the group of order r by the factor 1 − z (RFC 9380, section 8.8.1).
  static func clearingCofactor(_ point: JacobianPoint<G1>) -> JacobianPoint<G1> {
    point.multiplied(sparse: negatedParameter) + point
  }

  /// Takes a point of the twist into the group of order r: [z² − z − 1]P + [z − 1]ψ(P) + ψ²([2]P)
  /// (Budroni and Pintore; RFC 9380, appendix G.3).
  static func clearingCofactor(_ point: JacobianPoint<G2>) -> JacobianPoint<G2> {
    let negatedProduct = point.multiplied(sparse: negatedParameter)
    let image = psi(point)
    // [z]([z]P + ψ(P)) for a negative z.
    let first = -(image + -negatedProduct).multiplied(sparse: negatedParameter)
    return first + negatedProduct + -point + -image + psi(psi(point.doubled()))
  }
}
