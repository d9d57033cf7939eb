import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("Prime fields")
struct FieldTests {
  @Test("the constants of each modulus are what they are called")
  func constants() {
    check(BN254BaseModulus.self)
    check(BLS12381BaseModulus.self)
    check(BLS12381ScalarModulus.self)
    check(P256BaseModulus.self)
    check(P256OrderModulus.self)
    func check<Modulus: PrimeModulus>(_: Modulus.Type) {
      let bits = 64 * Modulus.Words.count
      let modulus = NaiveInteger(Modulus.modulus)
      let radix = NaiveInteger.power(ofTwo: bits)
      #expect(NaiveInteger(Modulus.radix) == radix % modulus)
      #expect(NaiveInteger(Modulus.radixSquared) == radix * radix % modulus)
      #expect(Modulus.modulus.lowest &* Modulus.negatedInverse == .max)
      #expect(Modulus.hasSpareBit == !Modulus.modulus.bit(at: bits - 1))
    }
  }

  @Test("sums, differences, products and squares are those of the schoolbook")
  func arithmetic() {
    var random = SeededGenerator()
    check(BN254BaseModulus.self, &random)
    check(BLS12381BaseModulus.self, &random)
    check(BLS12381ScalarModulus.self, &random)
    check(P256BaseModulus.self, &random)
    check(P256OrderModulus.self, &random)
  }

  private func check<Modulus: PrimeModulus>(_: Modulus.Type, _ random: inout SeededGenerator) {
    typealias Element = Fp<Modulus>
    let modulus = NaiveInteger(Modulus.modulus)
    let smallest = Element(montgomery: Modulus.Words { $0 == 0 ? 1 : 0 })
    let edges: [Element] = [
      .zero, .one, -.one, smallest, -smallest,
    ]
    let values = edges + (0..<5).map { _ in random.element() }
    for left in values {
      let l = NaiveInteger(left.number)
      #expect(l < modulus && Element(left.number) == left)
      #expect(NaiveInteger(left.squared().number) == l * l % modulus)
      #expect(NaiveInteger((-left).number) == (modulus - l) % modulus)
      #expect(left.doubled() == left + left && left.tripled() == left + left + left)
      for right in values.suffix(3) + edges {
        let r = NaiveInteger(right.number)
        #expect(NaiveInteger((left + right).number) == (l + r) % modulus)
        #expect(NaiveInteger((left - right).number) == (l + modulus - r) % modulus)
        #expect(NaiveInteger((left * right).number) == l * r % modulus)
      }
    }
  }

  @Test("a number not below the modulus is no element, and reducing it leaves what division leaves")
  func reduction() {
    var random = SeededGenerator()
    check(BN254BaseModulus.self)
    check(BLS12381BaseModulus.self)
    check(BLS12381ScalarModulus.self)
    check(P256BaseModulus.self)
    check(P256OrderModulus.self)
    func check<Modulus: PrimeModulus>(_: Modulus.Type) {
      let (modulus, one) = (NaiveInteger(Modulus.modulus), NaiveInteger(1))
      let bits = 64 * Modulus.Words.count
      let powers = [1, 32, 63, 64, 65, 127, 128, 192, 253, 254, 255, 256, 380, 381, 382, 383, 384].filter { $0 <= bits }
      let edges =
        [NaiveInteger(0), one, modulus - one, modulus, modulus + one] + powers.map { .power(ofTwo: $0) - one }
      let numbers = edges.map { $0.limbs(Modulus.Words.self) } + (0..<20).map { _ in random.limbs() }
      for number in numbers {
        let naive = NaiveInteger(number)
        #expect(NaiveInteger(Fp<Modulus>(reducing: number).number) == naive % modulus)
        #expect((Fp<Modulus>(number) == nil) == (naive >= modulus))
        #expect(Fp<Modulus>(number).map { $0.number == number } ?? true)
      }
      #expect(Fp<Modulus>(Modulus.modulus) == nil && Fp<Modulus>(reducing: Modulus.modulus).isZero)
      #expect(numbers.contains { Fp<Modulus>($0) == nil && $0 != Modulus.modulus })
    }
  }

  @Test("an inverse times its number is one, and the inverse of zero is zero")
  func inverses() {
    var random = SeededGenerator()
    check(BN254BaseModulus.self)
    check(BLS12381BaseModulus.self)
    check(BLS12381ScalarModulus.self)
    check(P256BaseModulus.self)
    check(P256OrderModulus.self)
    func check<Modulus: PrimeModulus>(_: Modulus.Type) {
      #expect(Fp<Modulus>.zero.inverse() == .zero)
      for value in [.one, -.one, Fp(2), -Fp(2), Fp(.max)] + (0..<6).map({ _ in random.element(Modulus.self) }) {
        #expect(value * value.inverse() == .one)
      }
    }
  }

  @Test("square roots square back, and exactly one of a number and its negative has one")
  func squareRoots() {
    var random = SeededGenerator()
    for _ in 0..<8 {
      let value: Fp<BLS12381BaseModulus> = random.element()
      let roots = [value.squareRoot(), (-value).squareRoot()]
      #expect(roots.count { $0 == nil } == 1)
      #expect(roots[0].map { $0.squared() == value } ?? true && roots[1].map { $0.squared() == -value } ?? true)
    }
  }

  @Test("powers are products")
  func powers() {
    var random = SeededGenerator()
    let base: Fp<P256BaseModulus> = random.element()
    var product = Fp<P256BaseModulus>.one
    for exponent in 0..<40 {
      #expect(base.power(Limbs4(UInt64(exponent), 0, 0, 0)) == product)
      product = product * base
    }
    #expect(base.power(Limbs4(0, 1, 0, 0)) == (0..<64).reduce(base) { power, _ in power.squared() })
  }

  @Test("bytes give the number they spell, and the number gives them back")
  func bytes() {
    let spelled = [UInt8](0..<60)
    let number = Limbs6(bigEndian: spelled.rawSpan, at: 5)
    var back: [UInt8] = []
    number.appendBigEndian(to: &back)
    #expect(back == [UInt8](spelled[5..<53]))
    #expect(
      Limbs4(hex: "123456789abcdef0fedcba9876543210") == Limbs4(0xfedc_ba98_7654_3210, 0x1234_5678_9abc_def0, 0, 0))
  }
}
