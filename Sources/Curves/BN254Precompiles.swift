import Primitives

/// The precompiles of BN254: addition (0x06) and multiplication (0x07) of EIP-196, pairing check (0x08) of EIP-197.
///
/// A coordinate takes 32 bytes; of a number of Fp2 the coefficient of u comes first. Infinity is all zeros.
package enum BN254Precompiles {
  /// Bytes of one pair of the pairing check.
  package static let pairByteCount = 192

  /// The sum of two points, 64 bytes. A short input is taken as continued by zeros, a long one as ended.
  package static func add(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    let bytes = padded(input, to: 128)
    let left = try g1(bytes.rawSpan, at: 0)
    let right = try g1(bytes.rawSpan, at: 64)
    return encoded(left + right)
  }

  /// A point times any number of 32 bytes, 64 bytes. A short input is taken as continued by zeros, a long one as ended.
  package static func multiply(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    let bytes = padded(input, to: 96)
    let point = try g1(bytes.rawSpan, at: 0)
    return encoded(JacobianPoint.product(point, Limbs4(bigEndian: bytes.rawSpan, at: 64)).affine())
  }

  /// Whether the product of the pairings is one, as a number of 32 bytes; it is for no pairs.
  package static func pairingCheck(_ input: RawSpan) throws(CurveError) -> [UInt8] {
    guard input.byteCount.isMultiple(of: pairByteCount) else {
      throw .badLength(input.byteCount, expected: pairByteCount)
    }
    var pairs: [(AffinePoint<BN254.G1>, AffinePoint<BN254.G2>)] = []
    for offset in stride(from: 0, to: input.byteCount, by: pairByteCount) {
      pairs.append((try g1(input, at: offset), try g2(input, at: offset + 64)))
    }
    return Encoding.truth(Pairing<BN254>.product(pairs) == .one)
  }

  private static func padded(_ input: RawSpan, to count: Int) -> [UInt8] {
    var bytes = input.extracting(first: count).bytes
    bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
    return bytes
  }

  private static func number(_ input: RawSpan, at offset: Int) throws(CurveError) -> Fp<BN254.Modulus> {
    guard let number = Fp<BN254.Modulus>(Limbs4(bigEndian: input, at: offset)) else { throw .numberOutOfRange }
    return number
  }

  private static func g1(_ input: RawSpan, at offset: Int) throws(CurveError) -> AffinePoint<BN254.G1> {
    let x = try number(input, at: offset)
    let y = try number(input, at: offset + 32)
    return try Encoding.point(x, y)
  }

  private static func g2(_ input: RawSpan, at offset: Int) throws(CurveError) -> AffinePoint<BN254.G2> {
    let x1 = try number(input, at: offset)
    let x0 = try number(input, at: offset + 32)
    let y1 = try number(input, at: offset + 64)
    let y0 = try number(input, at: offset + 96)
    let point: AffinePoint<BN254.G2> = try Encoding.point(Fp2(x0, x1), Fp2(y0, y1))
    guard BN254.isInSubgroup(point) else { throw .notInSubgroup }
    return point
  }

  private static func encoded(_ point: AffinePoint<BN254.G1>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    point.x.number.appendBigEndian(to: &bytes)
    point.y.number.appendBigEndian(to: &bytes)
    return bytes
  }
}
