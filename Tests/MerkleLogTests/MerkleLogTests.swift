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

  private func hash(_ hex: String) -> Hash256? { Hash256(hex: hex) }
}
