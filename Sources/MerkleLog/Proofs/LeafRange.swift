public import Primitives

/// A run of leaves that has a root of its own within every tree that contains it: it begins at a multiple of the least
/// power of two that is not below its length (`draft-ietf-plants-merkle-tree-certs`, "Subtrees").
///
/// The first n leaves are such a run for every n, so the proof that a tree has grown is the case that begins at 0. No
/// leaves are such a run anywhere.
public struct LeafRange: Equatable, Sendable {
  public let start: UInt64

  /// The leaf after the last.
  public let end: UInt64

  /// Nil when the leaves are no subtree.
  public init?(start: UInt64, end: UInt64) {
    guard start <= end else { return nil }
    if start < end {
      // The bits that count within the run; `start` has none of them.
      let bits = 64 - (end - start - 1).leadingZeroBitCount
      guard start.trailingZeroBitCount >= bits else { return nil }
    }
    self.start = start
    self.end = end
  }

  /// The first `size` leaves.
  init(whole size: UInt64) {
    start = 0
    end = size
  }

  /// How many leaves there are.
  public var count: UInt64 { end - start }

  /// Throws unless the hashes show that the leaves of the tree with `treeRoot` in this range have the root `rangeRoot`.
  ///
  /// RFC 9162, section 2.1.4.2, where the range begins at 0; otherwise the same procedure with the range's first leaf going
  /// along, so that what lies to its left is joined into the tree's root alone. Every tree contains no leaves, so an empty
  /// range says nothing about the tree's root. O(log n) hashes.
  public func verify(
    root rangeRoot: Hash256, in size: UInt64, root treeRoot: Hash256, hashes: [Hash256]
  ) throws(ProofError) {
    guard end <= size else { throw .shrinks(from: end, to: size) }
    guard count > 0 else {
      guard hashes.isEmpty else { throw .tooManyHashes(hashes.count) }
      guard rangeRoot == MerkleHash.emptyRoot else {
        throw .wrongRoot(expected: rangeRoot, computed: MerkleHash.emptyRoot)
      }
      return
    }
    var (first, node, last) = (start, end - 1, size - 1)
    func ascend(_ levels: Int) {
      first >>= UInt64(levels)
      node >>= UInt64(levels)
      last >>= UInt64(levels)
    }
    // Up to the subtree at the range's right edge that is complete in both trees, or to the whole range.
    let whole = 64 - (first ^ node).leadingZeroBitCount
    ascend(node == last ? whole : min(whole, (~node).trailingZeroBitCount))
    var rest = hashes[...]
    var (computedRange, computedTree) = (rangeRoot, rangeRoot)
    if first != node {
      guard let hash = rest.popFirst() else { throw .tooFewHashes(hashes.count) }
      (computedRange, computedTree) = (hash, hash)
    }
    for hash in rest {
      guard last != 0 else { throw .tooManyHashes(hashes.count) }
      if node & 1 == 1 || node == last {
        if first < node { computedRange = MerkleHash.node(hash, computedRange) }
        computedTree = MerkleHash.node(hash, computedTree)
        ascend(node.trailingZeroBitCount)
      } else {
        computedTree = MerkleHash.node(computedTree, hash)
      }
      ascend(1)
    }
    guard last == 0 else { throw .tooFewHashes(hashes.count) }
    guard computedRange == rangeRoot else { throw .wrongRoot(expected: rangeRoot, computed: computedRange) }
    guard computedTree == treeRoot else { throw .wrongRoot(expected: treeRoot, computed: computedTree) }
  }
}
