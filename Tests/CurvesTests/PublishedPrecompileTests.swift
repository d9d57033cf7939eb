// Published precompile vectors: of each file a sample, so that a debug build stays quick. `varve conformance precompile`
// takes them all.

import Foundation
import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("Published precompile vectors")
struct PublishedPrecompileTests {
  private static let suite = "geth-vectors"

  /// A precompile under the name that the vectors' files have.
  private struct Row: Sendable {
    let file: String
    let gas: @Sendable (Int) -> UInt64
    let run: @Sendable (RawSpan) throws(CurveError) -> [UInt8]

    init(
      _ file: String, gas: @escaping @Sendable (Int) -> UInt64,
      run: @escaping @Sendable (RawSpan) throws(CurveError) -> [UInt8]
    ) {
      self.file = file
      self.gas = gas
      self.run = run
    }
  }

  private static let prices = BN254Precompiles.Prices.istanbul

  private static let rows: [Row] = [
    Row("bn256Add", gas: { _ in prices.add }, run: BN254Precompiles.add),
    Row("bn256ScalarMul", gas: { _ in prices.multiply }, run: BN254Precompiles.multiply),
    Row("bn256Pairing", gas: prices.pairingCheck(byteCount:), run: BN254Precompiles.pairingCheck),
    Row("blsG1Add", gas: { _ in BLS12381Precompiles.g1AddGas }, run: BLS12381Precompiles.g1Add),
    Row(
      "blsG1Mul", gas: BLS12381Precompiles.g1MultiScalarMultiplyGas, run: BLS12381Precompiles.g1MultiScalarMultiply),
    Row(
      "blsG1MultiExp", gas: BLS12381Precompiles.g1MultiScalarMultiplyGas,
      run: BLS12381Precompiles.g1MultiScalarMultiply),
    Row("blsG2Add", gas: { _ in BLS12381Precompiles.g2AddGas }, run: BLS12381Precompiles.g2Add),
    Row(
      "blsG2Mul", gas: BLS12381Precompiles.g2MultiScalarMultiplyGas, run: BLS12381Precompiles.g2MultiScalarMultiply),
    Row(
      "blsG2MultiExp", gas: BLS12381Precompiles.g2MultiScalarMultiplyGas,
      run: BLS12381Precompiles.g2MultiScalarMultiply),
    Row("blsMapG1", gas: { _ in BLS12381Precompiles.mapToG1Gas }, run: BLS12381Precompiles.mapToG1),
    Row("blsMapG2", gas: { _ in BLS12381Precompiles.mapToG2Gas }, run: BLS12381Precompiles.mapToG2),
    Row("blsPairing", gas: BLS12381Precompiles.pairingCheckGas, run: BLS12381Precompiles.pairingCheck),
    Row("p256Verify", gas: { _ in P256Precompile.gas }, run: P256Precompile.verify),
  ]

  /// How many vectors of a file a debug build takes.
  private static let sampleCount = 2

  /// Failing calls of these are not among the vectors.
  private static let unpublished = ["fail-bn256Add", "fail-bn256ScalarMul", "fail-bn256Pairing", "fail-p256Verify"]

  private struct Vector {
    let name: String
    let input: [UInt8]
    /// Nil where the call must fail.
    let expected: (output: [UInt8], gas: UInt64)?
  }

  /// The vectors of `file`, evenly sampled and the longest inputs left to the release runner.
  private func sample(_ file: String) throws -> [Vector] {
    guard let directory = try Vectors.directory(Self.suite) else { return [] }
    let path = "\(directory)/core/vm/testdata/precompiles/\(file).json"
    guard FileManager.default.fileExists(atPath: path) else {
      #expect(Self.unpublished.contains(file), "\(path) is missing")
      return []
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    let vectors = try cases.map { vector in
      let output = try (vector["Expected"] as? String).map { try Hex.decode($0) }
      let gas = (vector["Gas"] as? NSNumber)?.uint64Value
      return Vector(
        name: "\(file)/\(try #require(vector["Name"] as? String))",
        input: try Hex.decode(try #require(vector["Input"] as? String)),
        expected: output.flatMap { output in gas.map { (output, $0) } })
    }.filter { $0.input.count < 1_000 }
    let step = max(1, vectors.count / Self.sampleCount)
    return stride(from: 0, to: vectors.count, by: step).map { vectors[$0] }
  }

  @Test("outputs and gas are the published ones", .enabled(if: Vectors.isExpected(suite)), arguments: rows.indices)
  func valid(row: Int) throws {
    let row = Self.rows[row]
    for vector in try sample(row.file) {
      let expected = try #require(vector.expected, "\(vector.name)")
      #expect(try row.run(vector.input.rawSpan) == expected.output, "\(vector.name)")
      #expect(row.gas(vector.input.count) == expected.gas, "\(vector.name)")
    }
  }

  @Test("what must fail fails", .enabled(if: Vectors.isExpected(suite)), arguments: rows.indices)
  func failing(row: Int) throws {
    let row = Self.rows[row]
    for vector in try sample("fail-\(row.file)") {
      #expect(throws: CurveError.self, "\(vector.name)") { try row.run(vector.input.rawSpan) }
    }
  }

  @Test(
    "the published point evaluation is accepted, and no byte of it may change", .enabled(if: Vectors.isExpected(suite)))
  func pointEvaluation() throws {
    let vector = try #require(try sample("pointEvaluation").first)
    let expected = try #require(vector.expected)
    // The versioned hash is taken from the input: hashing belongs to the caller.
    let hash = Hash256(vector.input.rawSpan.extracting(first: 32))
    #expect(try PointEvaluation.run(vector.input.rawSpan) { _ in hash } == expected.output)
    #expect(PointEvaluation.gas == expected.gas)
    for offset in [0, 40, 70, 96, 120, 150, 191] {
      var damaged = vector.input
      damaged[offset] ^= 1
      #expect(throws: CurveError.self, "byte \(offset)") {
        try PointEvaluation.run(damaged.rawSpan) { _ in hash }
      }
    }
    #expect(throws: CurveError.badLength(191, expected: 192)) {
      try PointEvaluation.run(vector.input.rawSpan.extracting(first: 191)) { _ in hash }
    }
  }
}
