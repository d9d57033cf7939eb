/// Builds the canonical RLP encoding (yellow paper, appendix B) of items and lists, front to back.
@frozen
public struct RLPWriter: Sendable {
  /// What has been encoded so far.
  public private(set) var bytes: [UInt8]

  /// An empty encoding with room for `capacity` bytes.
  public init(capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Appends a byte string.
  public mutating func append(_ value: RawSpan) {
    if value.byteCount == 1, value.byte(at: 0) < RLPItemHeader.shortString {
      bytes.append(value.byte(at: 0))
      return
    }
    appendHeader(payloadLength: value.byteCount, offset: RLPItemHeader.shortString)
    bytes.append(contentsOf: value)
  }

  /// Appends a byte string.
  public mutating func append(bytes value: [UInt8]) {
    append(value.rawSpan)
  }

  /// Appends a number as its bytes without leading zeros; zero is the empty string.
  public mutating func append(_ value: UInt64) {
    if value > 0 && value < UInt64(RLPItemHeader.shortString) {
      bytes.append(UInt8(truncatingIfNeeded: value))
      return
    }
    let length = 8 - value.leadingZeroBitCount / 8
    bytes.append(RLPItemHeader.shortString + UInt8(truncatingIfNeeded: length))
    appendLowBytes(of: value, count: length)
  }

  /// Appends a number as its bytes without leading zeros; zero is the empty string.
  public mutating func append(_ value: UInt256) {
    value.withMinimalBigEndianBytes { append($0) }
  }

  /// Appends the 32 bytes as a byte string.
  public mutating func append(_ value: Hash256) {
    value.withBytes { append($0) }
  }

  /// Appends the 20 bytes as a byte string.
  public mutating func append(_ value: Address) {
    value.withBytes { append($0) }
  }

  /// Appends bytes that are already one or more encoded items. Nothing checks them.
  public mutating func appendRaw(_ encoded: RawSpan) {
    bytes.append(contentsOf: encoded)
  }

  /// Appends bytes that are already one or more encoded items. Nothing checks them.
  public mutating func appendRaw(_ encoded: [UInt8]) {
    bytes.append(contentsOf: encoded)
  }

  /// Appends a list of the items that `body` appends. The bytes of a list longer than 55 are moved once, to make room for
  /// the header.
  public mutating func list<Failure: Error>(
    _ body: (inout RLPWriter) throws(Failure) -> Void
  ) throws(Failure) {
    let start = bytes.count
    bytes.append(RLPItemHeader.shortList)
    try body(&self)
    let length = UInt64(bytes.count - start - 1)
    if length <= UInt64(RLPItemHeader.longestShortPayload) {
      bytes[start] = RLPItemHeader.shortList + UInt8(truncatingIfNeeded: length)
      return
    }
    let lengthOfLength = 8 - length.leadingZeroBitCount / 8
    bytes[start] =
      RLPItemHeader.shortList + UInt8(RLPItemHeader.longestShortPayload) + UInt8(truncatingIfNeeded: lengthOfLength)
    for _ in 0..<lengthOfLength { bytes.append(0) }
    bytes.moveLast(Int(length), from: start + 1, by: lengthOfLength)
    for index in 0..<lengthOfLength {
      bytes[start + 1 + index] = UInt8(truncatingIfNeeded: length >> UInt64(8 * (lengthOfLength - 1 - index)))
    }
  }

  /// Appends the header of a list whose items, `payloadLength` bytes in all, the caller appends next.
  public mutating func appendListHeader(payloadLength: Int) {
    appendHeader(payloadLength: payloadLength, offset: RLPItemHeader.shortList)
  }

  private mutating func appendHeader(payloadLength: Int, offset: UInt8) {
    if payloadLength <= RLPItemHeader.longestShortPayload {
      bytes.append(offset + UInt8(truncatingIfNeeded: payloadLength))
      return
    }
    let length = UInt64(payloadLength)
    let lengthOfLength = 8 - length.leadingZeroBitCount / 8
    let longOffset = offset + UInt8(RLPItemHeader.longestShortPayload)
    bytes.append(longOffset + UInt8(truncatingIfNeeded: lengthOfLength))
    appendLowBytes(of: length, count: lengthOfLength)
  }

  private mutating func appendLowBytes(of value: UInt64, count: Int) {
    for index in (0..<count).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
    }
  }
}

extension [UInt8] {
  /// Moves `length` bytes from `offset` on to the end of the array, which is `distance` bytes further on.
  fileprivate mutating func moveLast(_ length: Int, from offset: Int, by distance: Int) {
    precondition(offset >= 0 && length >= 0 && offset + length + distance == count, "the bytes are moved to the end")
    unsafe withUnsafeMutableBytes { buffer in
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(offset + distance)...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[offset..<offset + length]))
    }
  }
}
