/// A point of a curve in Jacobian coordinates: x/z² and y/z³, infinity where z is zero.
///
/// Formulas: Bernstein and Lange, Explicit-Formulas Database, "dbl-2009-l" and "dbl-2001-b", "add-2007-bl",
/// "madd-2007-bl"; the cases they leave out are told apart here.
struct JacobianPoint<Curve: WeierstrassCurve>: Sendable {
  typealias Coordinate = Curve.Coordinate

  var x: Coordinate
  var y: Coordinate
  var z: Coordinate

  @inline(__always)
  init(x: Coordinate, y: Coordinate, z: Coordinate) {
    self.x = x
    self.y = y
    self.z = z
  }

  @inline(__always)
  init(_ point: AffinePoint<Curve>) {
    self.init(x: point.x, y: point.y, z: point.isInfinity ? .zero : .one)
  }

  @inline(__always)
  static var infinity: Self { Self(x: .one, y: .one, z: .zero) }

  @inline(__always)
  var isInfinity: Bool { z.isZero }

  @inline(__always)
  static prefix func - (point: Self) -> Self { Self(x: point.x, y: -point.y, z: point.z) }

  @inline(never)
  func doubled() -> Self {
    Curve.aIsZero ? doubledWithZeroA() : doubledWithMinusThree()
  }

  @inline(__always)
  private func doubledWithZeroA() -> Self {
    let a = x.squared()
    let b = y.squared()
    let c = b.squared()
    let d = ((x + b).squared() - a - c).doubled()
    let e = a.tripled()
    let x3 = e.squared() - d.doubled()
    return Self(x: x3, y: e * (d - x3) - c.doubled().doubled().doubled(), z: (y * z).doubled())
  }

  @inline(__always)
  private func doubledWithMinusThree() -> Self {
    let delta = z.squared()
    let gamma = y.squared()
    let beta = x * gamma
    let alpha = ((x - delta) * (x + delta)).tripled()
    let fourBeta = beta.doubled().doubled()
    let x3 = alpha.squared() - fourBeta.doubled()
    let y3 = alpha * (fourBeta - x3) - gamma.squared().doubled().doubled().doubled()
    return Self(x: x3, y: y3, z: (y + z).squared() - gamma - delta)
  }

  @inline(never)
  static func + (left: Self, right: Self) -> Self {
    if left.isInfinity { return right }
    if right.isInfinity { return left }
    let leftZZ = left.z.squared()
    let rightZZ = right.z.squared()
    let leftX = left.x * rightZZ
    let rightX = right.x * leftZZ
    let leftY = left.y * right.z * rightZZ
    let rightY = right.y * left.z * leftZZ
    if leftX == rightX { return leftY == rightY ? left.doubled() : .infinity }
    let h = rightX - leftX
    let i = h.doubled().squared()
    let j = h * i
    let r = (rightY - leftY).doubled()
    let v = leftX * i
    let x3 = r.squared() - j - v.doubled()
    return Self(
      x: x3, y: r * (v - x3) - (leftY * j).doubled(),
      z: ((left.z + right.z).squared() - leftZZ - rightZZ) * h)
  }

  /// The sum with a point whose z is one.
  @inline(never)
  static func + (left: Self, right: AffinePoint<Curve>) -> Self {
    if right.isInfinity { return left }
    if left.isInfinity { return Self(right) }
    let zz = left.z.squared()
    let rightX = right.x * zz
    let rightY = right.y * left.z * zz
    if left.x == rightX { return left.y == rightY ? left.doubled() : .infinity }
    let h = rightX - left.x
    let hh = h.squared()
    let i = hh.doubled().doubled()
    let j = h * i
    let r = (rightY - left.y).doubled()
    let v = left.x * i
    let x3 = r.squared() - j - v.doubled()
    return Self(
      x: x3, y: r * (v - x3) - (left.y * j).doubled(), z: (left.z + h).squared() - zz - hh)
  }

  /// The coordinates: one inversion.
  func affine() -> AffinePoint<Curve> {
    guard !isInfinity else { return .infinity }
    let inverse = z.inverse()
    let square = inverse.squared()
    return AffinePoint(x: x * square, y: y * square * inverse)
  }

  /// Whether both are the same point: no inversion.
  func isSame(as other: Self) -> Bool {
    if isInfinity || other.isInfinity { return isInfinity && other.isInfinity }
    let zz = z.squared()
    let otherZZ = other.z.squared()
    return x * otherZZ == other.x * zz && y * otherZZ * other.z == other.y * zz * z
  }
}
