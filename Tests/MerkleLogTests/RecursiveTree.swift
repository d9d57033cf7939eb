import MerkleLog
import Primitives

/// RFC 6962, section 2.1, word by word, with a memory so that 600 sizes take seconds.
struct RecursiveTree {
  let leaves: [Hash256]
  private var known: [Range<Int>: Hash256] = [:]

  init(leaves: [Hash256]) {
    self.leaves = leaves
  }

  /// A tree of `size` leaves that all differ.
  init(size: Int) {
    self.init(leaves: (0..<size).map { MerkleHash.leaf([UInt8($0 & 0xff), UInt8($0 >> 8)]) })
  }

  /// MTH(D[range]).
  mutating func root(_ range: Range<Int>) -> Hash256 {
    if range.isEmpty { return MerkleHash.emptyRoot }
    if range.count == 1 { return leaves[range.lowerBound] }
    if let hash = known[range] { return hash }
    let middle = range.lowerBound + Self.split(range.count)
    let hash = MerkleHash.node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
    known[range] = hash
    return hash
  }

  /// PATH(index, D[range]), section 2.1.1.
  mutating func path(_ index: Int, in range: Range<Int>) -> [Hash256] {
    guard range.count > 1 else { return [] }
    let middle = range.lowerBound + Self.split(range.count)
    return index < middle
      ? path(index, in: range.lowerBound..<middle) + [root(middle..<range.upperBound)]
      : path(index, in: middle..<range.upperBound) + [root(range.lowerBound..<middle)]
  }

  /// PROOF(m, D[0:n]), section 2.1.2.
  mutating func proof(_ old: Int, _ new: Int) -> [Hash256] {
    old == 0 ? [] : subproof(old, in: 0..<new, isWhole: true)
  }

  private mutating func subproof(_ end: Int, in range: Range<Int>, isWhole: Bool) -> [Hash256] {
    if end == range.upperBound { return isWhole ? [] : [root(range)] }
    let middle = range.lowerBound + Self.split(range.count)
    return end <= middle
      ? subproof(end, in: range.lowerBound..<middle, isWhole: isWhole) + [root(middle..<range.upperBound)]
      : subproof(end, in: middle..<range.upperBound, isWhole: false) + [root(range.lowerBound..<middle)]
  }

  /// The hash of a complete subtree.
  mutating func hash(level: Int, index: UInt64) -> Hash256 {
    let width = 1 << level
    return root(Int(index) * width..<(Int(index) + 1) * width)
  }

  /// The largest power of two smaller than the number of leaves.
  private static func split(_ count: Int) -> Int {
    var split = 1
    while split * 2 < count { split *= 2 }
    return split
  }
}
