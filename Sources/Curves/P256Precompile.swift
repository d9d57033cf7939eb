import Primitives

/// P256VERIFY (EIP-7951; before that RIP-7212), 0x100.
package enum P256Precompile {
  package static var gas: UInt64 { 6_900 }

  /// One in 32 bytes for a valid signature; nothing for an invalid one and for any malformed input. Never fails.
  ///
  /// The input is the digest, r, s, and the coordinates of the public key, 32 bytes each.
  package static func verify(_ input: RawSpan) -> [UInt8] {
    guard input.byteCount == 160 else { return [] }
    guard let x = P256.Coordinate(Limbs4(bigEndian: input, at: 96)),
      let y = P256.Coordinate(Limbs4(bigEndian: input, at: 128)), !(x.isZero && y.isZero)
    else { return [] }
    let isValid = P256.isSignature(
      r: Limbs4(bigEndian: input, at: 32), s: Limbs4(bigEndian: input, at: 64), of: Limbs4(bigEndian: input, at: 0),
      publicKey: AffinePoint(x: x, y: y))
    return isValid ? Encoding.truth(true) : []
  }
}
