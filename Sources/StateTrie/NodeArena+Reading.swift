import Primitives

/// A branch in an arena whose children are hashes, and that has no value: nearly all branches of a large trie. Its parts
/// are read and replaced where they are.
struct PlainBranch {
  /// Where the children begin.
  let start: Int

  /// Which children there are, the lowest bit for nibble 0.
  let mask: UInt16

  func has(_ nibble: Int) -> Bool { mask &>> UInt16(truncatingIfNeeded: nibble) & 1 == 1 }

  /// Where the hash of a child stands that is there.
  func hashOffset(of nibble: Int) -> Int {
    let below = mask & ((1 as UInt16) &<< UInt16(truncatingIfNeeded: nibble) &- 1)
    return start + nibble + Hash256.byteCount * below.nonzeroBitCount + 1
  }
}

// What the common shapes of nodes hold, found without decoding. Anything else, and anything malformed, is left to
// `TrieNode.decode`, which says what is wrong with it.
extension NodeArena {
  /// The branch that `range` is; nil when it is something else.
  func plainBranch(in range: Range<Int>) -> PlainBranch? {
    let node = bytes.rawSpan.extracting(range)
    guard node.byteCount > 2 * Hash256.byteCount, let start = NodeArena.listStart(node) else { return nil }
    var mask: UInt16 = 0
    var offset = start
    for nibble in 0..<16 {
      guard offset < node.byteCount else { return nil }
      switch node.byte(at: offset) {
      case 0x80: offset += 1
      case 0xa0:
        mask |= 1 &<< UInt16(truncatingIfNeeded: nibble)
        offset += 1 + Hash256.byteCount
      default: return nil
      }
    }
    guard offset == node.byteCount - 1, node.byte(at: offset) == 0x80, mask.nonzeroBitCount > 1 else { return nil }
    return PlainBranch(start: range.lowerBound + start, mask: mask)
  }

  /// Where the value stands if `range` is a leaf with this suffix; nil when it is something else.
  func leafValue(in range: Range<Int>, suffix: NibblePath) -> Range<Int>? {
    let node = bytes.rawSpan.extracting(range)
    var length = 0
    suffix.withHexPrefixItem(isLeaf: true) { expected in
      do throws(RLPError) { length = try NodeArena.valueLength(ofLeaf: node, expected) } catch { length = 0 }
    }
    return length == 0 ? nil : range.upperBound - length..<range.upperBound
  }

  /// Zero when the node is no leaf with this first item.
  private static func valueLength(ofLeaf node: RawSpan, _ expected: RawSpan) throws(RLPError) -> Int {
    var reader = RLPReader(node)
    var items = try reader.readList()
    try reader.finish()
    guard try items.readRawItem().holdsSameBytes(as: expected) else { return 0 }
    let length = try items.readBytes().byteCount
    return items.isAtEnd ? length : 0
  }

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
