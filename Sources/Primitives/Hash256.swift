/// 32 bytes: a hash, a state root, or a key derived from one.
///
/// Held as four words, most significant first, so that comparing words is comparing bytes from the left.
@frozen
public struct Hash256: Sendable, BitwiseCopyable {
  /// Bytes 0…7, 8…15, 16…23 and 24…31 as big-endian integers.
  public let word0, word1, word2, word3: UInt64

  /// How many bytes a hash has.
  @inlinable public static var byteCount: Int { 32 }

  /// 32 zero bytes.
  @inlinable public static var zero: Hash256 { Hash256(0, 0, 0, 0) }

  /// The hash whose bytes are those of the four words, each most significant byte first.
  @inlinable
  public init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// Copies 32 bytes. Traps on any other length: the caller knows its layout.
  @inlinable
  public init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == Hash256.byteCount, "a Hash256 has 32 bytes")
    self.init(
      bytes.bigEndian(at: 0), bytes.bigEndian(at: 8), bytes.bigEndian(at: 16), bytes.bigEndian(at: 24))
  }

  /// Copies 32 bytes; nil for any other length.
  @inlinable
  public init?(bytes: [UInt8]) {
    guard bytes.count == Hash256.byteCount else { return nil }
    self.init(bytes.rawSpan)
  }

  /// Reads 64 hexadecimal digits, with or without `0x`; nil for anything else.
  public init?(hex: String) {
    guard let bytes = try? Hex.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// The byte at `index`, 0 being the leftmost. Traps outside 0…31.
  @inlinable
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < Hash256.byteCount, "a Hash256 has bytes 0 to 31")
    let word = index < 16 ? (index < 8 ? word0 : word1) : (index < 24 ? word2 : word3)
    return UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 56 &- 8 &* (index & 7)))
  }

  /// Lends the 32 bytes.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let words: InlineArray<4, UInt64> = [word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian]
    return try unsafe body(words.span.bytes)
  }

  /// The 32 bytes, copied. One allocation.
  @inlinable
  public var bytes: [UInt8] {
    withBytes { $0.bytes }
  }
}

extension Hash256: Hashable {
  @inlinable
  public static func == (left: Hash256, right: Hash256) -> Bool {
    ((left.word0 ^ right.word0) | (left.word1 ^ right.word1)
      | (left.word2 ^ right.word2) | (left.word3 ^ right.word3)) == 0
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(word0)
    hasher.combine(word1)
    hasher.combine(word2)
    hasher.combine(word3)
  }
}

extension Hash256: Comparable {
  /// The order of the bytes from the left, which is also the order of the numbers they spell.
  @inlinable
  public static func < (left: Hash256, right: Hash256) -> Bool {
    if left.word0 != right.word0 { return left.word0 < right.word0 }
    if left.word1 != right.word1 { return left.word1 < right.word1 }
    if left.word2 != right.word2 { return left.word2 < right.word2 }
    return left.word3 < right.word3
  }
}

extension Hash256: CustomStringConvertible, CustomDebugStringConvertible {
  /// `0x` and 64 lower-case digits.
  public var description: String { withBytes { Hex.encode($0) } }

  public var debugDescription: String { description }
}
