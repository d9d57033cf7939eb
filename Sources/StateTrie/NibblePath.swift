public import Primitives

/// A path from the root of a trie: up to 64 nibbles, most significant half of each key byte first.
///
/// Names a node of the trie, or a leaf by its whole key. Held in place: making, cutting and comparing allocate nothing.
@frozen
public struct NibblePath: Sendable, BitwiseCopyable, Hashable {
  /// The nibbles, the first in the highest bits; zero beyond `count`.
  @usableFromInline let nibbles: UInt256

  /// How many nibbles the path has.
  public let count: Int

  /// The longest path: no trie of Ethereum has keys above 32 bytes.
  @inlinable public static var maximumCount: Int { 64 }

  /// The path of the root.
  @inlinable public static var root: NibblePath { NibblePath(nibbles: .zero, count: 0) }

  @inlinable
  init(nibbles: UInt256, count: Int) {
    self.nibbles = nibbles
    self.count = count
  }

  /// The 64 nibbles of a hashed key.
  @inlinable
  public init(_ key: Hash256) {
    self.init(nibbles: UInt256(key), count: NibblePath.maximumCount)
  }

  /// The first hashed key that begins with this path: zeros follow.
  public var firstKey: Hash256 { Hash256(nibbles) }

  /// The nibbles of a key of at most 32 bytes. Traps on a longer one: the caller knows its keys.
  public init(key: [UInt8]) {
    precondition(key.count <= 32, "a trie key has at most 32 bytes")
    self.init(nibbles: NibblePath.leftAligned(key.rawSpan), count: 2 * key.count)
  }

  /// The 32 bytes that begin with `bytes` and go on with zeros, as a number.
  static func leftAligned(_ bytes: RawSpan) -> UInt256 {
    var high: UInt128 = 0
    var low: UInt128 = 0
    for offset in 0..<bytes.byteCount {
      let byte = UInt128(bytes.byte(at: offset))
      if offset < 16 { high |= byte &<< UInt128(120 - 8 * offset) } else { low |= byte &<< UInt128(248 - 8 * offset) }
    }
    return UInt256(low: low, high: high)
  }

  /// Whether this is the path of the root.
  @inlinable public var isRoot: Bool { count == 0 }

  /// The nibble at `index`, 0 being the first. Traps outside the path.
  @inlinable
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "no nibble there")
    let half = index < 32 ? nibbles.high : nibbles.low
    return UInt8(truncatingIfNeeded: half &>> UInt128(truncatingIfNeeded: 124 &- 4 &* (index & 31))) & 15
  }
}

extension NibblePath: Comparable {
  /// The order of storage keys: by nibbles, and a path after all that it is the beginning of.
  ///
  /// So children stand before their parent, which is the order in which nodes can be hashed, and the order in which
  /// `TrieBuilder` takes leaves and gives nodes. Keys of equal length are simply in the order of their bytes.
  @inlinable
  public static func < (left: NibblePath, right: NibblePath) -> Bool {
    if left.commonPrefixCount(with: right) < min(left.count, right.count) { return left.nibbles < right.nibbles }
    return left.count > right.count
  }
}

extension NibblePath: CustomStringConvertible, CustomDebugStringConvertible {
  /// One hexadecimal digit for each nibble, or `root`.
  public var description: String {
    if isRoot { return "root" }
    return String(decoding: (0..<count).map { Array("0123456789abcdef".utf8)[Int(self[$0])] }, as: UTF8.self)
  }

  public var debugDescription: String { description }
}
