/// What curve formulas need of the field of their coordinates.
protocol Field: BitwiseCopyable, Equatable, Sendable {
  static var zero: Self { get }
  static var one: Self { get }

  var isZero: Bool { get }

  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static prefix func - (value: Self) -> Self

  func squared() -> Self

  /// The multiplicative inverse; zero for zero.
  func inverse() -> Self
}

extension Field {
  @inline(__always)
  func doubled() -> Self { self + self }

  @inline(__always)
  func tripled() -> Self { self + self + self }
}
