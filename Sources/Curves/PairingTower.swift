/// The tower of fields over which a pairing curve's pairing takes its values:
/// Fp2 = Fp[u]/(u² + 1), Fp6 = Fp2[v]/(v³ − ξ), Fp12 = Fp6[w]/(w² − v).
protocol PairingTower: Sendable {
  associatedtype Modulus: PrimeModulus

  /// ξ times a value, where ξ is neither a square nor a cube in Fp2.
  static func timesNonresidue(_ value: Fp2<Modulus>) -> Fp2<Modulus>

  /// ξ times a product.
  static func timesNonresidue(_ value: WideFp2<Modulus>) -> WideFp2<Modulus>

  /// ξ^(k(p − 1)/6) for k from 1 to 5: what the p-th power makes of w, w², … w⁵. From them come all Frobenius maps.
  static var frobenius:
    (
      Fp2<Modulus>, Fp2<Modulus>, Fp2<Modulus>, Fp2<Modulus>, Fp2<Modulus>
    )
  { get }
}
