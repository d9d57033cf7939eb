import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("Precompiles")
struct PrecompileTests {
  @Test("BN254 takes short input as continued by zeros and long input as ended")
  func padding() throws {
    let infinity = [UInt8](repeating: 0, count: 64)
    let nothing: [UInt8] = []
    #expect(try BN254Precompiles.add(nothing.rawSpan) == infinity)
    var generator = [UInt8](repeating: 0, count: 64)
    generator[31] = 1
    generator[63] = 2
    #expect(try BN254Precompiles.add(generator.rawSpan) == generator)
    #expect(try BN254Precompiles.multiply(generator.rawSpan) == infinity)
    let long = generator + infinity + [1, 2, 3]
    #expect(try BN254Precompiles.add(long.rawSpan) == generator)
    #expect(try BN254Precompiles.pairingCheck(nothing.rawSpan) == Encoding.truth(true))
  }

  @Test("a coordinate that is not below the modulus, a point off the curve and one off the subgroup are refused")
  func malformed() throws {
    var modulus: [UInt8] = []
    BN254BaseModulus.modulus.appendBigEndian(to: &modulus)
    #expect(throws: CurveError.numberOutOfRange) { try BN254Precompiles.add(modulus.rawSpan) }
    var off = [UInt8](repeating: 0, count: 96)
    off[31] = 1
    off[63] = 3
    #expect(throws: CurveError.notOnCurve) { try BN254Precompiles.multiply(off.rawSpan) }
    var random = SeededGenerator()
    let stray: AffinePoint<BN254.G2> = random.point { $0.element() }
    var pair = [UInt8](repeating: 0, count: 64)
    for number in [stray.x.c1, stray.x.c0, stray.y.c1, stray.y.c0] { number.number.appendBigEndian(to: &pair) }
    #expect(throws: CurveError.notInSubgroup) { try BN254Precompiles.pairingCheck(pair.rawSpan) }
    #expect(throws: CurveError.badLength(191, expected: 192)) {
      try BN254Precompiles.pairingCheck(pair.rawSpan.extracting(first: 191))
    }
  }

  private func failure(_ body: () throws(CurveError) -> [UInt8]) -> CurveError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test("BLS12-381's inputs must have exactly their length")
  func lengths() {
    let zeros = [UInt8](repeating: 0, count: 2_000)
    typealias Run = (RawSpan) throws(CurveError) -> [UInt8]
    let rows: [(Run, Int, Bool)] = [
      (BLS12381Precompiles.g1Add, 256, false), (BLS12381Precompiles.g2Add, 512, false),
      (BLS12381Precompiles.g1MultiScalarMultiply, 160, true), (BLS12381Precompiles.g2MultiScalarMultiply, 288, true),
      (BLS12381Precompiles.pairingCheck, 384, true), (BLS12381Precompiles.mapToG1, 64, false),
      (BLS12381Precompiles.mapToG2, 128, false),
    ]
    for (run, length, isList) in rows {
      for count in [0, 1, length - 1, length, length + 1, 2 * length - 1, 2 * length] {
        let isTaken = count == length || (isList && count == 2 * length)
        let failure = failure { () throws(CurveError) in try run(zeros.rawSpan.extracting(first: count)) }
        #expect(failure == (isTaken ? nil : .badLength(count, expected: length)))
      }
    }
  }

  @Test("no byte above a BLS12-381 coordinate may be set")
  func highBytes() throws {
    for offset in 0..<16 {
      var input = [UInt8](repeating: 0, count: 256)
      input[offset] = 1
      #expect(throws: CurveError.numberOutOfRange) { try BLS12381Precompiles.g1Add(input.rawSpan) }
    }
  }

  @Test("additions take points of any order, products only those of order r")
  func smallOrder() throws {
    var point = [UInt8](repeating: 0, count: 128)
    point[127] = 2
    let sum = try BLS12381Precompiles.g1Add((point + point).rawSpan)
    #expect(sum != [UInt8](repeating: 0, count: 128))
    let term = point + [UInt8](repeating: 0, count: 32)
    #expect(throws: CurveError.notInSubgroup) { try BLS12381Precompiles.g1MultiScalarMultiply(term.rawSpan) }
    let pair = point + [UInt8](repeating: 0, count: 256)
    #expect(throws: CurveError.notInSubgroup) { try BLS12381Precompiles.pairingCheck(pair.rawSpan) }
  }

  @Test("the prices of EIP-196, 197, 1108 and 2537")
  func prices() {
    let (byzantium, istanbul) = (BN254Precompiles.Prices.byzantium, BN254Precompiles.Prices.istanbul)
    #expect(byzantium.pairingCheck(byteCount: 384) == 260_000 && istanbul.pairingCheck(byteCount: 384) == 113_000)
    #expect(byzantium.add == 500 && byzantium.multiply == 40_000 && istanbul.add == 150 && istanbul.multiply == 6_000)
    #expect(istanbul.pairingCheck(byteCount: 0) == 45_000 && istanbul.pairingCheck(byteCount: 191) == 45_000)
    #expect(BLS12381Precompiles.g1MultiScalarMultiplyGas(byteCount: 160) == 12_000)
    #expect(BLS12381Precompiles.g1MultiScalarMultiplyGas(byteCount: 160 * 128) == 12_000 * 128 * 519 / 1_000)
    #expect(BLS12381Precompiles.g1MultiScalarMultiplyGas(byteCount: 160 * 4_000) == 12_000 * 4_000 * 519 / 1_000)
    #expect(BLS12381Precompiles.g2MultiScalarMultiplyGas(byteCount: 288 * 3) == 22_500 * 3 * 923 / 1_000)
    #expect(BLS12381Precompiles.g2MultiScalarMultiplyGas(byteCount: 287) == 0)
    #expect(BLS12381Precompiles.pairingCheckGas(byteCount: 768) == 102_900)
  }
}
