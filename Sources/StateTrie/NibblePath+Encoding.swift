public import Primitives

extension NibblePath {
  /// What ends a storage key: more than any nibble, so that a path sorts after all that it is the beginning of.
  static let storageTerminator: UInt8 = 0x10

  /// The key under which a store keeps the node at this path: a byte for each nibble, then 0x10. One allocation.
  ///
  /// The order of these keys as bytes is the order of paths (`<`): children before their parent. The root is `[0x10]`.
  public var storageKey: [UInt8] {
    var key = [UInt8]()
    key.reserveCapacity(count + 1)
    for index in 0..<count {
      key.append(self[index])
    }
    key.append(NibblePath.storageTerminator)
    return key
  }

  /// Lends the storage key. No allocation.
  public func withStorageKey<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var key: InlineArray<65, UInt8> = .init(repeating: NibblePath.storageTerminator)
    for index in 0..<count { key[index] = self[index] }
    return try unsafe body(key.span.bytes.extracting(0..<count + 1))
  }

  /// Lends the bytes of `owner` and then the storage key. No allocation.
  public func withStorageKey<Result, Failure: Error>(
    behind owner: Hash256, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var key: InlineArray<97, UInt8> = .init(repeating: NibblePath.storageTerminator)
    for index in 0..<Hash256.byteCount { key[index] = owner[index] }
    for index in 0..<count { key[Hash256.byteCount + index] = self[index] }
    return try unsafe body(key.span.bytes.extracting(0..<Hash256.byteCount + count + 1))
  }

  /// The path with this storage key; nil when `storageKey` is none.
  public init?(storageKey: RawSpan) {
    let count = storageKey.byteCount - 1
    guard count >= 0, count <= NibblePath.maximumCount, storageKey.byte(at: count) == NibblePath.storageTerminator
    else {
      return nil
    }
    var path = NibblePath.root
    for index in 0..<count {
      guard storageKey.byte(at: index) < 16 else { return nil }
      path = path.appending(nibble: storageKey.byte(at: index))
    }
    self = path
  }

  /// Bytes of the hex-prefix encoding as an RLP item: a single byte is below 0x40 and stands for itself, more have a
  /// header of one byte.
  var hexPrefixItemLength: Int {
    let length = 1 + count / 2
    return length == 1 ? 1 : 1 + length
  }

  /// Lends the RLP item of the hex-prefix encoding (yellow paper, appendix C): a flag nibble (2 for a leaf, 1 more
  /// for an odd count), a zero nibble where the count is even, then the nibbles.
  func withHexPrefixItem(isLeaf: Bool, _ body: (RawSpan) -> Void) {
    let flag: UInt8 = isLeaf ? 0x20 : 0x00
    let isOdd = !count.isMultiple(of: 2)
    let rest = (isOdd ? dropFirst(1) : self).nibbles
    // Header and flag end a word, so that the nibbles begin the next one.
    let header = 0x80 + UInt64(truncatingIfNeeded: hexPrefixItemLength - 1)
    let first = header << 8 | UInt64(isOdd ? flag | 0x10 | self[0] : flag)
    let words: InlineArray<5, UInt64> = [
      first.bigEndian,
      UInt64(truncatingIfNeeded: rest.high >> 64).bigEndian, UInt64(truncatingIfNeeded: rest.high).bigEndian,
      UInt64(truncatingIfNeeded: rest.low >> 64).bigEndian, UInt64(truncatingIfNeeded: rest.low).bigEndian,
    ]
    let start = hexPrefixItemLength == 1 ? 7 : 6
    unsafe body(words.span.bytes.extracting(start..<start + hexPrefixItemLength))
  }

  /// Reads a hex-prefix encoding; nil when the bytes are none, or spell more than 64 nibbles.
  static func readHexPrefix(_ bytes: RawSpan) -> (path: NibblePath, isLeaf: Bool)? {
    guard bytes.byteCount > 0, bytes.byteCount <= 33 else { return nil }
    let first = bytes.byte(at: 0)
    let isOdd = first & 0x10 != 0
    guard first < 0x40, isOdd || first & 0x0f == 0 else { return nil }
    let rest = NibblePath(
      nibbles: leftAligned(bytes.extracting(1..<bytes.byteCount)), count: 2 * (bytes.byteCount - 1))
    guard isOdd else { return (rest, first & 0x20 != 0) }
    guard rest.count < maximumCount else { return nil }
    return (NibblePath.root.appending(nibble: first & 0x0f).appending(rest), first & 0x20 != 0)
  }
}
