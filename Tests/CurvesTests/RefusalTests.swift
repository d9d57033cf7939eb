import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("Refusals of precompiles")
struct RefusalTests {
  private typealias Run = (RawSpan) throws(CurveError) -> [UInt8]

  /// Why the contract refuses the input; nil when it does not.
  private func refusal(_ run: Run, _ input: [UInt8]) -> CurveError? {
    do {
      _ = try run(input.rawSpan)
      return nil
    } catch {
      return error
    }
  }

  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// Numbers one after the other, each as long as its contract wants it.
  private func bytes<Modulus: PrimeModulus>(_ numbers: [Fp<Modulus>]) -> [UInt8] {
    numbers.flatMap { bytes($0.number) }
  }

  private func bytes<Words: Limbs>(_ number: Words) -> [UInt8] {
    var bytes = zeros(Words.count == 6 ? 16 : 0)
    number.appendBigEndian(to: &bytes)
    return bytes
  }

  private func bytes(_ point: AffinePoint<BN254.G2>) -> [UInt8] {
    bytes([point.x.c1, point.x.c0, point.y.c1, point.y.c0])
  }

  private func bytes(_ point: AffinePoint<BLS12381.G2>) -> [UInt8] {
    bytes([point.x.c0, point.x.c1, point.y.c0, point.y.c1])
  }

  @Test("a coordinate equal to the modulus is refused wherever it stands")
  func modulus() {
    check(BN254Precompiles.add, coordinates: 4, of: BN254BaseModulus.self)
    check(BN254Precompiles.multiply, coordinates: 2, of: BN254BaseModulus.self, then: 32)
    check(BN254Precompiles.pairingCheck, coordinates: 6, of: BN254BaseModulus.self)
    check(BLS12381Precompiles.g1Add, coordinates: 4, of: BLS12381BaseModulus.self)
    check(BLS12381Precompiles.g2Add, coordinates: 8, of: BLS12381BaseModulus.self)
    check(BLS12381Precompiles.g1MultiScalarMultiply, coordinates: 2, of: BLS12381BaseModulus.self, then: 32)
    check(BLS12381Precompiles.g2MultiScalarMultiply, coordinates: 4, of: BLS12381BaseModulus.self, then: 32)
    check(BLS12381Precompiles.pairingCheck, coordinates: 6, of: BLS12381BaseModulus.self)
    check(BLS12381Precompiles.mapToG1, coordinates: 1, of: BLS12381BaseModulus.self)
    check(BLS12381Precompiles.mapToG2, coordinates: 2, of: BLS12381BaseModulus.self)
    // All zeros are infinity or the number zero, so nothing but the modulus, which is zero too, can be in the way.
    func check<Modulus: PrimeModulus>(
      _ run: Run, coordinates count: Int, of _: Modulus.Type, then rest: Int = 0
    ) {
      let zero = bytes(Modulus.Words.zero)
      #expect(refusal(run, zeros(count * zero.count + rest)) == nil)
      for index in 0..<count {
        let input = zeros(index * zero.count) + bytes(Modulus.modulus) + zeros((count - 1 - index) * zero.count + rest)
        #expect(refusal(run, input) == .numberOutOfRange, "coordinate \(index) of \(count)")
      }
    }
  }

  @Test("BN254 refuses a point off the curve, of either group, and a point of the twist off the subgroup")
  func pointsOfBN254() {
    #expect(refusal(BN254Precompiles.multiply, bytes(Limbs4(1, 0, 0, 0)) + bytes(Limbs4(3, 0, 0, 0))) == .notOnCurve)
    var random = SeededGenerator()
    let stray: AffinePoint<BN254.G2> = random.point { $0.element() }
    let off = AffinePoint<BN254.G2>(x: stray.x, y: stray.y + .one)
    #expect(!off.isOnCurve && stray.isOnCurve)
    for first in [AffinePoint<BN254.G1>.infinity, BN254.g1Generator] {
      let start = bytes([first.x, first.y])
      #expect(refusal(BN254Precompiles.pairingCheck, start + bytes(off)) == .notOnCurve)
      #expect(refusal(BN254Precompiles.pairingCheck, start + bytes(stray)) == .notInSubgroup)
      #expect(refusal(BN254Precompiles.pairingCheck, start + bytes(BN254.g2Generator)) == nil)
    }
  }

  @Test("BLS12-381 adds points of the twist of any order, and refuses them in products and pairings, and off the curve")
  func pointsOfBLS12381() {
    var random = SeededGenerator()
    let stray: AffinePoint<BLS12381.G2> = random.point { $0.element() }
    let off = AffinePoint<BLS12381.G2>(x: stray.x, y: stray.y + .one)
    #expect(!off.isOnCurve && stray.isOnCurve)
    let generator = bytes(BLS12381.generatorG2)
    let firsts = [zeros(128), bytes([BLS12381.generatorG1.x, BLS12381.generatorG1.y])]
    for (point, onAddition, onProduct) in [
      (bytes(stray), nil, .notInSubgroup), (bytes(off), .notOnCurve, .notOnCurve), (generator, nil, nil),
    ] as [([UInt8], CurveError?, CurveError?)] {
      #expect(refusal(BLS12381Precompiles.g2Add, point + generator) == onAddition)
      #expect(refusal(BLS12381Precompiles.g2MultiScalarMultiply, point + zeros(32)) == onProduct)
      #expect(
        refusal(BLS12381Precompiles.g2MultiScalarMultiply, generator + zeros(32) + point + zeros(32)) == onProduct)
      for first in firsts { #expect(refusal(BLS12381Precompiles.pairingCheck, first + point) == onProduct) }
    }
  }

  @Test("additions take points of small order, products and pairings only those of order r")
  func smallOrder() throws {
    let point = bytes(Limbs6.zero) + bytes(Limbs6(2, 0, 0, 0, 0, 0))
    let sum = try BLS12381Precompiles.g1Add((point + point).rawSpan)
    #expect(sum != zeros(128))
    #expect(refusal(BLS12381Precompiles.g1MultiScalarMultiply, point + zeros(32)) == .notInSubgroup)
    #expect(refusal(BLS12381Precompiles.pairingCheck, point + zeros(256)) == .notInSubgroup)
  }

  @Test("inputs that are not taken as padded must have exactly their length")
  func lengths() {
    let rows: [(run: Run, length: Int, isList: Bool, takesNone: Bool)] = [
      (BN254Precompiles.pairingCheck, 192, true, true),
      (BLS12381Precompiles.g1Add, 256, false, false), (BLS12381Precompiles.g2Add, 512, false, false),
      (BLS12381Precompiles.g1MultiScalarMultiply, 160, true, false),
      (BLS12381Precompiles.g2MultiScalarMultiply, 288, true, false),
      (BLS12381Precompiles.pairingCheck, 384, true, false), (BLS12381Precompiles.mapToG1, 64, false, false),
      (BLS12381Precompiles.mapToG2, 128, false, false),
    ]
    for row in rows {
      for count in [0, 1, row.length - 1, row.length, row.length + 1, 2 * row.length - 1, 2 * row.length] {
        let isTaken = count == row.length || (row.isList && count == 2 * row.length) || (row.takesNone && count == 0)
        #expect(refusal(row.run, zeros(count)) == (isTaken ? nil : .badLength(count, expected: row.length)))
      }
    }
  }

  @Test("no byte above a BLS12-381 coordinate may be set")
  func highBytes() {
    for offset in 0..<16 {
      let input = zeros(offset) + [1] + zeros(255 - offset)
      #expect(refusal(BLS12381Precompiles.g1Add, input) == .numberOutOfRange)
    }
  }
}
