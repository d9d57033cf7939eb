package import Primitives

extension BatchData {
  /// The hashes beside the way from a block's commitment to the root, the lowest first. O(n) hashes.
  package static func path(to index: Int, in commitments: ArraySlice<Hash256>) -> [Hash256] {
    precondition(index >= 0 && index < commitments.count, "a path leads to a block of the batch")
    guard commitments.count > 1 else { return [] }
    let leftCount = split(commitments.count)
    let (left, right) = (commitments.prefix(leftCount), commitments.dropFirst(leftCount))
    return index < leftCount
      ? path(to: index, in: left) + [hash(of: right)] : path(to: index - leftCount, in: right) + [hash(of: left)]
  }

  /// The root over `count` commitments of which the one at `index` is this one, as the path has it; nil when the path
  /// does not have the length of a path there. O(log n) hashes.
  package static func root(from commitment: Hash256, at index: UInt64, of count: UInt64, path: [Hash256]) -> Hash256? {
    guard index < count, count <= UInt64(Int.max) else { return nil }
    var turns: [Bool] = []
    var (index, count) = (Int(index), Int(count))
    while count > 1 {
      let leftCount = split(count)
      let isLeft = index < leftCount
      turns.append(isLeft)
      (index, count) = isLeft ? (index, leftCount) : (index - leftCount, count - leftCount)
    }
    guard turns.count == path.count else { return nil }
    return zip(path, turns.reversed()).reduce(leaf(commitment)) { hash, step in
      step.1 ? node(hash, step.0) : node(step.0, hash)
    }
  }

  /// The largest power of two below `count`, which is at least 2.
  private static func split(_ count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}
