/// A line's three coefficients, before they are evaluated at a point of the first group.
struct MillerLine<Curve: PairingCurve> {
  let constant: Fp2<Curve.Modulus>
  let timesX: Fp2<Curve.Modulus>
  let timesY: Fp2<Curve.Modulus>
}

/// The multiple of a pair's second point that a Miller loop has reached, in homogeneous projective coordinates.
///
/// Steps and lines: Costello, Lange and Naehrig (PKC 2010) in the form of Aranha et al. (EUROCRYPT 2011, section 4),
/// scaled by four so that nothing is halved.
struct MillerPoint<Curve: PairingCurve> {
  typealias Coordinate = Fp2<Curve.Modulus>

  private var x: Coordinate
  private var y: Coordinate
  private var z: Coordinate

  /// A point that is not infinity.
  init(_ point: AffinePoint<Curve.G2>) {
    x = point.x
    y = point.y
    z = .one
  }

  /// Doubles, and returns the tangent.
  @inline(never)
  mutating func double() -> MillerLine<Curve> {
    let yy = y.squared()
    let zz = z.squared()
    let e = Curve.G2.b * zz.tripled()
    let f = e.tripled()
    let h = (y + z).squared() - (yy + zz)
    let line = MillerLine<Curve>(constant: e - yy, timesX: x.squared().tripled(), timesY: -h)
    let newX = (x * y).doubled() * (yy - f)
    let newY = (yy + f).squared() - e.squared().doubled().doubled().tripled()
    z = (yy * h).doubled().doubled()
    x = newX
    y = newY
    return line
  }

  /// Adds a point, and returns the chord. The multiple is never the point or its negative: the order is prime, and the
  /// count of the loop stays far below it.
  @inline(never)
  mutating func add(_ point: AffinePoint<Curve.G2>) -> MillerLine<Curve> {
    let theta = y - point.y * z
    let lambda = x - point.x * z
    let lambdaSquared = lambda.squared()
    let e = lambda * lambdaSquared
    let g = x * lambdaSquared
    let h = e + z * theta.squared() - g.doubled()
    let line = MillerLine<Curve>(
      constant: theta * point.x - lambda * point.y, timesX: -theta, timesY: lambda)
    x = lambda * h
    y = theta * (g - h) - e * y
    z = z * e
    return line
  }
}
