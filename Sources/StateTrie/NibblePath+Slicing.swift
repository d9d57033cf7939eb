public import Primitives

extension NibblePath {
  /// The first `length` nibbles. Traps beyond the path.
  @inlinable
  public func prefix(_ length: Int) -> NibblePath {
    precondition(length >= 0 && length <= count, "a prefix is no longer than its path")
    if length == count { return self }
    if length == 0 { return .root }
    // Zeros stand beyond `count`, so that equal paths have equal words.
    let shift = 256 - 4 * length
    return NibblePath(nibbles: (nibbles >> shift) << shift, count: length)
  }

  /// What remains after the first `length` nibbles. Traps beyond the path.
  @inlinable
  public func dropFirst(_ length: Int) -> NibblePath {
    precondition(length >= 0 && length <= count, "no more than the path can be dropped")
    if length == 0 { return self }
    if length == count { return .root }
    return NibblePath(nibbles: nibbles << (4 * length), count: count - length)
  }

  /// This path and then `other`. Traps above 64 nibbles.
  @inlinable
  public func appending(_ other: NibblePath) -> NibblePath {
    precondition(count + other.count <= NibblePath.maximumCount, "a path has at most 64 nibbles")
    if count == 0 { return other }
    if other.count == 0 { return self }
    return NibblePath(nibbles: nibbles | (other.nibbles >> (4 * count)), count: count + other.count)
  }

  /// This path and then one nibble. Traps above 64 nibbles.
  @inlinable
  public func appending(nibble: UInt8) -> NibblePath {
    precondition(count < NibblePath.maximumCount && nibble < 16, "a path has at most 64 nibbles, each below 16")
    let added = UInt128(nibble) &<< UInt128(truncatingIfNeeded: 124 &- 4 &* (count & 31))
    let sum =
      count < 32
      ? UInt256(low: nibbles.low, high: nibbles.high | added) : UInt256(low: nibbles.low | added, high: nibbles.high)
    return NibblePath(nibbles: sum, count: count + 1)
  }

  /// How many nibbles both paths begin with.
  @inlinable
  public func commonPrefixCount(with other: NibblePath) -> Int {
    let difference = UInt256(low: nibbles.low ^ other.nibbles.low, high: nibbles.high ^ other.nibbles.high)
    return min(difference.leadingZeroBitCount / 4, count, other.count)
  }

  /// Whether the path begins with `other`; every path begins with itself and with the root.
  @inlinable
  public func hasPrefix(_ other: NibblePath) -> Bool {
    commonPrefixCount(with: other) == other.count
  }
}
