import EVM
import Primitives
import TestSupport
import Testing

@Suite("Modular powers")
struct ModExpTests {
  private func input(_ base: [UInt8], _ exponent: [UInt8], _ modulus: [UInt8]) -> [UInt8] {
    [base, exponent, modulus].flatMap { UInt256(UInt64($0.count)).bigEndianBytes } + base + exponent + modulus
  }

  private func run(_ input: [UInt8]) throws -> [UInt8] { try Precompile.modExp.run(on: input.rawSpan, .osaka) }

  private func expect(
    _ base: [UInt8], _ exponent: [UInt8], _ modulus: [UInt8], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let output = try run(input(base, exponent, modulus))
    let divisor = NaiveInteger(bigEndian: modulus)
    let expected =
      divisor == NaiveInteger(0)
      ? divisor : NaiveInteger(bigEndian: base).power(exponent, modulo: divisor)
    #expect(
      output == expected.bigEndian(count: modulus.count),
      "\(Hex.encode(base)) ^ \(Hex.encode(exponent)) mod \(Hex.encode(modulus))", sourceLocation: location)
  }

  @Test("every base and exponent below 24, modulo every number below 256")
  func smallWorld() throws {
    for modulus in UInt8.min...UInt8.max {
      for base: UInt8 in [0, 1, 2, 3, 5, 6, 12, 16, 23, 0xff] {
        var power = modulus == 0 ? 0 : 1 % Int(modulus)
        for exponent in UInt8(0)..<24 {
          let output = try run(input([base], [exponent], [modulus]))
          #expect(output == [UInt8(power)], "\(base) ^ \(exponent) mod \(modulus)")
          power = modulus == 0 ? 0 : power * Int(base) % Int(modulus)
        }
      }
    }
  }

  @Test("long exponents modulo every number of one byte: reducing the exponent changes nothing")
  func longExponentsOfSmallModuli() throws {
    var generator = SeededGenerator()
    for modulus in UInt8(1)...UInt8.max {
      for _ in 0..<4 {
        let exponent = generator.bytes(count: 2 + Int(generator.next() % 40))
        try expect(generator.bytes(count: 1), exponent, [modulus])
        try expect([UInt8(truncatingIfNeeded: generator.next()) & 0xfe], exponent, [modulus])
      }
    }
  }

  @Test("odd and even moduli of one to nine words against the schoolbook", arguments: Shape.allCases)
  func shapes(shape: Shape) throws {
    var generator = SeededGenerator()
    for length in [1, 2, 3, 7, 8, 9, 12, 16, 17, 24, 31, 32, 33, 40, 48, 64, 72] {
      for exponentLength in [0, 1, 1, 2, 3, length <= 16 ? 20 : 4] {
        let modulus = shape.modulus(length, &generator)
        let baseLength = [1, length, length, length + 9][Int(generator.next() % 4)]
        var base = generator.bytes(count: baseLength)
        // Half of the bases share powers of two with even moduli.
        if generator.next() % 2 == 0 { base[baseLength - 1] &= 0xf8 }
        try expect(base, generator.bytes(count: exponentLength), modulus)
      }
    }
  }

  /// What a modulus is made of decides which way the arithmetic goes.
  enum Shape: CaseIterable {
    case odd, even, half, powerOfTwo, threeTimesPowerOfTwo, allOnes, short

    func modulus(_ length: Int, _ generator: inout SeededGenerator) -> [UInt8] {
      var bytes = generator.bytes(count: length)
      let place = Int(generator.next() % UInt64(length))
      switch self {
      case .odd: bytes[length - 1] |= 1
      case .even: bytes[length - 1] = bytes[length - 1] & 0xf0 | 0x10
      case .half: bytes.replaceSubrange((length / 2)..., with: repeatElement(0, count: length - length / 2))
      case .powerOfTwo:
        bytes = [UInt8](repeating: 0, count: length)
        bytes[place] = 1 << UInt8(generator.next() % 8)
      case .threeTimesPowerOfTwo:
        bytes = [UInt8](repeating: 0, count: length)
        bytes[place] = 3 << UInt8(generator.next() % 7)
      case .allOnes: bytes = [UInt8](repeating: 0xff, count: length)
      case .short: bytes.replaceSubrange(..<place, with: repeatElement(0, count: place))
      }
      return bytes
    }
  }

  @Test("what lies beyond the input's end is zero, wherever it ends")
  func truncated() throws {
    var generator = SeededGenerator()
    for (baseCount, exponentCount, modulusCount) in [(3, 2, 4), (9, 3, 12), (1, 4, 1), (20, 9, 33)] {
      let whole = generator.bytes(count: baseCount + exponentCount + modulusCount)
      let counts = [baseCount, exponentCount, modulusCount].flatMap { UInt256(UInt64($0)).bigEndianBytes }
      for end in 0...whole.count {
        let cut = whole.prefix(end) + [UInt8](repeating: 0, count: whole.count - end)
        let filled = try run(counts + cut)
        #expect(try run(counts + whole.prefix(end)) == filled, "\(end)")
      }
    }
  }

  @Test("an exponent that is one and ten thousand zeros raises as often to the power of 256")
  func trailingZeros() throws {
    let count = 10_000
    var expected: UInt64 = 3
    for _ in 1..<count { for _ in 0..<8 { expected = expected * expected % 251 } }
    let counts = [1, count, 1].flatMap { UInt256(UInt64($0)).bigEndianBytes }
    let written = [3, 1] + [UInt8](repeating: 0, count: count - 1) + [251]
    #expect(try run(counts + written) == [UInt8(expected)])
    // Where the input ends within the exponent, no modulus is left.
    #expect(try run(counts + [3, 1]) == [0])
  }

  @Test("a length that is priced at nothing is not looked at: no modulus, an exponent longer than any memory")
  func nothingForNothing() throws {
    let counts = [UInt256.zero, .max, .zero].flatMap(\.bigEndianBytes)
    #expect(Precompile.modExp.cost(of: counts.rawSpan, .byzantium) == 0)
    #expect(try Precompile.modExp.run(on: counts.rawSpan, .byzantium) == [])
  }
}
