/// BN254 (EIP-196, EIP-197; also called alt_bn128): y² = x³ + 3 over a prime of 254 bits, with
/// p = 36x⁴ + 36x³ + 24x² + 6x + 1 and r = 36x⁴ + 36x³ + 18x² + 6x + 1. ξ = 9 + u; the twist is a D-twist.
enum BN254: PairingCurve {
  typealias Modulus = BN254BaseModulus

  /// The parameter x.
  static let parameter: UInt64 = 4_965_661_367_192_848_881

  enum G1: WeierstrassCurve {
    typealias Coordinate = Fp<BN254BaseModulus>

    @inline(__always)
    static var aIsZero: Bool { true }

    static let b = Coordinate(3)
  }

  enum G2: WeierstrassCurve {
    typealias Coordinate = Fp2<BN254BaseModulus>

    @inline(__always)
    static var aIsZero: Bool { true }

    /// 3/ξ.
    static let b = BN254.timesNonresidue(.one).inverse() * Fp(3)
  }

  @inline(__always)
  static func timesNonresidue(_ value: Fp2<Modulus>) -> Fp2<Modulus> {
    let eight = value.doubled().doubled().doubled()
    return Fp2(eight.c0 + value.c0 - value.c1, eight.c1 + value.c1 + value.c0)
  }

  @inline(__always)
  static func timesNonresidue(_ value: WideFp2<Modulus>) -> WideFp2<Modulus> {
    let two = value + value
    let four = two + two
    let nine = four + four + value
    return WideFp2(nine.c0 - value.c1, nine.c1 + value.c0)
  }

  static let frobenius = {
    let powers = BN254.frobeniusPowers()
    return (powers[0], powers[1], powers[2], powers[3], powers[4])
  }()

  static let psiFactors = (frobenius.1, frobenius.2)

  @inline(__always)
  static var isMTwist: Bool { false }

  /// 6x + 2 in non-adjacent form.
  static let loopDigits: [Int8] = {
    let (high, low) = parameter.multipliedFullWidth(by: 6)
    let digits = SignedDigits(Limbs4(low + 2, high, 0, 0), width: 2).digits
    return digits.dropLast().reversed()
  }()

  /// The lines through π(Q) and −π²(Q) (Vercauteren, IEEE Trans. Inf. Theory 56, 2010).
  static func finish(_ loop: inout MillerLoop<BN254>) {
    loop.add { psi($0) }
    loop.add { -psi(psi($0)) }
  }

  /// Fuentes-Castañeda, Knapp and Rodríguez-Henríquez, SAC 2011: a power by a multiple of (p⁴ − p² + 1)/r.
  static func hardExponentiation(_ value: Fp12<BN254>) -> Fp12<BN254> {
    let fx = value.cyclotomicPower(parameter).conjugate
    let f2x = fx.cyclotomicSquared()
    let f6x = f2x.cyclotomicSquared() * f2x
    let f6xx = f6x.cyclotomicPower(parameter).conjugate
    let f12xxx = f6xx.cyclotomicSquared().cyclotomicPower(parameter).conjugate
    let a = f12xxx.conjugate * f6xx * f6x.conjugate
    let b = a * f2x
    let first = a * f6xx * value * b.frobenius()
    return first * a.frobeniusSquared() * (value.conjugate * b).frobeniusSquared().frobenius()
  }

  /// Whether a point of the twist has order r: [x + 1]P + ψ([x]P) + ψ²([x]P) = ψ³([2x]P).
  ///
  /// (Dai, Lin, Zhao, Zhou, ePrint 2022/348.) The polynomial 2xψ³ − xψ² − xψ − (x + 1) and the characteristic
  /// polynomial of ψ have a resultant that shares with the order of the twist the factor r and no other.
  static func isInSubgroup(_ point: AffinePoint<G2>) -> Bool {
    guard !point.isInfinity else { return true }
    let xP = JacobianPoint.product(point, sparse: parameter)
    let psi1 = psi(xP)
    let psi2 = psi(psi1)
    return (xP + point + psi1 + psi2).isSame(as: psi(psi2).doubled())
  }
}
