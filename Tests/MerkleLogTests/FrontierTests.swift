import MerkleLog
import Primitives
import TestSupport
import Testing

struct FrontierTests {
  private let largest = 600

  private var leaves: [Hash256] {
    (0..<largest).map { MerkleHash.leaf([UInt8($0 & 0xff), UInt8($0 >> 8)]) }
  }

  @Test("the root at every size to 600 is the recursive definition's")
  func roots() {
    let leaves = leaves
    var oracle = RecursiveTree(leaves: leaves)
    var frontier = Frontier()
    #expect(frontier.root == MerkleHash.emptyRoot)
    for size in 1...largest {
      frontier.append(leafHash: leaves[size - 1])
      #expect(frontier.size == UInt64(size))
      #expect(frontier.root == oracle.root(0..<size), "size \(size)")
    }
  }

  @Test("each complete subtree is reported once, when its last leaf arrives, lowest first")
  func subtrees() {
    let leaves = leaves
    var oracle = RecursiveTree(leaves: leaves)
    var frontier = Frontier()
    for position in 0..<largest {
      var reported: [Subtree] = []
      frontier.append(leafHash: leaves[position]) { reported.append($0) }
      var expected: [Subtree] = []
      for level in 0...((position + 1).trailingZeroBitCount) {
        let start = position + 1 - 1 << level
        let index = UInt64(position >> level)
        expected.append(Subtree(level: level, index: index, hash: oracle.root(start..<position + 1)))
      }
      #expect(reported == expected, "leaf \(position)")
    }
  }

  @Test("a frontier restored from stored subtrees at any size goes on as if it had never stopped")
  func restore() throws {
    let leaves = leaves
    var stored: [[UInt64: Hash256]] = []
    var frontier = Frontier()
    for size in 0...largest {
      let wanted = Frontier.subtrees(ofSize: UInt64(size))
      let hashes = try wanted.map { try #require(stored[$0.level][$0.index]) }
      #expect(try #require(Frontier(size: UInt64(size), hashes: hashes)) == frontier)
      guard size < largest else { break }
      frontier.append(leafHash: leaves[size]) { subtree in
        if stored.count == subtree.level { stored.append([:]) }
        stored[subtree.level][subtree.index] = subtree.hash
      }
    }
  }

  @Test("a frontier has one hash for each bit of its size, or is none")
  func wrongCounts() {
    for size: UInt64 in 0...70 {
      for count in 0...8 {
        let hashes = [Hash256](repeating: .zero, count: count)
        #expect((Frontier(size: size, hashes: hashes) != nil) == (count == size.nonzeroBitCount))
      }
    }
  }

  @Test("a frontier of 2⁶⁴ − 2 leaves takes one more")
  func extremes() throws {
    let size = UInt64.max - 1
    var frontier = try #require(Frontier(size: size, hashes: [Hash256](repeating: .zero, count: 63)))
    #expect(Frontier.subtrees(ofSize: size).last?.index == size / 2 - 1)
    frontier.append(leafHash: .zero)
    #expect(frontier.size == .max && frontier.hashes.count == 64)
  }
}
