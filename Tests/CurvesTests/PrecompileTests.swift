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
