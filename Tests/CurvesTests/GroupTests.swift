import TestSupport
import Testing

@testable import Curves

@Suite("Groups of points")
struct GroupTests {
  @Test("chord and tangent, and all Jacobian formulas, give the same multiples, infinity and opposites included")
  func smallMultiples() {
    check(BN254.g1Generator)
    check(BLS12381.generatorG1)
    check(BLS12381.generatorG2)
    check(P256.generator)
    func check<Curve: WeierstrassCurve>(_ generator: AffinePoint<Curve>) {
      var multiples = [AffinePoint<Curve>.infinity]
      while multiples.count < 9 { multiples.append(multiples[multiples.count - 1] + generator) }
      let signed = multiples.dropFirst().map { -$0 }.reversed() + multiples
      #expect(signed.allSatisfy { $0.isOnCurve })
      func multiple(_ count: Int) -> AffinePoint<Curve> { signed[count + 8] }
      for left in -4...4 {
        // A z other than one, so that no formula gets away with assuming it.
        let scaled = JacobianPoint(multiple(left - 1)) + JacobianPoint(multiple(1))
        #expect(scaled.doubled().affine() == multiple(2 * left), "2 · \(left)")
        #expect(scaled.isSame(as: JacobianPoint(multiple(left))))
        for right in -4...4 {
          let sum = multiple(left + right)
          #expect(multiple(left) + multiple(right) == sum, "\(left) + \(right)")
          #expect((scaled + multiple(right)).affine() == sum, "\(left) + \(right), mixed")
          let other = JacobianPoint(multiple(right + 1)) + -JacobianPoint(multiple(1))
          #expect((scaled + other).affine() == sum, "\(left) + \(right), full")
          #expect(scaled.isSame(as: other) == (left == right))
        }
      }
    }
  }

  @Test("a point of order two doubles to infinity")
  func orderTwo() {
    // (0, 0) would be such a point on y² = x³ − 3x; the formulas only see a zero y.
    let point = AffinePoint<P256>(x: .one, y: .zero)
    #expect(point + point == .infinity && JacobianPoint(point).doubled().isInfinity)
    #expect((JacobianPoint(point) + point).isInfinity)
  }

  @Test("the order less one, times a point of that order, is its opposite")
  func orders() {
    check(BN254.g1Generator, BN254.order)
    check(BLS12381.generatorG1, BLS12381ScalarModulus.modulus)
    check(BLS12381.generatorG2, BLS12381ScalarModulus.modulus)
    check(BLS12381.tauG2, BLS12381ScalarModulus.modulus)
    check(P256.generator, P256OrderModulus.modulus)
    func check<Curve: WeierstrassCurve>(_ point: AffinePoint<Curve>, _ order: Limbs4) {
      #expect(point.isOnCurve)
      var less = order
      #expect(less.subtract(Limbs4(1, 0, 0, 0)) == 0)
      #expect(JacobianPoint.product(point, less).affine() == -point)
    }
  }

  @Test("signed digits are odd or zero, small, sparse, and spell the number", arguments: 2...7)
  func digits(width: Int) {
    var random = SeededGenerator()
    let numbers =
      [Limbs4.zero, Limbs4(1, 0, 0, 0), Limbs4(.max, .max, .max, .max)] + (0..<10).map { _ in random.limbs() }
    for number in numbers {
      let digits = SignedDigits(number, width: width).digits
      #expect(digits.last != 0 && digits.count <= 257)
      var positive = NaiveInteger(0)
      var negative = NaiveInteger(0)
      var lastNonzero = -width
      for (index, digit) in digits.enumerated() where digit != 0 {
        #expect(!digit.isMultiple(of: 2) && Int(digit.magnitude) < 1 << (width - 1) && index - lastNonzero >= width)
        lastNonzero = index
        let value = NaiveInteger(UInt64(digit.magnitude)) * .power(ofTwo: index)
        if digit > 0 { positive = positive + value } else { negative = negative + value }
      }
      #expect(positive == negative + NaiveInteger(number))
    }
  }

  @Test("Straus's and Pippenger's sums are those of doubling and adding", arguments: [1, 4])
  func multiScalar(count: Int) {
    var random = SeededGenerator()
    var point = BN254.g1Generator
    var terms: [(point: AffinePoint<BN254.G1>, scalar: Limbs4)] = []
    var expected = JacobianPoint<BN254.G1>.infinity
    for index in 0..<count {
      var scalar: Limbs4 = random.limbs()
      if index == 1 { scalar = .zero }
      if index == 2 { terms.append((.infinity, scalar)) }
      terms.append((point, scalar))
      var product = JacobianPoint<BN254.G1>.infinity
      for bit in (0..<256).reversed() {
        product = product.doubled()
        if scalar.bit(at: bit) { product = product + point }
      }
      expected = expected + product
      if index % 3 != 2 { point = point + point }
    }
    #expect(JacobianPoint.sum(of: terms).isSame(as: expected))
    #expect(MultiScalar.sumByBuckets(terms).isSame(as: expected))
    #expect(MultiScalar.sum(of: terms).isSame(as: expected))
  }
}
