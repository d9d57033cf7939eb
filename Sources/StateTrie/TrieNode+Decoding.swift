import Primitives

extension TrieNode {
  /// Reads the encoding of the node at `path`.
  ///
  /// Only what a trie can hold is accepted: canonical RLP and hex-prefix, no path beyond 64 nibbles, no empty leaf, no
  /// extension of nothing, no branch with fewer than two ways on, no embedded node that is long enough to be hashed.
  static func decode(_ encoding: [UInt8], at path: NibblePath) throws(TrieNodeError) -> TrieNode {
    let result: Result<TrieNode, TrieNodeError>
    do {
      result = try read(encoding, at: path)
    } catch {
      throw .notRLP(error)
    }
    return try result.get()
  }

  private static func read(
    _ encoding: [UInt8], at path: NibblePath
  ) throws(RLPError) -> Result<TrieNode, TrieNodeError> {
    var reader = RLPReader(encoding.rawSpan)
    var items = try reader.readList()
    try reader.finish()
    let key = try items.readRawItem()
    let content = try items.readRawItem()
    return items.isAtEnd ? try pair(key, content, at: path) : try branch(encoding, at: path)
  }

  private static func pair(
    _ key: RawSpan, _ content: RawSpan, at path: NibblePath
  ) throws(RLPError) -> Result<TrieNode, TrieNodeError> {
    var keyReader = RLPReader(key)
    guard !keyReader.peekIsList, let (suffix, isLeaf) = NibblePath.readHexPrefix(try keyReader.readBytes()) else {
      return .failure(.badHexPrefix)
    }
    guard path.count + suffix.count <= NibblePath.maximumCount else { return .failure(.pathTooLong) }
    if isLeaf {
      var reader = RLPReader(content)
      let value = try reader.readBytes().bytes
      return value.isEmpty ? .failure(.emptyValue) : .success(.leaf(suffix: suffix, value: value))
    }
    guard suffix.count > 0 else { return .failure(.emptyExtension) }
    guard let child = reference(content), !child.isEmpty else { return .failure(.badChild) }
    return .success(.extension(suffix: suffix, child: child))
  }

  private static func branch(
    _ encoding: [UInt8], at path: NibblePath
  ) throws(RLPError) -> Result<TrieNode, TrieNodeError> {
    var reader = RLPReader(encoding.rawSpan)
    var items = try reader.readList()
    var branch = Branch.empty
    for nibble in 0..<16 {
      guard let child = reference(try items.readRawItem()) else { return .failure(.badChild) }
      branch.children[nibble] = child
    }
    branch.value = try items.readBytes().bytes
    guard items.isAtEnd else { return .failure(.badItemCount) }
    guard branch.occupancy > 1 else { return .failure(.lonelyBranch) }
    guard path.count < NibblePath.maximumCount else { return .failure(.pathTooLong) }
    return .success(.branch(branch))
  }

  /// The child that `item`, one RLP item with its header, names; nil when it names none.
  private static func reference(_ item: RawSpan) -> NodeReference? {
    let first = item.byte(at: 0)
    if item.byteCount == 1 { return first == 0x80 ? .empty : nil }
    if item.byteCount == 1 + Hash256.byteCount {
      return first == 0xa0 ? .hash(Hash256(item.extracting(1..<item.byteCount))) : nil
    }
    return first >= 0xc0 && item.byteCount < Hash256.byteCount ? .embedded(item) : nil
  }
}
