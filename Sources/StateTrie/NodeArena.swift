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
    let payloadLength = suffix.hexPrefixItemLength + NodeArena.encodedLength(of: value)
    suffix.withHexPrefixItem(isLeaf: true) { path in
      bytes.append(addingCapacity: NodeArena.headerLength(ofPayload: payloadLength) + payloadLength) { leaf in
        leaf.appendListHeader(payloadLength: payloadLength)
        leaf.append(contentsOf: path)
        leaf.append(item: value)
      }
    }
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
    bytes.append(addingCapacity: NodeArena.encodedLength(of: value)) { $0.append(item: value) }
    return start..<bytes.count
  }

  private mutating func appendListHeader(payloadLength length: Int) {
    bytes.append(addingCapacity: NodeArena.headerLength(ofPayload: length)) {
      $0.appendListHeader(payloadLength: length)
    }
  }

  private static func encodedLength(of value: [UInt8]) -> Int {
    if value.count == 1, value[0] < 0x80 { return 1 }
    return headerLength(ofPayload: value.count) + value.count
  }

  fileprivate static func headerLength(ofPayload length: Int) -> Int {
    length < 56 ? 1 : 1 + (71 - length.leadingZeroBitCount) / 8
  }
}

// What RLP puts together (yellow paper, appendix B), in memory that is there already.
extension OutputSpan<UInt8> {
  @_lifetime(self: copy self)
  fileprivate mutating func appendListHeader(payloadLength: Int) {
    appendHeader(payloadLength: payloadLength, short: 0xc0, long: 0xf7)
  }

  @_lifetime(self: copy self)
  fileprivate mutating func append(item value: [UInt8]) {
    if value.count == 1, value[0] < 0x80 {
      append(value[0])
    } else {
      appendHeader(payloadLength: value.count, short: 0x80, long: 0xb7)
      append(contentsOf: value.rawSpan)
    }
  }

  @_lifetime(self: copy self)
  private mutating func appendHeader(payloadLength length: Int, short: UInt8, long: UInt8) {
    if length < 56 {
      append(short + UInt8(truncatingIfNeeded: length))
      return
    }
    let lengthOfLength = NodeArena.headerLength(ofPayload: length) - 1
    append(long + UInt8(truncatingIfNeeded: lengthOfLength))
    for index in (0..<lengthOfLength).reversed() { append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
  }

  @_lifetime(self: copy self)
  fileprivate mutating func append(contentsOf source: RawSpan) {
    let size = source.byteCount
    precondition(size <= freeCapacity, "there is room for what is appended")
    guard size > 0 else { return }
    unsafe source.withUnsafeBytes { bytes in
      unsafe withUnsafeMutableBufferPointer { buffer, count in
        unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          .copyMemory(from: bytes)
        count += size
      }
    }
  }
}

extension [UInt8] {
  /// Writes over the 32 bytes from `offset` on. Traps outside the array.
  mutating func setHash(_ hash: Hash256, at offset: Int) {
    setHashes(CollectionOfOne(hash), at: CollectionOfOne(offset))
  }

  /// Writes each hash over the 32 bytes from its offset on. Traps outside the array.
  mutating func setHashes(_ hashes: some Collection<Hash256>, at offsets: some Collection<Int>) {
    precondition(hashes.count == offsets.count, "each hash has a place")
    unsafe withUnsafeMutableBytes { buffer in
      for (hash, offset) in zip(hashes, offsets) {
        precondition(
          offset >= 0 && offset + Hash256.byteCount <= buffer.count, "a hash is written over another")
        unsafe buffer.storeBytes(of: hash.word0.bigEndian, toByteOffset: offset, as: UInt64.self)
        unsafe buffer.storeBytes(of: hash.word1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        unsafe buffer.storeBytes(of: hash.word2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        unsafe buffer.storeBytes(of: hash.word3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
      }
    }
  }
}
