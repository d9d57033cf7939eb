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

  @Test("sums and doubles of random points are those of chord and tangent in schoolbook numbers")
  func chordAndTangent() {
    var random = SeededGenerator()
    check(BN254.G1.self)
    check(BN254.G2.self)
    check(BLS12381.G1.self)
    check(BLS12381.G2.self)
    check(P256.self)
    func check<Curve: WeierstrassCurve>(_: Curve.Type) where Curve.Coordinate: NaiveCoordinate {
      let (p, q) = (AffinePoint<Curve>.random(&random), AffinePoint<Curve>.random(&random))
      // The same points with a z other than one.
      let scaledP = JacobianPoint(p + -q) + JacobianPoint(q)
      let scaledQ = JacobianPoint(q + -p) + JacobianPoint(p)
      for (left, right, scaledLeft, scaledRight) in [
        (p, q, scaledP, scaledQ), (p, p, scaledP, scaledP), (p, -p, scaledP, -scaledP),
        (p, .infinity, scaledP, .infinity),
      ] {
        let sum = left + right
        #expect(AffinePoint.isSum(sum, of: left, right))
        #expect((scaledLeft + right).affine() == sum && (scaledLeft + scaledRight).affine() == sum)
        #expect((JacobianPoint(left) + scaledRight).affine() == sum && (scaledRight + left).affine() == sum)
      }
      #expect(scaledP.doubled().affine() == p + p && JacobianPoint(p).doubled().affine() == p + p)
      #expect(!AffinePoint.isSum(p + q + p, of: p, q) && !AffinePoint.isSum(-(p + q), of: p, q), "the oracle refuses")
    }
  }

  @Test("addition commutes and associates, and multiples add as their numbers do")
  func laws() {
    var random = SeededGenerator()
    check(BN254.G1.self)
    check(BN254.G2.self)
    check(BLS12381.G1.self)
    check(BLS12381.G2.self)
    check(P256.self)
    func check<Curve: WeierstrassCurve>(_: Curve.Type) where Curve.Coordinate: NaiveCoordinate {
      let (p, q) = (AffinePoint<Curve>.random(&random), AffinePoint<Curve>.random(&random))
      let r = AffinePoint<Curve>.random(&random)
      let (jacobianP, jacobianQ, jacobianR) = (JacobianPoint(p), JacobianPoint(q), JacobianPoint(r))
      #expect((jacobianP + jacobianQ).isSame(as: jacobianQ + jacobianP) && p + q == q + p)
      #expect(((jacobianP + jacobianQ) + jacobianR).isSame(as: jacobianP + (jacobianQ + jacobianR)))
      #expect((p + q) + r == p + (q + r))
      var (a, b) = (random.limbs() as Limbs4, random.limbs() as Limbs4)
      // So that the sum has no carry.
      a.shiftRight(by: 1, bringingIn: 0)
      b.shiftRight(by: 1, bringingIn: 0)
      var sum = a
      #expect(sum.add(b) == 0)
      let multiples = (JacobianPoint.product(p, a), JacobianPoint.product(p, b))
      #expect((multiples.0 + multiples.1).isSame(as: JacobianPoint.product(p, sum)))
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

  @Test(
    "sums of many terms, by tables for each point and by buckets, are the one multiple of the generator",
    arguments: [23, 24, 30])
  func manyTerms(count: Int) {
    var random = SeededGenerator(name: "manyTerms(\(count))")
    check(BLS12381.generatorG1)
    check(BLS12381.generatorG2)
    func check<Curve: WeierstrassCurve>(_ generator: AffinePoint<Curve>) {
      let (terms, sum) = terms(count, generator, &random)
      #expect(JacobianPoint.sum(of: terms).isSame(as: sum), "tables")
      #expect(MultiScalar.sumByBuckets(terms).isSame(as: sum), "buckets")
    }
  }

  @Test("a sum of so many terms that buckets are taken for it is the one multiple of the generator")
  func bucketsFromManyTermsOn() {
    var random = SeededGenerator()
    let (terms, sum) = terms(200, BLS12381.generatorG1, &random)
    #expect(MultiScalar.sum(of: terms).isSame(as: sum))
  }

  /// Multiples of a point of BLS12-381's order with scalars, and the sum of their products by adding up the numbers.
  /// Points that come again, opposite points, infinity, zero and the highest number are among them.
  private func terms<Curve: WeierstrassCurve>(
    _ count: Int, _ generator: AffinePoint<Curve>, _ random: inout SeededGenerator
  ) -> (terms: [MultiScalar<Curve>.Term], sum: JacobianPoint<Curve>) {
    let order = NaiveInteger(BLS12381ScalarModulus.modulus)
    var multiple = random.next() >> 32
    var point = JacobianPoint.product(generator, Limbs4(multiple, 0, 0, 0)).affine()
    var terms: [MultiScalar<Curve>.Term] = []
    var total = NaiveInteger(0)
    while terms.count < count {
      if random.next() % 4 != 0 { (multiple, point) = (multiple + 1, point + generator) }
      let scalar = terms.count == 2 ? .zero : terms.count == 3 ? Limbs4(.max, .max, .max, .max) : random.limbs()
      switch terms.count % 6 {
      case 1:
        terms.append((-point, scalar))
        total = total + (order - NaiveInteger(multiple)) * NaiveInteger(scalar)
      case 4: terms.append((.infinity, scalar))
      default:
        terms.append((point, scalar))
        total = total + NaiveInteger(multiple) * NaiveInteger(scalar)
      }
    }
    return (terms, JacobianPoint.product(generator, (total % order).limbs()))
  }
}
