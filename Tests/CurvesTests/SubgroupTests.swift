import TestSupport
import Testing

@testable import Curves

@Suite("Subgroups")
struct SubgroupTests {
  @Test("the endomorphisms tell points of order r from others, as the product with r does")
  func membership() {
    var random = SeededGenerator()
    for _ in 0..<2 {
      let a: AffinePoint<BLS12381.G1> = random.point { $0.element() }
      #expect(!BLS12381.isInSubgroup(a) && !JacobianPoint.product(a, BLS12381ScalarModulus.modulus).isInfinity)
      let cleared = BLS12381.clearingCofactor(JacobianPoint(a)).affine()
      #expect(
        BLS12381.isInSubgroup(cleared) && JacobianPoint.product(cleared, BLS12381ScalarModulus.modulus).isInfinity)
      let b: AffinePoint<BLS12381.G2> = random.point { $0.element() }
      #expect(!BLS12381.isInSubgroup(b) && !JacobianPoint.product(b, BLS12381ScalarModulus.modulus).isInfinity)
      let clear = BLS12381.clearingCofactor(JacobianPoint(b)).affine()
      #expect(BLS12381.isInSubgroup(clear) && JacobianPoint.product(clear, BLS12381ScalarModulus.modulus).isInfinity)
      let c: AffinePoint<BN254.G2> = random.point { $0.element() }
      #expect(!BN254.isInSubgroup(c) && !JacobianPoint.product(c, BN254.order).isInfinity)
      // The cofactor of BN254's twist is 2p − r.
      let product = JacobianPoint.product(c, BN254.twistCofactor)
      #expect(BN254.isInSubgroup(product.affine()) && JacobianPoint.product(product.affine(), BN254.order).isInfinity)
    }
    #expect(BLS12381.isInSubgroup(BLS12381.generatorG1) && BLS12381.isInSubgroup(BLS12381.generatorG2))
    #expect(BLS12381.isInSubgroup(BLS12381.tauG2) && BN254.isInSubgroup(BN254.g2Generator))
    #expect(BLS12381.isInSubgroup(AffinePoint<BLS12381.G1>.infinity) && BN254.isInSubgroup(.infinity))
  }

  @Test("points of the cofactor's small orders are refused")
  func smallOrders() {
    // (0, 2) lies on y² = x³ + 4 and has order three.
    let three = AffinePoint<BLS12381.G1>(x: .zero, y: Fp(2))
    #expect(three.isOnCurve && three + three == -three && !BLS12381.isInSubgroup(three))
    #expect(!BLS12381.isInSubgroup(three + BLS12381.generatorG1))
  }

  @Test("the maps to BLS12-381 land on the isogenous curve, then on the curve, and their isogenies add")
  func isogenies() {
    var random = SeededGenerator()
    check(BLS12381.mapToG1) { $0.element() }
    check(BLS12381.mapToG2) { $0.element() }
    func check<Curve: WeierstrassCurve>(
      _ map: MapToCurve<Curve>, _ element: (inout SeededGenerator) -> Curve.Coordinate
    ) {
      for u in [.zero, .one, -.one] + (0..<2).map({ _ in element(&random) }) {
        let (x, y) = map.isogenousPoint(u)
        #expect(y.squared() == map.rightSide(x) && y.isOdd == u.isOdd)
        #expect(map(u).affine().isOnCurve)
      }
      let (p, q) = (map.isogenousPoint(element(&random)), map.isogenousPoint(element(&random)))
      let slope = (q.y - p.y) * (q.x - p.x).inverse()
      let x = slope.squared() - p.x - q.x
      let y = slope * (p.x - x) - p.y
      #expect((map.isogeny(p.x, p.y) + map.isogeny(q.x, q.y)).isSame(as: map.isogeny(x, y)))
    }
  }
}
