import Primitives
import TestSupport
import Testing

struct UInt256Tests {
  @Test("arithmetic agrees with schoolbook arithmetic on every pair of edge values")
  func edgePairs() {
    for left in edgeValues {
      for right in edgeValues where left <= right || right == .one { check(left, right) }
    }
  }

  @Test("arithmetic agrees with schoolbook arithmetic on random values")
  func randomPairs() {
    var random = SeededGenerator()
    for _ in 0..<1000 { check(randomUInt256(using: &random), randomUInt256(using: &random)) }
  }

  private func check(_ left: UInt256, _ right: UInt256) {
    let (a, b) = (Digits(left), Digits(right))
    let sum = left.addingReportingOverflow(right)
    #expect(sum.partialValue == (a + b).wrapped && sum.overflow == !(a + b).fits256, "\(left) + \(right)")
    #expect(left &+ right == sum.partialValue)
    let difference = left.subtractingReportingOverflow(right)
    #expect(difference.partialValue == (a + Digits.power256 - b).wrapped, "\(left) - \(right)")
    #expect(difference.overflow == (a < b) && (left < right) == (a < b))
    let product = left.multipliedReportingOverflow(by: right)
    #expect(product.partialValue == (a * b).wrapped && product.overflow == !(a * b).fits256, "\(left) * \(right)")
    #expect(left &* right == product.partialValue)
    let wide = left.multipliedFullWidth(by: right)
    #expect(Digits(wide.high) * Digits.power256 + Digits(wide.low) == a * b, "\(left) * \(right)")
  }

  @Test("division agrees with bitwise long division on edge values")
  func edgeDivision() {
    for (index, left) in edgeValues.enumerated() {
      // Every pair would be five thousand slow divisions; each value meets a different third of the others.
      for (other, right) in edgeValues.enumerated() where (index + other) % 3 == 0 { checkDivision(left, right) }
    }
  }

  @Test("division agrees with bitwise long division on random values")
  func randomDivision() {
    var random = SeededGenerator()
    for _ in 0..<500 {
      let left = randomUInt256(using: &random)
      checkDivision(left, randomUInt256(using: &random) >> Int.random(in: 0..<256, using: &random))
    }
  }

  private func checkDivision(_ left: UInt256, _ right: UInt256) {
    guard !right.isZero else { return }
    let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
    let expected = Digits(left).divided(by: Digits(right))
    #expect(Digits(quotient) == expected.quotient, "\(left.hex) / \(right.hex)")
    #expect(Digits(remainder) == expected.remainder, "\(left.hex) % \(right.hex)")
  }

  @Test("quotient times divisor plus remainder is the dividend, where digit estimates are corrected")
  func divisionInverse() {
    var random = SeededGenerator()
    for _ in 0..<20_000 {
      let divisor = randomUInt256(using: &random) >> Int.random(in: 0..<192, using: &random)
      let value = randomUInt256(using: &random)
      guard !divisor.isZero else { continue }
      let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
      #expect(remainder < divisor)
      #expect(quotient * divisor + remainder == value, "\(value.hex) by \(divisor.hex)")
    }
  }

