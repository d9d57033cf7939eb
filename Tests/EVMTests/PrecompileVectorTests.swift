import EVM
import Foundation
import Primitives
import SecondMachine
import TestSupport
import Testing

@Suite("Published precompile vectors")
struct PrecompileVectorTests {
  struct Vector: Decodable {
    let name: String
    let input: String
    let expected: String?
    let gas: Int?

    enum CodingKeys: String, CodingKey {
      case name = "Name"
      case input = "Input"
      case expected = "Expected"
      case gas = "Gas"
    }
  }

  @Test(
    "a precompiled contract gives the published output for the published gas",
    .enabled(if: Vectors.isExpected("geth-vectors")),
    arguments: [
      ("ecRecover", Precompile.ecRecover, Revision.osaka),
      ("modexp", .modExp, .byzantium),
      ("modexp_eip2565", .modExp, .berlin),
      ("modexp_eip7883", .modExp, .osaka),
      ("blake2F", .blake2F, .osaka),
      ("bn256Add", .bn254Add, .osaka),
      ("pointEvaluation", .pointEvaluation, .osaka),
    ])
  func succeeds(file: String, precompile: Precompile, revision: Revision) throws {
    let vectors = try load("\(file).json")
    for vector in vectors {
      let input = try Hex.decode(vector.input)
      #expect(precompile.cost(of: input.rawSpan, revision) == vector.gas, "\(vector.name)")
      let output = try precompile.run(on: input.rawSpan, revision)
      #expect(Hex.encode(output) == "0x" + (vector.expected ?? ""), "\(vector.name)")
    }
  }

  @Test("a precompiled contract refuses the published bad inputs", .enabled(if: Vectors.isExpected("geth-vectors")))
  func fails() throws {
    for vector in try load("fail-blake2f.json") {
      let input = try Hex.decode(vector.input)
      let outcome = run(
        [UInt8](callData(to: Precompile.blake2F.address, count: input.count)), input: input, gas: 5_000_000)
      #expect(outcome.result.output == UInt256.zero.bigEndianBytes, "\(vector.name)")
    }
  }

  /// Code that calls `address` with all call data and returns whether that succeeded.
  private func callData(to address: Address, count: Int) -> [UInt8] {
    let size = [0x61, UInt8(count >> 8), UInt8(count & 0xff)]
    return size + [0x5f, 0x5f, 0x37] + [0x5f, 0x5f] + size + [0x5f] + UInt256(address).pushed
      + UInt256(1_000_000).pushed + [0xfa] + returnTop
  }

  private func load(_ file: String) throws -> [Vector] {
    guard let suite = try Vectors.directory("geth-vectors") else { return [] }
    let paths = try FileManager.default.subpathsOfDirectory(atPath: suite)
    let path = try #require(paths.first { $0.hasSuffix("precompiles/\(file)") }, "\(file)")
    return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: URL(fileURLWithPath: "\(suite)/\(path)")))
  }
}
