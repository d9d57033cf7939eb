/// What the first bytes of an RLP item say: string or list, and how long (yellow paper, appendix B).
@frozen
public struct RLPItemHeader: Equatable, Sendable {
  public let isList: Bool

  /// Bytes before the payload: 0 for a byte that stands for itself, else 1 to 9.
  public let headerLength: Int

  /// Bytes of the payload.
  public let payloadLength: Int

  /// Bytes of the whole item. Fits: longer items are refused when the header is read.
  @inlinable public var itemLength: Int { headerLength + payloadLength }

  /// First byte of an empty string; a byte below it stands for itself.
  static var shortString: UInt8 { 0x80 }

  /// First byte of an empty list.
  static var shortList: UInt8 { 0xc0 }

  /// The longest payload whose length fits the first byte.
  static var longestShortPayload: Int { 55 }

  /// Bytes before a payload of `payloadLength` bytes, which is no byte that stands for itself: 1 to 9.
  public static func length(payloadLength: Int) -> Int {
    payloadLength <= longestShortPayload ? 1 : 9 - payloadLength.leadingZeroBitCount / 8
  }

  /// Reads the header from the first bytes of an item, however many are at hand.
  ///
  /// Nine bytes always suffice. Nothing is said about whether the payload is there: a reader of a stream asks this
  /// first and then knows how much to fetch. A length of hostile size is returned as it stands (up to `Int.max`), so
  /// bound it before allocating.
  ///
  /// - Returns: nil when `prefix` is too short to tell.
  /// - Throws: when no canonical item begins like this; offsets count from the start of `prefix`.
  public static func probe(_ prefix: RawSpan) throws(RLPError) -> RLPItemHeader? {
    guard prefix.byteCount > 0 else { return nil }
    let first = prefix.byte(at: 0)
    if first < shortString { return RLPItemHeader(isList: false, headerLength: 0, payloadLength: 1) }
    let isList = first >= shortList
    let length = Int(first - (isList ? shortList : shortString))
    if length > longestShortPayload {
      return try probeLong(prefix, isList: isList, lengthOfLength: length - longestShortPayload)
    }
    if length == 1 && !isList {
      guard prefix.byteCount > 1 else { return nil }
      guard prefix.byte(at: 1) >= shortString else { throw RLPError(offset: 0, reason: .byteWithNeedlessHeader) }
    }
    return RLPItemHeader(isList: isList, headerLength: 1, payloadLength: length)
  }

  private static func probeLong(
    _ prefix: RawSpan, isList: Bool, lengthOfLength: Int
  ) throws(RLPError) -> RLPItemHeader? {
    guard prefix.byteCount > lengthOfLength else { return nil }
    guard prefix.byte(at: 1) != 0 else { throw RLPError(offset: 1, reason: .lengthWithLeadingZero) }
    var length: UInt64 = 0
    for index in 1...lengthOfLength {
      length = length << 8 | UInt64(prefix.byte(at: index))
    }
    guard length > UInt64(longestShortPayload) else { throw RLPError(offset: 0, reason: .shortLengthInLongForm) }
    let headerLength = 1 + lengthOfLength
    guard let payloadLength = Int(exactly: length), payloadLength <= Int.max - headerLength else {
      throw RLPError(offset: 0, reason: .lengthTooLarge(length))
    }
    return RLPItemHeader(isList: isList, headerLength: headerLength, payloadLength: payloadLength)
  }
}
