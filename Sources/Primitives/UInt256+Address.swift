extension UInt256 {
  /// The number that the bytes of an address spell: how the EVM holds one.
  @inlinable
  public init(_ address: Address) {
    self.init(
      low: UInt128(truncatingIfNeeded: address.word0) &<< 96 | UInt128(address.word1) &<< 32 | UInt128(address.word2),
      high: UInt128(address.word0 &>> 32))
  }
}

extension Address {
  /// The address in the lowest 20 bytes of a word; the rest is ignored.
  @inlinable
  public init(truncating word: UInt256) {
    self.init(
      UInt64(truncatingIfNeeded: word.high) &<< 32 | UInt64(truncatingIfNeeded: word.low &>> 96),
      UInt64(truncatingIfNeeded: word.low &>> 32), UInt32(truncatingIfNeeded: word.low))
  }
}
