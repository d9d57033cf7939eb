import EVM
import Foundation
import Primitives
import SecondMachine
import TestSupport
import Testing

@Suite("Published opcode vectors")
struct OpcodeVectorTests {
  struct Vector: Decodable {
    let x: String
    let y: String
    let expected: String

    enum CodingKeys: String, CodingKey {
      case x = "X"
      case y = "Y"
      case expected = "Expected"
    }
  }

  private static let opcodes: [String: UInt8] = [
    "add": 0x01, "mul": 0x02, "sub": 0x03, "div": 0x04, "sdiv": 0x05, "mod": 0x06, "smod": 0x07, "exp": 0x0a,
    "signext": 0x0b, "lt": 0x10, "gt": 0x11, "slt": 0x12, "sgt": 0x13, "eq": 0x14, "and": 0x16, "or": 0x17,
    "xor": 0x18, "byte": 0x1a, "shl": 0x1b, "shr": 0x1c, "sar": 0x1d,
  ]

  @Test("an instruction with two operands gives the published result", .enabled(if: Vectors.isExpected("geth-vectors")))
  func twoOperands() throws {
    guard let suite = try Vectors.directory("geth-vectors") else { return }
    let names = try FileManager.default.subpathsOfDirectory(atPath: suite).filter {
      $0.contains("testcases_") && $0.hasSuffix(".json")
    }
    #expect(names.count == 21)
    for path in names {
      let name = try #require(path.split(separator: "_").last?.dropLast(5))
      let opcode = try #require(Self.opcodes[String(name)], "\(name)")
      let vectors = try JSONDecoder().decode(
        [Vector].self, from: Data(contentsOf: URL(fileURLWithPath: "\(suite)/\(path)")))
      #expect(vectors.count >= 50)
      for vector in vectors {
        let x = try #require(UInt256("0x" + vector.x))
        let y = try #require(UInt256("0x" + vector.y))
        let output = run(x.pushed + y.pushed + [opcode] + returnTop).result.output
        #expect(output == UInt256("0x" + vector.expected)?.bigEndianBytes, "\(name) \(vector.x) \(vector.y)")
      }
    }
  }
}
