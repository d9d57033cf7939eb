import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("P-256 signatures")
struct SignatureTests {
  /// A signature by FIPS 186-4, section 6.4, with a nonce of the test's choosing.
  private func sign(_ digest: Limbs4, key: Limbs4, nonce: Limbs4) -> (r: P256.Scalar, s: P256.Scalar) {
    let x = JacobianPoint.product(P256.generator, nonce).affine().x.number
    let r = P256.Scalar(reducing: x)
    let s = P256.Scalar(reducing: nonce).inverse() * (P256.Scalar(reducing: digest) + r * P256.Scalar(reducing: key))
    return (r, s)
  }

  private func input(_ digest: Limbs4, _ r: Limbs4, _ s: Limbs4, _ key: AffinePoint<P256>) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [digest, r, s, key.x.number, key.y.number] { number.appendBigEndian(to: &bytes) }
    return bytes
  }

  @Test("what a key signs is accepted with either s, and nothing else is")
  func roundTrip() {
    var random = SeededGenerator()
    for _ in 0..<2 {
      let (digest, key, nonce) = (random.limbs() as Limbs4, random.limbs() as Limbs4, Limbs4(random.next(), 7, 9, 1))
      let publicKey = JacobianPoint.product(P256.generator, key).affine()
      let (r, s) = sign(digest, key: key, nonce: nonce)
      let valid = input(digest, r.number, s.number, publicKey)
      #expect(P256Precompile.verify(valid.rawSpan) == Encoding.truth(true))
      #expect(P256Precompile.verify(input(digest, r.number, (-s).number, publicKey).rawSpan) == Encoding.truth(true))
      for offset in [3, 35, 70, 100, 159] {
        var damaged = valid
        damaged[offset] ^= 0x10
        #expect(P256Precompile.verify(damaged.rawSpan) == [], "byte \(offset)")
      }
      #expect(P256Precompile.verify(input(digest, r.number, s.number, -publicKey).rawSpan) == [])
    }
  }

  @Test("zeros, the order, a key at infinity and other lengths are refused")
  func edges() {
    let (digest, key) = (Limbs4(5, 0, 0, 0), P256.generator)
    let (r, s) = sign(digest, key: Limbs4(1, 0, 0, 0), nonce: Limbs4(3, 0, 0, 0))
    let valid = input(digest, r.number, s.number, key)
    #expect(P256Precompile.verify(valid.rawSpan) == Encoding.truth(true))
    let order = P256OrderModulus.modulus
    for (r, s) in [(.zero, s.number), (r.number, .zero), (order, s.number), (r.number, order)] as [(Limbs4, Limbs4)] {
      #expect(P256Precompile.verify(input(digest, r, s, key).rawSpan) == [])
    }
    #expect(P256Precompile.verify(input(digest, r.number, s.number, .infinity).rawSpan) == [])
    for offset in [96, 128] {
      // A coordinate of zero that is spelled as the modulus.
      var bytes = valid
      var modulus: [UInt8] = []
      P256BaseModulus.modulus.appendBigEndian(to: &modulus)
      bytes.replaceSubrange(offset..<offset + 32, with: modulus)
      #expect(P256Precompile.verify(bytes.rawSpan) == [])
    }
    #expect(P256Precompile.verify((valid + [0]).rawSpan) == [])
    let nothing: [UInt8] = []
    #expect(P256Precompile.verify(nothing.rawSpan) == [])
  }
}
