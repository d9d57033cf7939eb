import MerkleLog
import Primitives
import TestSupport
import Testing

struct MerkleLogTests {
  @Test("known entries have their known hashes")
  func knownAnswers() {
    #expect(MerkleHash.emptyRoot == hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    #expect(MerkleHash.leaf([]) == hash("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"))
    #expect(
      MerkleHash.leaf([UInt8]("L123456".utf8))
        == hash("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"))
  }

  @Test("a leaf of any length is hashed with its prefix, short or long")
  func leafLengths() {
    for (count, expected) in leafHashes {
      let entry = (0..<count).map { UInt8($0 % 251) }
      #expect(MerkleHash.leaf(entry) == hash(expected), "\(count) bytes")
    }
  }

  @Test("a node is hashed with its prefix")
  func node() {
    let (left, right) = (MerkleHash.leaf([1]), MerkleHash.leaf([2]))
    #expect(MerkleHash.node(left, right) == hash(nodeHash))
    #expect(MerkleHash.node(left, right) != MerkleHash.node(right, left))
  }

  @Test("lists of leaves and of nodes have the hashes that each has alone")
  func lists() {
    for count in [0, 1, 2, 15, 16, 17, 31, 64, 99] {
      for length in [1, 54, 55, 62, 64, 118, 119] {
        let entries = (0..<count).map { entry in (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + entry) } }
        let leaves = entries.map { MerkleHash.leaf($0) }
        #expect(MerkleHash.leaves(entries.flatMap(\.self), length: length) == leaves, "\(count) of \(length) bytes")
        let nodes = (0..<count / 2).map { MerkleHash.node(leaves[2 * $0], leaves[2 * $0 + 1]) }
        #expect(MerkleHash.nodes(over: leaves) == nodes, "over \(count)")
      }
    }
  }

  private func hash(_ hex: String) -> Hash256? { Hash256(hex: hex) }
}
