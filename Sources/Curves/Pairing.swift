/// The optimal ate pairing of a curve.
enum Pairing<Curve: PairingCurve> {
  /// The product of the pairs' pairings; 1 for no pairs and for pairs with infinity in them. All points lie in the
  /// groups of order r.
  static func product(_ pairs: [(AffinePoint<Curve.G1>, AffinePoint<Curve.G2>)]) -> Fp12<Curve> {
    let value = MillerLoop<Curve>.value(of: pairs)
    return value == .one ? value : finalExponentiation(value)
  }

  /// A power by (p¹² − 1)/r or a multiple of it that is coprime to r.
  static func finalExponentiation(_ value: Fp12<Curve>) -> Fp12<Curve> {
    // (p⁶ − 1)(p² + 1) takes a value into the cyclotomic subgroup.
    let first = value.conjugate * value.inverse()
    return Curve.hardExponentiation(first.frobeniusSquared() * first)
  }
}
