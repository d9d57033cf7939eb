/// A curve with a pairing: its two groups of order r, its tower of fields, and what the optimal ate pairing needs.
///
/// The second group lies on a twist over Fp2. ψ, an endomorphism of the twist, is the Frobenius map seen through it.
protocol PairingCurve: PairingTower {
  associatedtype G1: WeierstrassCurve where G1.Coordinate == Fp<Modulus>
  associatedtype G2: WeierstrassCurve where G2.Coordinate == Fp2<Modulus>

  /// Whether the twist is an M-twist, y² = x³ + b·ξ; otherwise it is a D-twist, y² = x³ + b/ξ.
  static var isMTwist: Bool { get }

  /// ψ(x, y) = (x̄·first, ȳ·second).
  static var psiFactors: (Fp2<Modulus>, Fp2<Modulus>) { get }

  /// The digits of the Miller loop's count, most significant first, without the leading one: each 0, 1 or −1.
  static var loopDigits: [Int8] { get }

  /// What the Miller loop does after its count.
  static func finish(_ loop: inout MillerLoop<Self>)

  /// A power of an element of the cyclotomic subgroup by (p⁴ − p² + 1)/r, or by a multiple of it that is coprime to r.
  static func hardExponentiation(_ value: Fp12<Self>) -> Fp12<Self>
}

extension PairingCurve {
  @inline(__always)
  static func psi(_ point: JacobianPoint<G2>) -> JacobianPoint<G2> {
    let (kx, ky) = psiFactors
    return JacobianPoint(x: point.x.conjugate * kx, y: point.y.conjugate * ky, z: point.z.conjugate)
  }

  static func psi(_ point: AffinePoint<G2>) -> AffinePoint<G2> {
    guard !point.isInfinity else { return point }
    let (kx, ky) = psiFactors
    return AffinePoint(x: point.x.conjugate * kx, y: point.y.conjugate * ky)
  }

  /// ξ^(k(p − 1)/6) for k from 1 to 5.
  static func frobeniusPowers() -> [Fp2<Modulus>] {
    let root = timesNonresidue(.one).power(Modulus.sixthOfGroupOrder)
    var powers = [root]
    while powers.count < 5 { powers.append(powers[powers.count - 1] * root) }
    return powers
  }
}

extension PrimeModulus {
  /// (modulus − 1)/6, for a modulus that is 1 modulo 6.
  fileprivate static var sixthOfGroupOrder: Words {
    var remainder: UInt64 = 0
    var words = [UInt64](repeating: 0, count: Words.count)
    for index in (0..<Words.count).reversed() {
      (words[index], remainder) = (6 as UInt64).dividingFullWidth((remainder, modulus.word(at: index)))
    }
    return Words { words[$0] }
  }
}
