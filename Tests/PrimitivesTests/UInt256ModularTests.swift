import Primitives
import TestSupport
import Testing

@Suite("UInt256: modular and signed arithmetic")
struct UInt256ModularTests {
  /// Numbers at which carries, normalisation and estimates change.
  private static let edges: [UInt256] = {
    let powers = [0, 1, 31, 63, 64, 65, 127, 128, 129, 191, 192, 193, 254, 255].map { UInt256.one << $0 }
    return [.zero, 3, 7, .max, .max - 1] + powers + powers.map { $0 &- 1 } + powers.map { .zero &- $0 }
  }()

  /// Edges, and numbers of every length whose words are often all ones or all zeros.
  private static func number(_ generator: inout SeededGenerator) -> UInt256 {
    if generator.next() % 4 == 0 { return edges[Int(generator.next() % UInt64(edges.count))] }
    func word() -> UInt128 {
      let value = generator.next()
      return UInt128([0, .max, value, value, value][Int(generator.next() % 5)])
    }
    let value = UInt256(low: word() << 64 | word(), high: word() << 64 | word())
    return value >> Int(generator.next() % 256)
  }

  /// Doubling and adding, each reduced: slow and obvious.
  private func product(_ left: UInt256, _ right: UInt256, _ modulus: UInt256) -> UInt256 {
    var result = UInt256.zero
    for bit in (0..<256).reversed() {
      result = sum(result, result, modulus)
      if (right >> bit).low & 1 == 1 { result = sum(result, left % modulus, modulus) }
    }
    return result
  }

  /// Of two numbers less than the modulus.
  private func sum(_ left: UInt256, _ right: UInt256, _ modulus: UInt256) -> UInt256 {
    left >= modulus &- right && !right.isZero ? left &- (modulus &- right) : left &+ right
  }

  @Test("sums and products are reduced after, not before")
  func modular() {
    var generator = SeededGenerator()
    for _ in 0..<1500 {
      let (left, right) = (Self.number(&generator), Self.number(&generator))
      let modulus = Self.number(&generator)
      if modulus.isZero {
        #expect(UInt256.addingModulo(left, right, modulus) == .zero)
        #expect(UInt256.multiplyingModulo(left, right, modulus) == .zero)
      } else {
        #expect(
          UInt256.addingModulo(left, right, modulus) == sum(left % modulus, right % modulus, modulus),
          "\(left) + \(right) mod \(modulus)")
        #expect(
          UInt256.multiplyingModulo(left, right, modulus) == product(left, right, modulus),
          "\(left) · \(right) mod \(modulus)")
      }
    }
  }

  @Test("quotient and remainder give the dividend back, and the remainder is less than the divisor")
  func division() {
    var generator = SeededGenerator()
    for _ in 0..<20_000 {
      let (dividend, divisor) = (Self.number(&generator), Self.number(&generator))
      if divisor.isZero { continue }
      let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
      #expect(remainder < divisor, "\(dividend) / \(divisor)")
      let (high, low) = quotient.multipliedFullWidth(by: divisor)
      #expect(high.isZero && low &+ remainder == dividend, "\(dividend) / \(divisor)")
    }
  }

  @Test("a wide product's halves are what words give one by one")
  func wideProduct() {
    var generator = SeededGenerator()
    for _ in 0..<5_000 {
      let (left, right) = (Self.number(&generator), Self.number(&generator))
      var (high, low) = (UInt256.zero, UInt256.zero)
      for bit in 0..<256 where (right >> bit).low & 1 == 1 {
        let (sum, carry) = low.addingReportingOverflow(left << bit)
        low = sum
        high = high &+ (left >> (256 - bit)) &+ (carry ? .one : .zero)
      }
      let product = left.multipliedFullWidth(by: right)
      #expect(product == (high, low), "\(left) · \(right)")
      #expect(left &* right == low)
    }
  }

  @Test("a power is that many multiplications")
  func powers() {
    for base in Self.edges {
      var expected = UInt256.one
      for exponent in 0..<40 {
        #expect(base.power(UInt256(UInt64(exponent))) == expected)
        expected = expected &* base
      }
      #expect(base.power(.max) &* base == base.power(.one << 255) &* base.power(.one << 255))
    }
  }

  @Test("signed arithmetic agrees with Int128 where numbers are small")
  func signed() {
    func word(_ value: Int128) -> UInt256 {
      UInt256(low: UInt128(truncatingIfNeeded: value), high: value < 0 ? .max : 0)
    }
    let numbers: [Int128] = [0, 1, -1, 2, -2, 3, -3, 7, -7, 255, -256, 1 << 64, -(1 << 64), .max, .min + 1]
    for left in numbers {
      for right in numbers {
        #expect(word(left).isLessSigned(than: word(right)) == (left < right))
        if right != 0 {
          #expect(word(left).dividedSigned(by: word(right)) == word(left / right), "\(left) / \(right)")
          #expect(word(left).remainderSigned(dividingBy: word(right)) == word(left % right), "\(left) % \(right)")
        }
      }
      for shift in 0..<127 {
        #expect(word(left).shiftedRightSigned(by: UInt256(UInt64(shift))) == word(left >> Int128(shift)))
      }
      for shift in [127, 128, 200, 255, 256, 1000] as [UInt64] {
        #expect(word(left).shiftedRightSigned(by: UInt256(shift)) == word(left < 0 ? -1 : 0))
      }
    }
    let least = UInt256.one << 255
    #expect(least.dividedSigned(by: .max) == least)
    #expect(least.remainderSigned(dividingBy: .max) == .zero)
  }

  @Test("sign extension copies the highest bit of the chosen byte")
  func signExtension() {
    #expect(UInt256(0x7f).signExtended(fromByte: 0) == 0x7f)
    #expect(UInt256(0x1ff).signExtended(fromByte: 0) == .max)
    #expect(UInt256(0x80).signExtended(fromByte: 0) == .max &- 0x7f)
    for byte in 0..<31 {
      let bit = 8 * byte + 7
      let set = UInt256.one << bit
      #expect(set.signExtended(fromByte: UInt256(UInt64(byte))) == .zero &- set)
      #expect((set &- 1).signExtended(fromByte: UInt256(UInt64(byte))) == set &- 1)
    }
    #expect(UInt256(0x80).signExtended(fromByte: 31) == 0x80)
    #expect(UInt256(0x80).signExtended(fromByte: .max) == 0x80)
  }
}
