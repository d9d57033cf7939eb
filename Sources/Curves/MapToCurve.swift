/// What the simplified map of Shallue, van de Woestijne and Ulas needs: a curve y² = x³ + a·x + b with ab ≠ 0 that is
/// isogenous to the wanted one, the constant z, and the isogeny's coefficients (RFC 9380, sections 6.6.2 and 6.6.3).
struct MapToCurve<Curve: WeierstrassCurve>: Sendable where Curve.Coordinate: SquareRootField {
  typealias Coordinate = Curve.Coordinate

  let a: Coordinate
  let b: Coordinate
  let z: Coordinate

  /// Coefficients of the isogeny's polynomials, that of the constant term first.
  let xNumerator: [Coordinate]
  let xDenominator: [Coordinate]
  let yNumerator: [Coordinate]
  let yDenominator: [Coordinate]

  /// The point of the wanted curve for an element of the field; its order is not yet r.
  func callAsFunction(_ element: Coordinate) -> JacobianPoint<Curve> {
    let (x, y) = isogenousPoint(element)
    return isogeny(x, y)
  }

  /// The simplified SWU map.
  func isogenousPoint(_ u: Coordinate) -> (x: Coordinate, y: Coordinate) {
    let zuu = z * u.squared()
    let denominator = zuu.squared() + zuu
    let x1 =
      denominator.isZero
      ? b * (z * a).inverse()
      : -b * (denominator + .one) * (denominator * a).inverse()
    let x2 = zuu * x1
    let root1 = rightSide(x1).squareRoot()
    guard let y = root1 ?? rightSide(x2).squareRoot() else {
      preconditionFailure("z is no square, so one of both right sides is one")
    }
    return (root1 == nil ? x2 : x1, y.isOdd == u.isOdd ? y : -y)
  }

  /// x³ + a·x + b on the isogenous curve.
  func rightSide(_ x: Coordinate) -> Coordinate { (x.squared() + a) * x + b }

  /// The image of a point of the isogenous curve; infinity where a denominator is zero.
  func isogeny(_ x: Coordinate, _ y: Coordinate) -> JacobianPoint<Curve> {
    let xDown = Self.value(xDenominator, at: x)
    let yDown = Self.value(yDenominator, at: x)
    let z = xDown * yDown
    let scale = z * yDown
    return JacobianPoint(
      x: Self.value(xNumerator, at: x) * scale, y: y * Self.value(yNumerator, at: x) * scale * xDown.squared(), z: z)
  }

  private static func value(_ polynomial: [Coordinate], at x: Coordinate) -> Coordinate {
    polynomial.reversed().reduce(.zero) { $0 * x + $1 }
  }
}
