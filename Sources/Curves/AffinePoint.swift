/// A point of a curve by its coordinates, or the point at infinity.
struct AffinePoint<Curve: WeierstrassCurve>: Equatable, Sendable {
  typealias Coordinate = Curve.Coordinate

  /// Zero for infinity.
  var x: Coordinate

  /// Zero for infinity.
  var y: Coordinate

  var isInfinity: Bool

  /// The point with these coordinates, which must satisfy the curve's equation: see `isOnCurve`.
  @inline(__always)
  init(x: Coordinate, y: Coordinate) {
    self.x = x
    self.y = y
    isInfinity = false
  }

  private init() {
    x = .zero
    y = .zero
    isInfinity = true
  }

  static var infinity: Self { Self() }

  /// Whether the coordinates satisfy the curve's equation; infinity does.
  var isOnCurve: Bool {
    isInfinity || y.squared() == Curve.rightSide(at: x)
  }

  static prefix func - (point: Self) -> Self {
    point.isInfinity ? point : Self(x: point.x, y: -point.y)
  }

  /// The sum by chord or tangent: one inversion.
  static func + (left: Self, right: Self) -> Self {
    if left.isInfinity { return right }
    if right.isInfinity { return left }
    if left.x != right.x { return left.third(right, slope: (right.y - left.y) * (right.x - left.x).inverse()) }
    guard left.y == right.y, !left.y.isZero else { return .infinity }
    let square = left.x.squared().tripled()
    let numerator = Curve.aIsZero ? square : square - Coordinate.one.tripled()
    return left.third(right, slope: numerator * left.y.doubled().inverse())
  }

  /// Where the line through two points meets the curve again, mirrored.
  private func third(_ other: Self, slope: Coordinate) -> Self {
    let sumX = slope.squared() - x - other.x
    return Self(x: sumX, y: slope * (x - sumX) - y)
  }
}
