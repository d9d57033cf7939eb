public import Primitives

/// That a tree is what an earlier one has grown into: the earlier leaves are its first, unchanged (RFC 9162, section
/// 2.1.4).
///
/// A tree without leaves grows into every tree, by a proof without hashes; and the proof between a tree and itself has
/// none.
public struct ConsistencyProof: Equatable, Sendable {
  /// How many leaves the earlier tree has.
  public let oldSize: UInt64

  /// How many leaves the later tree has.
  public let newSize: UInt64

  /// At most 65.
  public let hashes: [Hash256]

  public init(oldSize: UInt64, newSize: UInt64, hashes: [Hash256]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.hashes = hashes
  }

  /// Makes the proof from the hashes of complete subtrees, of which it takes O(log n).
  ///
  /// - Precondition: `oldSize` is at most `newSize`.
  public init<E: Error>(
    oldSize: UInt64, newSize: UInt64, hash: (_ level: Int, _ index: UInt64) throws(E) -> Hash256
  ) throws(E) {
    precondition(oldSize <= newSize, "a tree of \(newSize) leaves has not grown from one of \(oldSize)")
    var hashes: [Hash256] = []
    if oldSize > 0, oldSize < newSize {
      // The subtree at the earlier tree's right edge. Where it is the whole earlier tree its hash is known.
      let level = oldSize.trailingZeroBitCount
      let index = (oldSize >> UInt64(level)) - 1
      if index > 0 { hashes.append(try hash(level, index)) }
      for sibling in TreePath.siblings(level: level, index: index, size: newSize) {
        hashes.append(try TreePath.hash(level: sibling.level, index: sibling.index, size: newSize, hash: hash))
      }
    }
    self.init(oldSize: oldSize, newSize: newSize, hashes: hashes)
  }
}

extension ConsistencyProof {
  /// Throws unless the proof shows that the tree with `newRoot` begins with the leaves of the tree with `oldRoot`. O(log n)
  /// hashes.
  public func verify(oldRoot: Hash256, newRoot: Hash256) throws(ProofError) {
    try LeafRange(whole: oldSize).verify(root: oldRoot, in: newSize, root: newRoot, hashes: hashes)
    // A tree without leaves has one root.
    guard newSize > 0 || newRoot == oldRoot else { throw .wrongRoot(expected: newRoot, computed: oldRoot) }
  }
}
