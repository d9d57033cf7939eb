import Primitives

/// Encodings of nodes, one after the other in one piece of memory, so that reading or making a node allocates nothing.
///
/// Nothing is taken out: an arena lives as long as one update, or one batch of a builder.
struct NodeArena {
  /// What readers append to.
  var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  func copy(of range: Range<Int>) -> [UInt8] {
    bytes.rawSpan.extracting(range).bytes
  }

  /// The 32 bytes from `offset` on.
  func hash(at offset: Int) -> Hash256 {
    Hash256(bytes.rawSpan.extracting(offset..<offset + Hash256.byteCount))
  }

  /// Writes over the 32 bytes from `offset` on. Traps outside the arena.
  mutating func setHash(_ hash: Hash256, at offset: Int) { bytes.setHash(hash, at: offset) }

  func holds(_ value: [UInt8], at range: Range<Int>) -> Bool {
    bytes.rawSpan.extracting(range).holdsSameBytes(as: value.rawSpan)
  }
}

// Encodings are written once, front to back: every length is known before the first byte.
extension NodeArena {
  mutating func appendLeaf(suffix: NibblePath, value: [UInt8]) -> Range<Int> {
    let start = bytes.count
    appendListHeader(payloadLength: suffix.hexPrefixItemLength + NodeArena.encodedLength(of: value))
    suffix.withHexPrefixItem(isLeaf: true) { bytes.append(contentsOf: $0) }
    append(item: value)
    return start..<bytes.count
  }

  /// The child is sealed.
  mutating func appendExtension(suffix: NibblePath, child: NodeReference) -> Range<Int> {
    let start = bytes.count
    appendListHeader(payloadLength: suffix.hexPrefixItemLength + child.encodedByteCount)
    suffix.withHexPrefixItem(isLeaf: false) { bytes.append(contentsOf: $0) }
    child.append(to: &bytes)
    return start..<bytes.count
  }

  /// All sixteen children are sealed.
  mutating func appendBranch(children: ArraySlice<NodeReference>, value: [UInt8]) -> Range<Int> {
    let start = bytes.count
    var payloadLength = NodeArena.encodedLength(of: value)
    for child in children { payloadLength += child.encodedByteCount }
    appendListHeader(payloadLength: payloadLength)
    for child in children { child.append(to: &bytes) }
    append(item: value)
    return start..<bytes.count
  }

  private mutating func append(item value: [UInt8]) {
    if value.count == 1, value[0] < 0x80 {
      bytes.append(value[0])
    } else {
      appendHeader(payloadLength: value.count, short: 0x80, long: 0xb7)
      bytes.append(contentsOf: value.rawSpan)
    }
  }

  private mutating func appendListHeader(payloadLength: Int) {
    appendHeader(payloadLength: payloadLength, short: 0xc0, long: 0xf7)
  }

  /// An item's header as RLP has it (yellow paper, appendix B).
  private mutating func appendHeader(payloadLength length: Int, short: UInt8, long: UInt8) {
    if length < 56 {
      bytes.append(short + UInt8(truncatingIfNeeded: length))
      return
    }
    let lengthOfLength = NodeArena.headerLength(ofPayload: length) - 1
    bytes.append(long + UInt8(truncatingIfNeeded: lengthOfLength))
    for index in (0..<lengthOfLength).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
  }

  private static func encodedLength(of value: [UInt8]) -> Int {
    if value.count == 1, value[0] < 0x80 { return 1 }
    return headerLength(ofPayload: value.count) + value.count
  }

  private static func headerLength(ofPayload length: Int) -> Int {
    length < 56 ? 1 : 1 + (71 - length.leadingZeroBitCount) / 8
  }
}

extension [UInt8] {
  /// Writes over the 32 bytes from `offset` on. Traps outside the array.
  mutating func setHash(_ hash: Hash256, at offset: Int) {
    precondition(offset >= 0 && offset + Hash256.byteCount <= count, "a hash is written over another")
    unsafe withUnsafeMutableBytes { buffer in
      unsafe buffer.storeBytes(of: hash.word0.bigEndian, toByteOffset: offset, as: UInt64.self)
      unsafe buffer.storeBytes(of: hash.word1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
      unsafe buffer.storeBytes(of: hash.word2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
      unsafe buffer.storeBytes(of: hash.word3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }
  }
}
