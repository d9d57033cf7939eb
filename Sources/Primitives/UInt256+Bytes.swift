extension UInt256 {
  /// The number that up to 32 bytes spell, most significant first (none spell zero); nil for more than 32 bytes.
  @inlinable
  public init?(bigEndian bytes: RawSpan) {
    guard bytes.byteCount <= 32 else { return nil }
    if bytes.byteCount == 32 {
      self.init(low: bytes.bigEndian(at: 16), high: bytes.bigEndian(at: 0))
      return
    }
    self = .zero
    for offset in 0..<bytes.byteCount {
      high = high &<< 8 | low &>> 120
      low = low &<< 8 | UInt128(bytes.byte(at: offset))
    }
  }

  /// The number that up to 32 bytes spell, most significant first; nil for more than 32 bytes.
  @inlinable
  public init?(bigEndian bytes: [UInt8]) {
    self.init(bigEndian: bytes.rawSpan)
  }

  /// The number that the bytes of a hash spell.
  @inlinable
  public init(_ hash: Hash256) {
    self.init(
      low: UInt128(hash.word2) &<< 64 | UInt128(hash.word3), high: UInt128(hash.word0) &<< 64 | UInt128(hash.word1))
  }

  /// How many bytes the number takes without leading zeros; 0 for zero.
  @inlinable
  public var minimalByteCount: Int {
    (UInt256.bitWidth - leadingZeroBitCount + 7) / 8
  }

  /// All 32 bytes, most significant first. One allocation.
  @inlinable
  public var bigEndianBytes: [UInt8] {
    withBigEndianBytes { $0.bytes }
  }

  /// The bytes from the most significant that is not zero on; none for zero. RLP's and the EVM's integer form.
  @inlinable
  public var minimalBigEndianBytes: [UInt8] {
    withMinimalBigEndianBytes { $0.bytes }
  }

  /// Lends the 32 bytes, most significant first.
  @inlinable
  public func withBigEndianBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let halves: InlineArray<2, UInt128> = [high.bigEndian, low.bigEndian]
    return try unsafe body(halves.span.bytes)
  }

  /// Lends the bytes from the most significant that is not zero on.
  @inlinable
  public func withMinimalBigEndianBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = minimalByteCount
    return try withBigEndianBytes { bytes throws(Failure) in try body(bytes.extracting(last: count)) }
  }
}

extension Hash256 {
  /// The 32 bytes of a number, most significant first: the form of a storage key.
  @inlinable
  public init(_ value: UInt256) {
    self.init(
      UInt64(truncatingIfNeeded: value.high &>> 64), UInt64(truncatingIfNeeded: value.high),
      UInt64(truncatingIfNeeded: value.low &>> 64), UInt64(truncatingIfNeeded: value.low))
  }
}
