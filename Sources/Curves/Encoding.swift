/// What the encodings of several precompiles share.
enum Encoding {
  /// The point with these coordinates, both zero meaning infinity; it must be on the curve.
  static func point<Curve: WeierstrassCurve>(
    _ x: Curve.Coordinate, _ y: Curve.Coordinate
  ) throws(CurveError) -> AffinePoint<Curve> {
    if x.isZero && y.isZero { return .infinity }
    let point = AffinePoint<Curve>(x: x, y: y)
    guard point.isOnCurve else { throw .notOnCurve }
    return point
  }

  /// One or zero in 32 bytes.
  static func truth(_ value: Bool) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    bytes[31] = value ? 1 : 0
    return bytes
  }
}
