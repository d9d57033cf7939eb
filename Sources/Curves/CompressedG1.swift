import Primitives

extension BLS12381 {
  /// Bytes of a compressed point of the first group.
  static var compressedByteCount: Int { 48 }

  /// The point of order r whose compressed form stands at `offset`: x, and in the three highest bits whether the form
  /// is compressed (always), whether the point is infinity, and whether y is the greater of the two (the consensus
  /// specification's form, after ZCash).
  static func decompressedG1(_ bytes: RawSpan, at offset: Int) throws(CurveError) -> AffinePoint<G1> {
    let flags = bytes.byte(at: offset) >> 5
    var number = Limbs6(bigEndian: bytes, at: offset)
    number.words[5] &= .max >> 3
    guard flags & 4 != 0 else { throw .badCompression }
    if flags & 2 != 0 {
      guard flags & 1 == 0, number.isZero else { throw .badCompression }
      return .infinity
    }
    guard let x = Fp<Modulus>(number), let root = G1.rightSide(at: x).squareRoot() else { throw .badCompression }
    let point = AffinePoint<G1>(x: x, y: isGreaterOfBoth(root) == (flags & 1 != 0) ? root : -root)
    guard isInSubgroup(point) else { throw .notInSubgroup }
    return point
  }

  /// Whether a number is greater than its negative.
  private static func isGreaterOfBoth(_ value: Fp<Modulus>) -> Bool {
    (-value).number.isBelow(value.number)
  }
}
