public import Primitives

/// The right edge of an RFC 6962 tree: all that is needed to append leaves and to know the root.
///
/// A tree of n leaves is a row of complete subtrees, one for each bit that is set in n, largest first; the frontier is
/// their hashes. Appending a leaf is adding one in binary: each carry joins two subtrees of a level into one of the
/// next. Over many leaves that is two hashes a leaf, the leaf's own among them.
public struct Frontier: Equatable, Sendable {
  /// How many leaves the tree has.
  public private(set) var size: UInt64

  /// The hashes of the complete subtrees, largest first: as many as `size` has bits set.
  public private(set) var hashes: [Hash256]

  /// The frontier of the empty tree.
  public init() {
    size = 0
    hashes = []
  }

  /// The frontier of a stored tree; nil unless there is one hash for each bit set in `size`.
  public init?(size: UInt64, hashes: [Hash256]) {
    guard hashes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.hashes = hashes
  }

  /// Where the hashes of a tree of `size` leaves stand, largest first: what to fetch in order to restore a frontier.
  public static func subtrees(ofSize size: UInt64) -> [(level: Int, index: UInt64)] {
    (0..<64).reversed().filter { size >> UInt64($0) & 1 == 1 }.map { ($0, (size >> UInt64($0)) - 1) }
  }

  /// Appends a leaf.
  ///
  /// Costs one node hash for each trailing one of the old size: one for every leaf over many leaves.
  ///
  /// - Parameter completed: told every subtree that the leaf completes, the leaf itself (level 0) first and each next
  ///   one a level higher.
  /// - Precondition: the tree has fewer than 2⁶⁴ − 1 leaves.
  public mutating func append(leafHash: Hash256, completed: (Subtree) -> Void = { _ in }) {
    var subtree = Subtree(level: 0, index: size, hash: leafHash)
    completed(subtree)
    for _ in 0..<(~size).trailingZeroBitCount {
      let left = hashes.removeLast()
      subtree = Subtree(
        level: subtree.level + 1, index: subtree.index >> 1, hash: MerkleHash.node(left, subtree.hash))
      completed(subtree)
    }
    hashes.append(subtree.hash)
    size += 1
  }

  /// The root hash (RFC 6962, section 2.1): O(log n) node hashes, none for a tree of 2^k leaves.
  public var root: Hash256 {
    guard var root = hashes.last else { return MerkleHash.emptyRoot }
    for hash in hashes.dropLast().reversed() {
      root = MerkleHash.node(hash, root)
    }
    return root
  }
}
