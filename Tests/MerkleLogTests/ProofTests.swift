import MerkleLog
import Primitives
import TestSupport
import Testing

struct ProofTests {
  private static let largest = 600

  /// Up to this size every bit of every proof is changed; above it is a sample of them. `Tools/faults proofs` does so up to
  /// `largest`, in a release build.
  private static let completeSize = 20

  @Test("every inclusion proof of every tree to 600 leaves is the recursive definition's, and holds")
  func inclusion() throws {
    var tree = RecursiveTree(size: Self.largest)
    for size in 1...Self.largest {
      let root = tree.root(0..<size)
      for index in 0..<size {
        let proof = tree.inclusionProof(index, size)
        guard proof.hashes == tree.path(index, in: 0..<size) else {
          Issue.record("another proof of leaf \(index) of \(size)")
          return
        }
        try proof.verify(leafHash: tree.leaves[index], root: root)
      }
    }
  }

  @Test("every consistency proof between trees to 600 leaves is the recursive definition's, and holds")
  func consistency() throws {
    var tree = RecursiveTree(size: Self.largest)
    for new in 0...Self.largest {
      for old in 0...new {
        let proof = tree.consistencyProof(old, new)
        guard proof.hashes == tree.proof(old, new) else {
          Issue.record("another proof of \(new) leaves after \(old)")
          return
        }
        try proof.verify(oldRoot: tree.root(0..<old), newRoot: tree.root(0..<new))
      }
    }
  }

  @Test("no changed inclusion proof holds: no bit, no hash more or less, no other index, leaf or root")
  func changedInclusion() throws {
    var random = SeededGenerator()
    var tally = Tally()
    var tree = RecursiveTree(size: Self.largest)
    for size in 1...Self.largest {
      let root = tree.root(0..<size)
      for index in sample(0..<size, of: size, &random) {
        let leaf = tree.leaves[index]
        let proof = tree.inclusionProof(index, size)
        for hashes in changes(of: proof.hashes, ofSize: size, &random) {
          let changed = InclusionProof(index: proof.index, size: proof.size, hashes: hashes)
          tally.count { try changed.verify(leafHash: leaf, root: root) }
        }
        for other in [index - 1, index + 1, size] where other >= 0 && other != index {
          let moved = InclusionProof(index: UInt64(other), size: proof.size, hashes: proof.hashes)
          tally.count { try moved.verify(leafHash: leaf, root: root) }
        }
        tally.count { try proof.verify(leafHash: leaf.flipped(bit: index % 256), root: root) }
        tally.count { try proof.verify(leafHash: leaf, root: root.flipped(bit: size % 256)) }
      }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused > 100_000)
  }

  @Test("no changed consistency proof holds: no bit, no hash more or less, no other root")
  func changedConsistency() throws {
    var random = SeededGenerator()
    var tally = Tally()
    var tree = RecursiveTree(size: Self.largest)
    for new in 1...Self.largest {
      let newRoot = tree.root(0..<new)
      for old in sample(0..<new + 1, of: new, &random) {
        let oldRoot = tree.root(0..<old)
        let proof = tree.consistencyProof(old, new)
        for hashes in changes(of: proof.hashes, ofSize: new, &random) {
          let changed = ConsistencyProof(oldSize: proof.oldSize, newSize: proof.newSize, hashes: hashes)
          tally.count { try changed.verify(oldRoot: oldRoot, newRoot: newRoot) }
        }
        tally.count { try proof.verify(oldRoot: oldRoot.flipped(bit: 9), newRoot: newRoot) }
        // Every tree has grown from the empty one, so that proof says nothing about the later root.
        guard old > 0 else { continue }
        tally.count { try proof.verify(oldRoot: oldRoot, newRoot: newRoot.flipped(bit: 9)) }
      }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused > 100_000)
  }

