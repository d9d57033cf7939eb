/// P-256 (FIPS 186-4, D.1.2.3; also called secp256r1): y² = x³ − 3x + b over a prime of 256 bits.
enum P256: WeierstrassCurve {
  typealias Coordinate = Fp<P256BaseModulus>
  typealias Scalar = Fp<P256OrderModulus>

  @inline(__always)
  static var aIsZero: Bool { false }

  static let b = Coordinate(hex: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")

  /// The base point.
  static let generator = AffinePoint<P256>(
    x: Coordinate(hex: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
    y: Coordinate(hex: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"))

  /// Whether (r, s) is a signature of `digest` by the key at `publicKey` (FIPS 186-4, section 6.4; SEC 1, 4.1.4).
  ///
  /// `r` and `s` must be from 1 to the order less one, and the key a point of the curve other than infinity. A high
  /// `s` is a signature too.
  static func isSignature(r: Limbs4, s: Limbs4, of digest: Limbs4, publicKey: AffinePoint<P256>) -> Bool {
    guard !r.isZero, !s.isZero, let rScalar = Scalar(r), let sScalar = Scalar(s) else { return false }
    guard !publicKey.isInfinity, publicKey.isOnCurve else { return false }
    let inverse = sScalar.inverse()
    let sum = JacobianPoint.sum(of: [
      (generator, (Scalar(reducing: digest) * inverse).number), (publicKey, (rScalar * inverse).number),
    ])
    guard !sum.isInfinity else { return false }
    return hasX(sum, congruentTo: r)
  }

  /// Whether the x coordinate, a number below p, is `r` modulo the order: `r`, or `r` + order where that is below p.
  private static func hasX(_ point: JacobianPoint<P256>, congruentTo r: Limbs4) -> Bool {
    let zz = point.z.squared()
    if let x = Coordinate(r), x * zz == point.x { return true }
    var larger = r
    guard larger.add(P256OrderModulus.modulus) == 0, let x = Coordinate(larger) else { return false }
    return x * zz == point.x
  }
}
