import Primitives

// What the common shapes of nodes hold, found without decoding. Anything else, and anything malformed, is left to
// `TrieNode.decode`, which says what is wrong with it.
extension NodeArena {
  /// The branch that `range` is; nil when it is something else.
  func plainBranch(in range: Range<Int>) -> PlainBranch? {
    PlainBranch(bytes.rawSpan.extracting(range), at: range.lowerBound)
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
}
