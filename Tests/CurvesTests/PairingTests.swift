import TestSupport
import Testing

@testable import Curves

@Suite("Pairings")
struct PairingTests {
  @Test("e(aP, bQ) = e(P, Q)^(ab) for numbers as long as the order and points other than the generators")
  func bilinearity() {
    check(BN254.self, order: BN254.order) { ($0.bn254G1(), $0.bn254G2()) }
    check(BLS12381.self, order: BLS12381ScalarModulus.modulus) { ($0.bls12G1(), $0.bls12G2()) }
    func check<Curve: PairingCurve>(
      _: Curve.Type, order: Limbs4,
      _ points: (inout SeededGenerator) -> (AffinePoint<Curve.G1>, AffinePoint<Curve.G2>)
    ) {
      var random = SeededGenerator(name: "bilinearity() on \(Curve.self)")
      let (p, q) = points(&random)
      let (a, b) = (random.limbs() as Limbs4, random.limbs() as Limbs4)
      let value = Pairing<Curve>.product([(p, q)])
      #expect(value != .one)
      let (aP, bQ) = (JacobianPoint.product(p, a).affine(), JacobianPoint.product(q, b).affine())
      let exponent = NaiveInteger(a) * NaiveInteger(b) % NaiveInteger(order)
      #expect(Pairing<Curve>.product([(aP, bQ)]) == value.power(exponent.limbs()))
      let aQ = JacobianPoint.product(q, a).affine()
      #expect(Pairing<Curve>.product([(aP, q), (-p, aQ)]) == .one)
      #expect(Pairing<Curve>.product([(aP, q), (p, aQ)]) != .one)
    }
  }

  @Test("e(P + P′, Q) = e(P, Q)·e(P′, Q), the same in the second group, and a product of pairs is that of their values")
  func additivity() {
    check(BN254.self) { ($0.bn254G1(), $0.bn254G2()) }
    check(BLS12381.self) { ($0.bls12G1(), $0.bls12G2()) }
    func check<Curve: PairingCurve>(
      _: Curve.Type, _ points: (inout SeededGenerator) -> (AffinePoint<Curve.G1>, AffinePoint<Curve.G2>)
    ) {
      var random = SeededGenerator(name: "additivity() on \(Curve.self)")
      let ((p, q), (otherP, otherQ)) = (points(&random), points(&random))
      let value = Pairing<Curve>.product([(p, q)])
      let product = value * Pairing<Curve>.product([(otherP, q)])
      #expect(Pairing<Curve>.product([(p + otherP, q)]) == product)
      #expect(Pairing<Curve>.product([(p, q), (otherP, q)]) == product)
      #expect(Pairing<Curve>.product([(p, q + otherQ)]) == value * Pairing<Curve>.product([(p, otherQ)]))
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
    #expect(value.power(BLS12381ScalarModulus.modulus) == .one && value != .one)
  }
}

extension Fp12 {
  /// The power of an element of the cyclotomic subgroup, bit by bit.
  fileprivate func power(_ exponent: Limbs4) -> Self {
    var power = Self.one
    for bit in (0..<256).reversed() {
      power = power.cyclotomicSquared()
      if exponent.bit(at: bit) { power = power * self }
    }
    return power
  }
}
