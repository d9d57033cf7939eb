import Primitives

/// A branch whose children are hashes, and that has no value: nearly all branches of a large trie. Its parts are read and
/// replaced where they are.
public struct PlainBranch: Sendable, BitwiseCopyable {
  /// Which children there are, the lowest bit for nibble 0: two at least.
  public let mask: UInt16

  /// Where the children begin.
  let start: Int

  /// The branch with these children whose encoding stands at `offset`.
  public init(mask: UInt16, at offset: Int) {
    self.mask = mask
    start = offset + Self.byteCount(mask: mask) - Self.payloadLength(mask: mask)
  }

  /// The branch that `node` is, which stands at `offset`; nil when it is something else. Anything else, and anything
  /// malformed, is left to `TrieNode.decode`, which says what is wrong with it.
  public init?(_ node: RawSpan, at offset: Int) {
    guard node.byteCount > 2 * Hash256.byteCount, let start = Self.listStart(node) else { return nil }
    var mask: UInt16 = 0
    var place = start
    for nibble in 0..<16 {
      guard place < node.byteCount else { return nil }
      switch node.byte(at: place) {
      case 0x80: place += 1
      case 0xa0:
        mask |= 1 &<< UInt16(truncatingIfNeeded: nibble)
        place += 1 + Hash256.byteCount
      default: return nil
      }
    }
    guard place == node.byteCount - 1, node.byte(at: place) == 0x80, mask.nonzeroBitCount > 1 else { return nil }
    self.mask = mask
    self.start = offset + start
  }

  /// Bytes of the encoding of a branch with these children: a header, a byte for each child and for the value, and the
  /// hashes.
  static func byteCount(mask: UInt16) -> Int {
    let payloadLength = payloadLength(mask: mask)
    return payloadLength + (payloadLength > 255 ? 3 : 2)
  }

  func has(_ nibble: Int) -> Bool { mask &>> UInt16(truncatingIfNeeded: nibble) & 1 == 1 }

  /// Where the hash of a child stands that is there.
  func hashOffset(of nibble: Int) -> Int {
    let below = mask & ((1 as UInt16) &<< UInt16(truncatingIfNeeded: nibble) &- 1)
    return start + nibble + Hash256.byteCount * below.nonzeroBitCount + 1
  }

  private static func payloadLength(mask: UInt16) -> Int { 17 + Hash256.byteCount * mask.nonzeroBitCount }

  /// Bytes before the items of a list that is all of `node`, as a branch's length has them; nil for anything else.
  private static func listStart(_ node: RawSpan) -> Int? {
    let length = node.byteCount
    switch node.byte(at: 0) {
    case 0xf8: return length - 2 == Int(node.byte(at: 1)) ? 2 : nil
    case 0xf9:
      let payload = Int(node.bigEndian(at: 1, as: UInt16.self))
      return payload > 255 && length - 3 == payload ? 3 : nil
    default: return nil
    }
  }
}
