public import Primitives

/// That a leaf stands at an index of a tree (RFC 9162, section 2.1.3).
public struct InclusionProof: Equatable, Sendable {
  /// Where the leaf stands, from 0.
  public let index: UInt64

  /// How many leaves the tree has.
  public let size: UInt64

  /// The siblings on the way from the leaf to the root, the leaf's own first: at most 64.
  public let hashes: [Hash256]

  public init(index: UInt64, size: UInt64, hashes: [Hash256]) {
    self.index = index
    self.size = size
    self.hashes = hashes
  }

  /// Makes the proof from the hashes of complete subtrees, of which it takes O(log n).
  ///
  /// - Precondition: `index` is below `size`.
  public init<E: Error>(
    index: UInt64, size: UInt64, hash: (_ level: Int, _ index: UInt64) throws(E) -> Hash256
  ) throws(E) {
    precondition(index < size, "a tree of \(size) leaves has no leaf \(index)")
    var hashes: [Hash256] = []
    for sibling in TreePath.siblings(level: 0, index: index, size: size) {
      hashes.append(try TreePath.hash(level: sibling.level, index: sibling.index, size: size, hash: hash))
    }
    self.init(index: index, size: size, hashes: hashes)
  }
}

extension InclusionProof {
  /// The root of the tree in which `leafHash` stands where the proof says (RFC 9162, section 2.1.3.2). O(log n) hashes.
  ///
  /// - Throws: when the proof has another number of hashes than a tree of this size asks for, or the tree has no such leaf.
  public func root(ofLeaf leafHash: Hash256) throws(ProofError) -> Hash256 {
    guard index < size else { throw .beyondTree(index: index, size: size) }
    var node = index
    var last = size - 1
    var root = leafHash
    for hash in hashes {
      guard last != 0 else { throw .tooManyHashes(hashes.count) }
      if node & 1 == 1 || node == last {
        root = MerkleHash.node(hash, root)
        // A right-most node without a sibling stands for its parent, up to where it is a right child.
        let skipped = UInt64(node.trailingZeroBitCount)
        node >>= skipped
        last >>= skipped
      } else {
        root = MerkleHash.node(root, hash)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0 else { throw .tooFewHashes(hashes.count) }
    return root
  }

  /// Throws unless the proof shows `leafHash` to stand where it says in the tree with this root.
  public func verify(leafHash: Hash256, root: Hash256) throws(ProofError) {
    let computed = try self.root(ofLeaf: leafHash)
    guard computed == root else { throw .wrongRoot(expected: root, computed: computed) }
  }
}
