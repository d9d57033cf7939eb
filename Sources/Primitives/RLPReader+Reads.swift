extension RLPReader {
  /// The payload of the next item, a byte string.
  @_lifetime(copy self)
  public mutating func readBytes() throws(RLPError) -> RawSpan {
    let header = try nextHeader()
    guard !header.isList else { throw RLPError(offset: offset, reason: .expectedBytes) }
    let start = position + header.headerLength
    position += header.itemLength
    return input.extracting(start..<position)
  }

  /// A reader of the items of the next item, a list.
  @_lifetime(copy self)
  public mutating func readList() throws(RLPError) -> RLPReader {
    let header = try nextHeader()
    guard header.isList else { throw RLPError(offset: offset, reason: .expectedList) }
    guard depth < RLPReader.depthLimit else {
      throw RLPError(offset: offset, reason: .tooDeep(limit: RLPReader.depthLimit))
    }
    let start = position + header.headerLength
    position += header.itemLength
    return RLPReader(input.extracting(start..<position), base: base + start, depth: depth + 1)
  }

  /// The next item with its header, whatever it is. What a list holds is not looked at.
  @_lifetime(copy self)
  public mutating func readRawItem() throws(RLPError) -> RawSpan {
    let header = try nextHeader()
    let start = position
    position += header.itemLength
    return input.extracting(start..<position)
  }

  /// The next item as a number of up to 64 bits.
  public mutating func readUInt64() throws(RLPError) -> UInt64 {
    let start = self.position
    let payload = try readNumber(maximumLength: 8, restoring: start)
    var value: UInt64 = 0
    for index in 0..<payload.byteCount {
      value = value << 8 | UInt64(payload.byte(at: index))
    }
    return value
  }

  /// The next item as a number of up to 256 bits.
  public mutating func readUInt256() throws(RLPError) -> UInt256 {
    let payload = try readNumber(maximumLength: 32, restoring: position)
    return UInt256(bigEndian: payload) ?? .zero
  }

  /// The next item as exactly 32 bytes.
  public mutating func readHash256() throws(RLPError) -> Hash256 {
    Hash256(try readExactly(Hash256.byteCount))
  }

  /// The next item as exactly 20 bytes.
  public mutating func readAddress() throws(RLPError) -> Address {
    Address(try readExactly(Address.byteCount))
  }

  /// The next item as a byte string of exactly `length` bytes.
  @_lifetime(copy self)
  public mutating func readExactly(_ length: Int) throws(RLPError) -> RawSpan {
    let start = position
    let payload = try readBytes()
    guard payload.byteCount == length else {
      position = start
      throw RLPError(offset: offset, reason: .wrongLength(expected: length, actual: payload.byteCount))
    }
    return payload
  }

  @_lifetime(copy self)
  private mutating func readNumber(maximumLength: Int, restoring start: Int) throws(RLPError) -> RawSpan {
    let payload = try readBytes()
    let reason: RLPError.Reason? =
      if payload.byteCount > 0 && payload.byte(at: 0) == 0 {
        .numberWithLeadingZero
      } else if payload.byteCount > maximumLength {
        .numberTooLarge(maximum: maximumLength, actual: payload.byteCount)
      } else {
        nil
      }
    if let reason {
      position = start
      throw RLPError(offset: offset, reason: reason)
    }
    return payload
  }
}
