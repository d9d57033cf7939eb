import TestSupport
import Testing

@testable import Curves

@Suite("Pairings")
struct PairingTests {
  @Test("e(aP, bQ) = e(P, Q)^(ab), and e(P, Q) is not one")
  func bilinearity() {
    check(BN254.self, BN254.g1Generator, BN254.g2Generator)
    check(BLS12381.self, BLS12381.generatorG1, BLS12381.generatorG2)
    func check<Curve: PairingCurve>(
      _: Curve.Type, _ p: AffinePoint<Curve.G1>, _ q: AffinePoint<Curve.G2>
    ) {
      var random = SeededGenerator(name: "bilinearity()")
      let (a, b) = (random.next() >> 40 + 1, random.next() >> 40 + 1)
      let aP = JacobianPoint.product(p, Limbs4(a, 0, 0, 0)).affine()
      let bQ = JacobianPoint.product(q, Limbs4(b, 0, 0, 0)).affine()
      let value = Pairing<Curve>.product([(p, q)])
      #expect(value != .one)
      #expect(Pairing<Curve>.product([(aP, bQ)]) == value.cyclotomicPower(a * b))
      #expect(Pairing<Curve>.product([(aP, q), (-p, JacobianPoint.product(q, Limbs4(a, 0, 0, 0)).affine())]) == .one)
      #expect(Pairing<Curve>.product([(p, q), (p, q)]) == value.cyclotomicSquared())
    }
  }

  @Test("pairs with infinity, and no pairs, give one")
  func infinity() {
    #expect(Pairing<BN254>.product([]) == .one)
    #expect(Pairing<BN254>.product([(.infinity, BN254.g2Generator), (BN254.g1Generator, .infinity)]) == .one)
    #expect(Pairing<BLS12381>.product([(.infinity, .infinity)]) == .one)
    let value = Pairing<BLS12381>.product([(BLS12381.generatorG1, BLS12381.generatorG2)])
    #expect(
      Pairing<BLS12381>.product([(.infinity, BLS12381.generatorG2), (BLS12381.generatorG1, BLS12381.generatorG2)])
        == value)
  }

  @Test("what a final exponentiation gives has order r")
  func order() {
    var random = SeededGenerator()
    let value = Pairing<BLS12381>.finalExponentiation(random.element())
    let order = BLS12381ScalarModulus.modulus
    var power = Fp12<BLS12381>.one
    for bit in (0..<255).reversed() {
      power = power.cyclotomicSquared()
      if order.bit(at: bit) { power = power * value }
    }
    #expect(power == .one && value != .one)
  }
}