  @Test("a digit whose estimate is one too large is corrected by adding the divisor back")
  func addBack() throws {
    for (value, divisor, quotient) in [
      (
        "0xffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000",
        "0x7fffffffffffffffffffffffffffffffffffffffffffffff839fb61f4aab0", "0x1fff"
      ),
      (
        "0xffffffffffffffff00000000000000002000000000000000", "0x1fffffffffffffffe0000000000000001bd41e935",
        "0x7fffffff"
      ),
    ] {
      let (dividend, by) = (try #require(UInt256(value)), try #require(UInt256(divisor)))
      #expect((dividend / by).hex == quotient)
    }
  }

  @Test("a shift moves every bit, and all of them out at 256 and beyond")
  func shifts() {
    var random = SeededGenerator()
    for shift in [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 191, 192, 200, 255, 256, 257, 1000] {
      let value = randomUInt256(using: &random)
      let bits = bits(of: value)
      let left = (0..<256).map { $0 >= shift && bits[$0 - shift] }
      let right = (0..<256).map { $0 + shift < 256 && bits[$0 + shift] }
      #expect(self.bits(of: value << shift) == left, "\(value.hex) << \(shift)")
      #expect(self.bits(of: value >> shift) == right, "\(value.hex) >> \(shift)")
    }
  }

  private func bits(of value: UInt256) -> [Bool] {
    value.bigEndianBytes.reversed().flatMap { byte in (0..<8).map { byte >> UInt8($0) & 1 == 1 } }
  }

  @Test("bitwise operators work on all four words")
  func bitwise() {
    var random = SeededGenerator()
    let (left, right) = (randomUInt256(using: &random), randomUInt256(using: &random))
    #expect((left & right).bigEndianBytes == zip(left.bigEndianBytes, right.bigEndianBytes).map { $0 & $1 })
    #expect((left | right).bigEndianBytes == zip(left.bigEndianBytes, right.bigEndianBytes).map { $0 | $1 })
    #expect((left ^ right).bigEndianBytes == zip(left.bigEndianBytes, right.bigEndianBytes).map { $0 ^ $1 })
    #expect((~left).bigEndianBytes == left.bigEndianBytes.map { ~$0 })
  }

  @Test("the leading zeros and the least number of bytes follow the highest bit")
  func widths() {
    #expect(UInt256.zero.leadingZeroBitCount == 256 && UInt256.zero.minimalByteCount == 0)
    for bit in 0..<256 {
      let value = UInt256.one << bit
      #expect(value.leadingZeroBitCount == 255 - bit && value.minimalByteCount == bit / 8 + 1)
      #expect(UInt64(exactly: value) == (bit < 64 ? 1 << UInt64(bit) : nil))
    }
  }

  @Test("bytes of every length up to 32 make a number, and 33 do not")
  func bytes() throws {
    for count in 0...32 {
      let bytes = [UInt8](repeating: 0xd1, count: count)
      let value = try #require(UInt256(bigEndian: bytes))
      #expect(value.minimalBigEndianBytes == bytes)
      #expect(value.bigEndianBytes == [UInt8](repeating: 0, count: 32 - count) + bytes)
    }
    let tooMany = [UInt8](repeating: 0, count: 33)
    #expect(UInt256(bigEndian: tooMany) == nil)
  }

  @Test("text is read back, and what is no number of 256 bits is not one")
  func text() {
    let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    #expect(UInt256.max.description == largest)
    #expect(UInt256(largest) == .max)
    #expect(UInt256("115792089237316195423570985008687907853269984665640564039457584007913129639936") == nil)
    #expect(UInt256("0x1" + String(repeating: "0", count: 64)) == nil)
    #expect(UInt256("0x" + String(repeating: "f", count: 64)) == .max)
    #expect(UInt256("10000000000000000000")?.description == "10000000000000000000")
    #expect(UInt256.zero.description == "0" && UInt256.zero.hex == "0x0")
    for text in ["", "0x", "-1", "+1", "1a", "0xg", " 1", "1_000"] { #expect(UInt256(text) == nil, "\(text)") }
    var random = SeededGenerator()
    for value in edgeValues + (0..<100).map({ _ in randomUInt256(using: &random) }) {
      #expect(UInt256(value.description) == value)
      #expect(UInt256(value.hex) == value)
    }
  }

  @Test("arithmetic that does not fit traps")
  func traps() async {
    await #expect(processExitsWith: .failure) { _ = UInt256.max + UInt256.one }
    await #expect(processExitsWith: .failure) { _ = UInt256.zero - UInt256.one }
    await #expect(processExitsWith: .failure) { _ = UInt256.max * 2 }
    await #expect(processExitsWith: .failure) { _ = UInt256.max / .zero }
  }
}
