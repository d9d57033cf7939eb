/// The 20 bytes that name an account.
///
/// Held as words, most significant first, so that comparing words is comparing bytes from the left.
@frozen
public struct Address: Sendable, BitwiseCopyable {
  /// Bytes 0…7 and 8…15 as big-endian integers.
  public let word0, word1: UInt64

  /// Bytes 16…19 as a big-endian integer.
  public let word2: UInt32

  /// How many bytes an address has.
  @inlinable public static var byteCount: Int { 20 }

  /// 20 zero bytes.
  @inlinable public static var zero: Address { Address(0, 0, 0) }

  /// The address whose bytes are those of the three words, each most significant byte first.
  @inlinable
  public init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt32) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
  }

  /// Copies 20 bytes. Traps on any other length: the caller knows its layout.
  @inlinable
  public init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == Address.byteCount, "an Address has 20 bytes")
    self.init(bytes.bigEndian(at: 0), bytes.bigEndian(at: 8), bytes.bigEndian(at: 16))
  }

  /// Copies 20 bytes; nil for any other length.
  @inlinable
  public init?(bytes: [UInt8]) {
    guard bytes.count == Address.byteCount else { return nil }
    self.init(bytes.rawSpan)
  }

  /// Reads 40 hexadecimal digits, with or without `0x`, of any case (the EIP-55 checksum is not judged);
  /// nil for anything else.
  public init?(hex: String) {
    guard let bytes = try? Hex.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// The last 20 bytes of a hash: how an account's address comes from its public key, and a contract's from its
  /// creation (yellow paper, sections 7 and F).
  @inlinable
  public init(lastBytesOf hash: Hash256) {
    self.init(
      hash.word1 &<< 32 | hash.word2 &>> 32, hash.word2 &<< 32 | hash.word3 &>> 32,
      UInt32(truncatingIfNeeded: hash.word3))
  }

  /// The byte at `index`, 0 being the leftmost. Traps outside 0…19.
  @inlinable
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < Address.byteCount, "an Address has bytes 0 to 19")
    let word = index < 8 ? word0 : (index < 16 ? word1 : UInt64(word2) &<< 32)
    return UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 56 &- 8 &* (index & 7)))
  }

  /// Lends the 20 bytes.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let words: InlineArray<3, UInt64> = [word0.bigEndian, word1.bigEndian, (UInt64(word2) &<< 32).bigEndian]
    return try unsafe body(words.span.bytes.extracting(first: Address.byteCount))
  }

  /// The 20 bytes, copied. One allocation.
  @inlinable
  public var bytes: [UInt8] {
    withBytes { $0.bytes }
  }
}

extension Address: Hashable {
  @inlinable
  public static func == (left: Address, right: Address) -> Bool {
    ((left.word0 ^ right.word0) | (left.word1 ^ right.word1) | UInt64(left.word2 ^ right.word2)) == 0
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(word0)
    hasher.combine(word1)
    hasher.combine(word2)
  }
}

extension Address: Comparable {
  /// The order of the bytes from the left.
  @inlinable
  public static func < (left: Address, right: Address) -> Bool {
    if left.word0 != right.word0 { return left.word0 < right.word0 }
    if left.word1 != right.word1 { return left.word1 < right.word1 }
    return left.word2 < right.word2
  }
}

extension Address: CustomStringConvertible, CustomDebugStringConvertible {
  /// `0x` and 40 lower-case digits, without the mixed case of EIP-55.
  public var description: String { withBytes { Hex.encode($0) } }

  public var debugDescription: String { description }
}
