import Primitives

/// The precompiles of BLS12-381 (EIP-2537), 0x0b to 0x11.
///
/// A number of Fp takes 64 bytes, of which the first 16 are zero; of a number of Fp2 the constant coefficient comes
/// first. Infinity is all zeros. Additions take any point of the curve, all else points of order r.
package enum BLS12381Precompiles {
  /// Bytes of a number of Fp, of a point of the first and of the second group, of a scalar.
  private static let numberByteCount = 64
  private static let g1ByteCount = 128
  private static let g2ByteCount = 256
  private static let scalarByteCount = 32

  /// Bytes of a point of the first group with its scalar.
  package static let g1TermByteCount = g1ByteCount + scalarByteCount

  /// Bytes of a point of the second group with its scalar.
  package static let g2TermByteCount = g2ByteCount + scalarByteCount

  /// Bytes of one pair of the pairing check.
  package static let pairByteCount = g1ByteCount + g2ByteCount

  /// G1ADD: the sum of two points, 128 bytes.
  package static func g1Add(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, 2 * g1ByteCount)
    let left = try g1(input, at: 0)
    let right = try g1(input, at: g1ByteCount)
    return encoded(left + right)
  }

  /// G1MSM: the sum of points times scalars, 128 bytes.
  package static func g1MultiScalarMultiply(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, multipleOf: g1TermByteCount)
    var terms: [(point: AffinePoint<BLS12381.G1>, scalar: Limbs4)] = []
    for offset in stride(from: 0, to: input.byteCount, by: g1TermByteCount) {
      terms.append((try g1InSubgroup(input, at: offset), Limbs4(bigEndian: input, at: offset + g1ByteCount)))
    }
    return encoded(MultiScalar.sum(of: terms).affine())
  }

  /// G2ADD: the sum of two points of the twist, 256 bytes.
  package static func g2Add(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, 2 * g2ByteCount)
    let left = try g2(input, at: 0)
    let right = try g2(input, at: g2ByteCount)
    return encoded(left + right)
  }

  /// G2MSM: the sum of points of the twist times scalars, 256 bytes.
  package static func g2MultiScalarMultiply(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, multipleOf: g2TermByteCount)
    var terms: [(point: AffinePoint<BLS12381.G2>, scalar: Limbs4)] = []
    for offset in stride(from: 0, to: input.byteCount, by: g2TermByteCount) {
      terms.append((try g2InSubgroup(input, at: offset), Limbs4(bigEndian: input, at: offset + g2ByteCount)))
    }
    return encoded(MultiScalar.sum(of: terms).affine())
  }

  /// PAIRING_CHECK: whether the product of the pairings is one, as a number of 32 bytes.
  package static func pairingCheck(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, multipleOf: pairByteCount)
    var pairs: [(AffinePoint<BLS12381.G1>, AffinePoint<BLS12381.G2>)] = []
    for offset in stride(from: 0, to: input.byteCount, by: pairByteCount) {
      pairs.append((try g1InSubgroup(input, at: offset), try g2InSubgroup(input, at: offset + g1ByteCount)))
    }
    return Encoding.truth(Pairing<BLS12381>.product(pairs) == .one)
  }

  /// MAP_FP_TO_G1: the point of order r for a number of Fp, 128 bytes.
  package static func mapToG1(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, numberByteCount)
    let point = BLS12381.mapToG1(try number(input, at: 0))
    return encoded(BLS12381.clearingCofactor(point).affine())
  }

  /// MAP_FP2_TO_G2: the point of order r for a number of Fp2, 256 bytes.
  package static func mapToG2(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    try expect(input, 2 * numberByteCount)
    let point = BLS12381.mapToG2(try pair(input, at: 0))
    return encoded(BLS12381.clearingCofactor(point).affine())
  }
}

// MARK: - Encodings

extension BLS12381Precompiles {
  private static func expect(_ input: RawSpan, _ count: Int) throws(CurveError) {
    guard input.byteCount == count else { throw .badLength(input.byteCount, expected: count) }
  }

  private static func expect(_ input: RawSpan, multipleOf count: Int) throws(CurveError) {
    guard input.byteCount > 0, input.byteCount.isMultiple(of: count) else {
      throw .badLength(input.byteCount, expected: count)
    }
  }

  private static func number(_ input: RawSpan, at offset: Int) throws(CurveError) -> Fp<BLS12381.Modulus> {
    let padding = input.bigEndian(at: offset, as: UInt64.self) | input.bigEndian(at: offset + 8, as: UInt64.self)
    guard padding == 0, let number = Fp<BLS12381.Modulus>(Limbs6(bigEndian: input, at: offset + 16)) else {
      throw .numberOutOfRange
    }
    return number
  }

  private static func pair(_ input: RawSpan, at offset: Int) throws(CurveError) -> Fp2<BLS12381.Modulus> {
    Fp2(try number(input, at: offset), try number(input, at: offset + numberByteCount))
  }

  private static func g1(_ input: RawSpan, at offset: Int) throws(CurveError) -> AffinePoint<BLS12381.G1> {
    let x = try number(input, at: offset)
    let y = try number(input, at: offset + numberByteCount)
    return try Encoding.point(x, y)
  }

  private static func g2(_ input: RawSpan, at offset: Int) throws(CurveError) -> AffinePoint<BLS12381.G2> {
    let x = try pair(input, at: offset)
    let y = try pair(input, at: offset + 2 * numberByteCount)
    return try Encoding.point(x, y)
  }

  private static func g1InSubgroup(
    _ input: RawSpan, at offset: Int
  ) throws(CurveError) -> AffinePoint<BLS12381.G1> {
    let point = try g1(input, at: offset)
    guard BLS12381.isInSubgroup(point) else { throw .notInSubgroup }
    return point
  }

  private static func g2InSubgroup(
    _ input: RawSpan, at offset: Int
  ) throws(CurveError) -> AffinePoint<BLS12381.G2> {
    let point = try g2(input, at: offset)
    guard BLS12381.isInSubgroup(point) else { throw .notInSubgroup }
    return point
  }

  private static func encoded(_ point: AffinePoint<BLS12381.G1>) -> [UInt8] {
    encoded([point.x, point.y])
  }

  private static func encoded(_ point: AffinePoint<BLS12381.G2>) -> [UInt8] {
    encoded([point.x.c0, point.x.c1, point.y.c0, point.y.c1])
  }

  private static func encoded(_ numbers: [Fp<BLS12381.Modulus>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * numberByteCount)
    for number in numbers {
      bytes.append(contentsOf: repeatElement(0, count: 16))
      number.number.appendBigEndian(to: &bytes)
    }
    return bytes
  }
}
