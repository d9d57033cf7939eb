// The oracle of curve arithmetic: chord and tangent over schoolbook numbers.

@testable import Curves
import TestSupport

/// A coordinate that is known in schoolbook numbers: one, or two of which the second counts u with u² = −1.
protocol NaiveCoordinate: SquareRootField {
  static var modulus: NaiveInteger { get }

  var naive: [NaiveInteger] { get }

  static func random(_ generator: inout SeededGenerator) -> Self
}

extension Fp: NaiveCoordinate {
  static var modulus: NaiveInteger { NaiveInteger(Modulus.modulus) }

  var naive: [NaiveInteger] { [NaiveInteger(number)] }

  static func random(_ generator: inout SeededGenerator) -> Self { generator.element() }
}

extension Fp2: NaiveCoordinate {
  static var modulus: NaiveInteger { NaiveInteger(Modulus.modulus) }

  var naive: [NaiveInteger] { c0.naive + c1.naive }

  static func random(_ generator: inout SeededGenerator) -> Self { generator.element() }
}

/// An element of a field of coordinates.
struct NaiveElement: Equatable {
  private let parts: [NaiveInteger]
  private let modulus: NaiveInteger

  private init(_ parts: [NaiveInteger], modulus: NaiveInteger) {
    self.parts = parts.map { $0 % modulus }
    self.modulus = modulus
  }

  init<Coordinate: NaiveCoordinate>(_ coordinate: Coordinate) {
    self.init(coordinate.naive, modulus: Coordinate.modulus)
  }

  static func + (left: Self, right: Self) -> Self {
    Self(zip(left.parts, right.parts).map { $0 + $1 }, modulus: left.modulus)
  }

  static func - (left: Self, right: Self) -> Self {
    Self(zip(left.parts, right.parts).map { $0 + left.modulus - $1 }, modulus: left.modulus)
  }

  static func * (left: Self, right: Self) -> Self {
    let (l, r, p) = (left.parts, right.parts, left.modulus)
    if l.count == 1 { return Self([l[0] * r[0]], modulus: p) }
    return Self([l[0] * r[0] + p * p - l[1] * r[1], l[0] * r[1] + l[1] * r[0]], modulus: p)
  }
}

extension AffinePoint where Curve.Coordinate: NaiveCoordinate {
  /// A point of the curve, nearly never of the order r where there is a cofactor.
  static func random(_ generator: inout SeededGenerator) -> Self { generator.point(x: Curve.Coordinate.random) }

  /// Whether `sum` is where the line through both points, or the tangent where they are one, meets the curve again,
  /// mirrored. The slope n/d stays a fraction, so that nothing is inverted: d²(x₃ + x₁ + x₂) = n² and
  /// d(y₃ + y₁) = n(x₁ − x₃) have one solution.
  static func isSum(_ sum: Self, of left: Self, _ right: Self) -> Bool {
    if left.isInfinity { return sum == right }
    if right.isInfinity { return sum == left }
    let (x1, y1) = (NaiveElement(left.x), NaiveElement(left.y))
    let (x2, y2) = (NaiveElement(right.x), NaiveElement(right.y))
    let zero = NaiveElement(Curve.Coordinate.zero)
    if x1 == x2 && y1 + y2 == zero { return sum.isInfinity }
    guard !sum.isInfinity else { return false }
    let (x3, y3) = (NaiveElement(sum.x), NaiveElement(sum.y))
    var (n, d) = (y2 - y1, x2 - x1)
    if x1 == x2 {
      let square = x1 * x1
      let one = NaiveElement(Curve.Coordinate.one)
      n = square + square + square - (Curve.aIsZero ? zero : one + one + one)
      d = y1 + y1
    }
    return d * d * (x3 + x1 + x2) == n * n && d * (y3 + y1) == n * (x1 - x3)
  }
}
