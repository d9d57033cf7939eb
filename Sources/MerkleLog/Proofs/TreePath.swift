import Primitives

/// What lies beside the way from a node to the root: the hashes that RFC 6962's proofs consist of.
///
/// Nodes are named by level (leaves are at 0) and by index from the left. In a tree of n leaves the node at level l and
/// index i covers the leaves from i·2^l up to (i + 1)·2^l or n, whichever is less; it is *complete* when it covers 2^l of
/// them, and then its hash is that of the same node in every larger tree. Each level has at most one node that is not.
enum TreePath {
  /// The siblings on the way from a node to the root of a tree of `size` leaves, lowest first. A node without a sibling
  /// stands for its parent, so its level adds nothing.
  static func siblings(level: Int, index: UInt64, size: UInt64) -> [(level: Int, index: UInt64)] {
    var siblings: [(level: Int, index: UInt64)] = []
    var (level, index) = (level, index)
    while (size - 1) >> UInt64(level) > 0 {
      let sibling = index ^ 1
      if sibling <= (size - 1) >> UInt64(level) { siblings.append((level, sibling)) }
      index >>= 1
      level += 1
    }
    return siblings
  }

  /// The hash of a node in a tree of `size` leaves, from those of complete subtrees.
  ///
  /// - Parameter hash: gives the hash of a complete subtree; asked once for a complete node, and otherwise once for each
  ///   bit set in what the node covers.
  static func hash<E: Error>(
    level: Int, index: UInt64, size: UInt64, hash: (_ level: Int, _ index: UInt64) throws(E) -> Hash256
  ) throws(E) -> Hash256 {
    guard index >= size >> UInt64(level) else { return try hash(level, index) }
    // The leaves that it covers are the last ones of the tree, as many as the bits of `size` below its level say.
    var joined: Hash256?
    for lower in 0..<level where size >> UInt64(lower) & 1 == 1 {
      let left = try hash(lower, (size >> UInt64(lower)) - 1)
      joined = joined.map { MerkleHash.node(left, $0) } ?? left
    }
    guard let joined else { preconditionFailure("the node covers no leaf of the tree") }
    return joined
  }
}
