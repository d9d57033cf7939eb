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

  @Test("the example of growth is what the code computes, and each step of its table leads to the two roots")
  func growth() throws {
    let blocks = try blocks(under: "## Worked example of growth")
    try #require(blocks.count == 2)
    let (a, b, c) = (MerkleHash.leaf([0x61]), MerkleHash.leaf([0x62]), MerkleHash.leaf([0x63]))
    let (d, e) = (MerkleHash.leaf([0x64]), MerkleHash.leaf([0x65]))
    let (ab, cd) = (MerkleHash.node(a, b), MerkleHash.node(c, d))
    let abcd = MerkleHash.node(ab, cd)
    let hashes = blocks[0].split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    #expect(hashes.map { Hash256(hex: $0) } == [d, e, cd, abcd, MerkleHash.node(abcd, e)])

    let key = try VerifierKey(try self.blocks(under: "## Worked example")[1].trimmingCharacters(in: .newlines))
    let file = try GrowthFile([UInt8](blocks[1].utf8))
    #expect(file.oldSize == 3 && file.hashes == [c, d, ab, e] && file.encoded == blocks[1])
    let oldRoot = MerkleHash.node(ab, c)
    #expect(try file.verify(oldRoot: oldRoot, signedByAll: [key]).root == MerkleHash.node(abcd, e))
    #expect(throws: NoteError.self) { try file.verify(oldRoot: ab, signedByAll: [key]) }
    let signer = try SignerKey(name: key.name, seed: (0..<32).map { UInt8($0) })
    #expect(try file.note.signatures == [signer.sign(file.note.text)])
    #expect(try steps(from: 3, to: 5, file.hashes) == [[2, 4, 1, 2], [1, 2, 0, 1], [0, 1, 0, 0]])
  }

  /// The numbers of the table: before each further hash, and after it.
  private func steps(from old: Int, to new: Int, _ hashes: [Hash256]) throws -> [[Int]] {
    var (a, b) = (old - 1, new - 1)
    while a % 2 == 1 { (a, b) = (a / 2, b / 2) }
    let computed = hashes.dropFirst().map { _ in
      let before = [a, b]
      if a % 2 == 1 || a == b {
        while a % 2 == 0, a != 0 { (a, b) = (a / 2, b / 2) }
      }
      (a, b) = (a / 2, b / 2)
      return before + [a, b]
    }
    let text = try String(contentsOfFile: "\(packageRoot)/Docs/Proofs.md", encoding: .utf8)
    for row in computed { #expect(text.contains("| \(row[0]), \(row[1]) | ")) }
    return computed
  }
}
