package import Primitives

/// The point evaluation precompile of EIP-4844, 0x0a: that a blob's polynomial takes a value at a point.
package enum PointEvaluation {
  /// Bytes of the input: versioned hash, z, y, commitment, proof.
  package static let inputByteCount = 192

  package static var gas: UInt64 { 50_000 }

  /// The output of an accepted proof: the field elements of a blob, 4096, and the order of the field, 32 bytes each.
  ///
  /// `sha256` hashes the commitment.
  package static func run(
    _ input: RawSpan, sha256: (RawSpan) -> Hash256
  ) throws(CurveError) -> [UInt8] {
    guard input.byteCount == inputByteCount else { throw .badLength(input.byteCount, expected: inputByteCount) }
    let commitment = input.extracting(96..<144)
    var versionedHash = sha256(commitment).bytes
    versionedHash[0] = 1
    guard versionedHash.rawSpan.holdsSameBytes(as: input.extracting(first: 32)) else { throw .versionedHashMismatch }
    guard try isProof(input.extracting(144..<192), of: commitment, at: input.extracting(32..<96)) else {
      throw .proofRejected
    }
    var output = [UInt8](repeating: 0, count: 32)
    output[30] = 0x10
    BLS12381ScalarModulus.modulus.appendBigEndian(to: &output)
    return output
  }

  /// Whether the polynomial behind a commitment takes the value y at z; `zAndY` are both, 32 bytes each.
  ///
  /// `verify_kzg_proof` of EIP-4844's polynomial commitments: e(C − [y], −G₂) · e(π, [τ − z]₂) = 1, with z moved to the
  /// first group so that both points of the second are constants.
  package static func isProof(
    _ proof: RawSpan, of commitment: RawSpan, at zAndY: RawSpan
  ) throws(CurveError) -> Bool {
    guard zAndY.byteCount == 64, commitment.byteCount == 48, proof.byteCount == 48 else {
      throw .badLength(zAndY.byteCount + commitment.byteCount + proof.byteCount, expected: inputByteCount - 32)
    }
    let z = Limbs4(bigEndian: zAndY, at: 0)
    guard BLS12381.Scalar(z) != nil, let y = BLS12381.Scalar(Limbs4(bigEndian: zAndY, at: 32)) else {
      throw .numberOutOfRange
    }
    let c = try BLS12381.decompressedG1(commitment, at: 0)
    let pi = try BLS12381.decompressedG1(proof, at: 0)
    let first = JacobianPoint.sum(of: [(BLS12381.generatorG1, (-y).number), (pi, z)]) + c
    return Pairing<BLS12381>.product([
      (first.affine(), -BLS12381.generatorG2), (pi, BLS12381.tauG2),
    ]) == .one
  }
}