  @Test("proofs of the largest trees are made and hold")
  func extremes() throws {
    // All leaves are equal, so a complete subtree's hash follows from its level.
    var levels = [MerkleHash.leaf([])]
    for level in 0..<64 { levels.append(MerkleHash.node(levels[level], levels[level])) }
    let hash: (Int, UInt64) -> Hash256 = { level, _ in levels[level] }
    let sizes: [UInt64] = [.max, 1 << 63, (1 << 63) + 1, 0x5555_5555_5555_5555]
    for size in sizes {
      let root = try #require(
        Frontier(size: size, hashes: Frontier.subtrees(ofSize: size).map { levels[$0.level] })
      ).root
      for index: UInt64 in [0, 1, size / 2, size - 2, size - 1] {
        try InclusionProof(index: index, size: size, hash: hash).verify(leafHash: levels[0], root: root)
      }
      for old: UInt64 in [1, 1 << 62, size / 3, size - 1, size] {
        let oldRoot = try #require(
          Frontier(size: old, hashes: Frontier.subtrees(ofSize: old).map { levels[$0.level] })
        ).root
        try ConsistencyProof(oldSize: old, newSize: size, hash: hash).verify(oldRoot: oldRoot, newRoot: root)
      }
    }
  }

  @Test("a tree does not shrink, and has no leaf behind its last")
  func beyond() {
    #expect(throws: ProofError.shrinks(from: 2, to: 1)) {
      try ConsistencyProof(oldSize: 2, newSize: 1, hashes: []).verify(oldRoot: .zero, newRoot: .zero)
    }
    #expect(throws: ProofError.beyondTree(index: 1, size: 1)) {
      try InclusionProof(index: 1, size: 1, hashes: []).verify(leafHash: .zero, root: .zero)
    }
    #expect(throws: ProofError.beyondTree(index: 0, size: 0)) {
      try InclusionProof(index: 0, size: 0, hashes: []).verify(leafHash: .zero, root: .zero)
    }
  }

  /// All numbers of a range where the tree is small; one of them otherwise.
  private func sample(_ range: Range<Int>, of size: Int, _ random: inout SeededGenerator) -> [Int] {
    size <= Self.completeSize ? Array(range) : [Int.random(in: range, using: &random)]
  }

  /// The hashes with every bit changed in turn where the tree is small, otherwise with one bit of each hash; with one hash
  /// less, at either end; with one more, at either end; in another order.
  private func changes(
    of hashes: [Hash256], ofSize size: Int, _ random: inout SeededGenerator
  ) -> [[Hash256]] {
    var changes: [[Hash256]] = [hashes + [.zero], [.zero] + hashes]
    if let first = hashes.first, let last = hashes.last {
      changes += [Array(hashes.dropLast()), Array(hashes.dropFirst()), hashes + [last], [first] + hashes]
      if hashes.count > 1 { changes.append(hashes.reversed()) }
    }
    for place in hashes.indices {
      let bits = size <= Self.completeSize ? Array(0..<256) : [Int.random(in: 0..<256, using: &random)]
      for bit in bits {
        var changed = hashes
        changed[place] = hashes[place].flipped(bit: bit)
        changes.append(changed)
      }
    }
    return changes
  }
}

extension RecursiveTree {
  mutating func inclusionProof(_ index: Int, _ size: Int) -> InclusionProof {
    InclusionProof(index: UInt64(index), size: UInt64(size)) { hash(level: $0, index: $1) }
  }

  mutating func consistencyProof(_ old: Int, _ new: Int) -> ConsistencyProof {
    ConsistencyProof(oldSize: UInt64(old), newSize: UInt64(new)) { hash(level: $0, index: $1) }
  }
}

extension Hash256 {
  /// With one bit changed.
  func flipped(bit: Int) -> Hash256 {
    var words = [word0, word1, word2, word3]
    words[bit / 64] ^= 1 << UInt64(bit % 64)
    return Hash256(words[0], words[1], words[2], words[3])
  }
}
