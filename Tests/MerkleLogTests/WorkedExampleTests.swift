import Foundation
import MerkleLog
import Primitives
import TestSupport
import Testing

@Suite("Docs/Proofs.md")
struct WorkedExampleTests {
  /// The code blocks below a heading.
  private func blocks(under heading: String) throws -> [String] {
    let text = try String(contentsOfFile: "\(packageRoot)/Docs/Proofs.md", encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n\(heading)\n").last)
      .components(separatedBy: "\n## ")[0]
    return section.components(separatedBy: "```\n").enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
  }

  @Test("the worked example is what the code computes, byte for byte, and its proof holds")
  func example() throws {
    let blocks = try blocks(under: "## Worked example")
    try #require(blocks.count == 3)
    let leaves = ["a", "b", "c"].map { MerkleHash.leaf([UInt8]($0.utf8)) }
    let left = MerkleHash.node(leaves[0], leaves[1])
    let hashes = blocks[0].split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    #expect(hashes.map { Hash256(hex: $0) } == leaves + [left, MerkleHash.node(left, leaves[2])])

    let key = try VerifierKey(blocks[1].trimmingCharacters(in: .newlines))
    let file = try ProofFile([UInt8](blocks[2].utf8))
    #expect(file.extra == [UInt8]("b".utf8) && file.index == 1 && file.hashes == [leaves[0], leaves[2]])
    #expect(file.encoded == blocks[2])
    #expect(try file.verify(leafHash: leaves[1], signedByAll: [key]).size == 3)
    let signer = try SignerKey(name: key.name, seed: (0..<32).map { UInt8($0) })
    #expect(signer.verifierKey == key)
    #expect(try file.note.signatures == [signer.sign(file.note.text)])
  }
}
