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
    #expect(P256Precompile.verify((valid + [0]).rawSpan) == [])
    let nothing: [UInt8] = []
    #expect(P256Precompile.verify(nothing.rawSpan) == [])
  }

  /// What is right but for a number that is the modulus too large: reduced, each would be accepted. A signature for a
  /// chosen key is made without its secret: R = aG + bQ, r = R.x, s = r/b, digest = a·r/b.
  @Test("a number at or above its modulus is refused where its remainder is right")
  func unreduced() throws {
    let order = try Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    let modulus = try Hex.decode("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
    // The key (0, √b).
    let zero = try Hex.decode(
      "9ad8c5560f1614bedce733f630a3161ac386666ddcb5a198426e46266ad56019"
        + "5cd97c24c3e0b807e0adf196d2b75f17787bd29fc3eab7724c97eab716ecac2d"
        + "966dfeacf15e1515a3d4d49f9c78fb228507bf472957a4a374b029717f6e7ef6"
        + "0000000000000000000000000000000000000000000000000000000000000000"
        + "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")
    #expect(P256Precompile.verify(zero.rawSpan) == Encoding.truth(true))
    #expect(P256Precompile.verify(replacing(zero, at: 96, by: modulus).rawSpan) == [])
    // R.x = n + 3, so that r = 3.
    let three = try Hex.decode(
      "960d5a8f9a656aafd14125844d25deb354f46a6910acff0043892dfc254cb864"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "ef901b932a7c18806a3753915c76f18a0585a01c4c7d6df0621aef57e4cc4133"
        + "cc5abb4634100821eec641a71817bbcc533a7ede7b69e9c8383028d6ab8943cc"
        + "8c20a9e00de53c8b5d7e7f5379da789ddfc7ac60cb5f490a9a2b6b198228ced3")
    #expect(P256Precompile.verify(three.rawSpan) == Encoding.truth(true))
    let unreduced = Array(order.dropLast()) + [order[31] + 3]
    #expect(P256Precompile.verify(replacing(three, at: 32, by: unreduced).rawSpan) == [])
  }

  private func replacing(_ input: [UInt8], at offset: Int, by word: [UInt8]) -> [UInt8] {
    var input = input
    input.replaceSubrange(offset..<offset + 32, with: word)
    return input
  }
}
