/// A curve y² = x³ + a·x + b over a field, with a = 0 or a = −3, the two kinds for which doubling has short formulas.
protocol WeierstrassCurve: Sendable {
  associatedtype Coordinate: Field

  /// Whether a is 0; it is −3 otherwise.
  static var aIsZero: Bool { get }

  static var b: Coordinate { get }
}

extension WeierstrassCurve {
  /// x³ + a·x + b: what y² must be.
  static func rightSide(at x: Coordinate) -> Coordinate {
    let cube = x.squared() * x
    return (aIsZero ? cube : cube - x.tripled()) + b
  }
}
