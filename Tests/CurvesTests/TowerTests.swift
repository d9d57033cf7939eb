import TestSupport
import Testing

@testable import Curves

@Suite("Towers of fields")
struct TowerTests {
  @Test("Fp2 multiplies as (a + bu)(c + du) with u² = −1 does")
  func quadratic() {
    var random = SeededGenerator()
    check(BN254BaseModulus.self)
    check(BLS12381BaseModulus.self)
    func check<Modulus: PrimeModulus>(_: Modulus.Type) {
      let edge = Fp2<Modulus>(-.one, -.one)
      for _ in 0..<20 {
        for (left, right) in [(random.element(), random.element()), (edge, random.element()), (edge, edge)]
          as [(Fp2<Modulus>, Fp2<Modulus>)]
        {
          let product = left * right
          #expect(product.c0 == left.c0 * right.c0 - left.c1 * right.c1)
          #expect(product.c1 == left.c0 * right.c1 + left.c1 * right.c0)
          #expect(left.squared() == left * left)
          #expect(left * left.inverse() == .one)
        }
      }
      let value: Fp2<Modulus> = random.element()
      #expect(value.power(Modulus.modulus) == value.conjugate, "the p-th power is the conjugate")
      #expect(value.squared().squareRoot().map { $0 == value || $0 == -value } == true)
    }
  }

  @Test("square roots in Fp2 exist for half of the elements, those of the base field included")
  func quadraticRoots() {
    var random = SeededGenerator()
    typealias Element = Fp2<BLS12381BaseModulus>
    var found = 0
    for _ in 0..<16 {
      let value: Element = random.element()
      guard let root = value.squareRoot() else { continue }
      #expect(root.squared() == value)
      found += 1
    }
    #expect(found > 0 && found < 16)
    for value in [Element(random.element(), .zero), .zero, .one, -.one] {
      #expect(value.squareRoot()?.squared() == value)
    }
  }

  @Test("the sixth and twelfth extensions are commutative rings with inverses, and their squares are products")
  func extensions() {
    var random = SeededGenerator()
    check(BN254.self)
    check(BLS12381.self)
    func check<Tower: PairingTower>(_: Tower.Type) {
      let (a, b, c) = (
        random.element(Tower.self) as Fp6, random.element() as Fp6<Tower>, random.element() as Fp6<Tower>
      )
      #expect(a * b == b * a && (a * b) * c == a * (b * c) && a * (b + c) == a * b + a * c)
      #expect(a * a.inverse() == .one && a * Fp6.one == a && a - a == .zero)
      let v = Fp6<Tower>(.zero, .one, .zero)
      #expect(v * v * v == Fp6(Tower.timesNonresidue(.one), .zero, .zero) && a.timesV() == a * v)
      #expect(a.timesSparse(b.c0, b.c1) == a * Fp6(b.c0, b.c1, .zero))
      #expect(a.timesSparse(v: b.c1) == a * Fp6(.zero, b.c1, .zero) && a * b.c0 == a * Fp6(b.c0, .zero, .zero))
      let (x, y, z) = (Fp12(a, b), Fp12(b, c), Fp12(c, a))
      #expect(x * y == y * x && (x * y) * z == x * (y * z) && x.squared() == x * x && x * x.inverse() == .one)
      let w = Fp12<Tower>(.zero, .one)
      #expect(w * w == Fp12(v, .zero))
    }
  }

  @Test("the product with a line is the product with all its zeros")
  func lines() {
    var random = SeededGenerator()
    check(BN254.self)
    check(BLS12381.self)
    func check<Tower: PairingTower>(_: Tower.Type) {
      let value: Fp12<Tower> = random.element()
      let (a, b, c) = (
        random.element(Tower.Modulus.self) as Fp2, random.element(Tower.Modulus.self) as Fp2, value.c1.c2
      )
      var onMTwist = value
      onMTwist.multiplyByLine(a, b, vw: c)
      #expect(onMTwist == value * Fp12(Fp6(a, b, .zero), Fp6(.zero, c, .zero)))
      var onDTwist = value
      onDTwist.multiplyByLine(a, w: b, vw: c)
      #expect(onDTwist == value * Fp12(Fp6(a, .zero, .zero), Fp6(b, c, .zero)))
    }
  }

  @Test("the Frobenius map is a ring map of order twelve, and in the cyclotomic subgroup squares are squares")
  func frobenius() {
    var random = SeededGenerator()
    check(BN254.self)
    check(BLS12381.self)
    func check<Tower: PairingTower>(_: Tower.Type) {
      let (x, y) = (random.element(Tower.self) as Fp12, random.element(Tower.self) as Fp12)
      #expect((x * y).frobenius() == x.frobenius() * y.frobenius())
      let sixth = (0..<3).reduce(x) { power, _ in power.frobeniusSquared() }
      #expect(sixth == x.conjugate && x.frobenius() != x && sixth.conjugate == x)
      let w = Fp12<Tower>(.zero, .one)
      #expect(w.frobenius() == w * Fp12(Fp6(Tower.frobenius.0, .zero, .zero), .zero))
      let first = x.conjugate * x.inverse()
      let cyclotomic = first.frobeniusSquared() * first
      #expect(cyclotomic.cyclotomicSquared() == cyclotomic * cyclotomic)
      #expect(cyclotomic * cyclotomic.conjugate == .one)
      #expect(cyclotomic.cyclotomicPower(11) == (0..<10).reduce(cyclotomic) { power, _ in power * cyclotomic })
      #expect(cyclotomic.cyclotomicPower(0) == .one && cyclotomic.cyclotomicPower(1) == cyclotomic)
    }
  }
}
