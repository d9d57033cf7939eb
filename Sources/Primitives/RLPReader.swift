/// Reads canonical RLP (yellow paper, appendix B) item by item, without copying.
///
/// Only the canonical encoding of a value is accepted: shortest lengths, single bytes without a header, numbers without
/// leading zeros. Every length is held against the bytes that are there before anything is touched, so hostile input
/// costs an error and nothing else. A reader moves forward only when a read succeeds.
///
/// ```swift
/// var reader = RLPReader(bytes)
/// var fields = try reader.readList()
/// try reader.finish()
/// let nonce = try fields.readUInt64()
/// ```
@frozen
public struct RLPReader: ~Escapable {
  /// How deep lists may be nested; Ethereum's own data needs less than ten.
  @inlinable public static var depthLimit: Int { 64 }

  @usableFromInline let input: RawSpan
  @usableFromInline var position: Int
  @usableFromInline let base: Int
  @usableFromInline let depth: Int

  /// A reader of the items in `input`.
  @inlinable
  @_lifetime(copy input)
  public init(_ input: RawSpan) {
    self.init(input, base: 0, depth: 0)
  }

  @usableFromInline
  @_lifetime(copy input)
  init(_ input: RawSpan, base: Int, depth: Int) {
    self.input = input
    self.position = 0
    self.base = base
    self.depth = depth
  }

  /// Bytes from the start of the outermost input to the next item: where an error would point.
  @inlinable public var offset: Int { base + position }

  /// Bytes not yet read.
  @inlinable public var remainingByteCount: Int { input.byteCount - position }

  /// Whether every item has been read.
  @inlinable public var isAtEnd: Bool { position == input.byteCount }

  /// Whether the next item is a list; false at the end.
  @inlinable
  public var peekIsList: Bool {
    !isAtEnd && input.byte(at: position) >= 0xc0
  }

  /// Holds that nothing is left.
  @inlinable
  public func finish() throws(RLPError) {
    if !isAtEnd { throw RLPError(offset: offset, reason: .trailingBytes(remainingByteCount)) }
  }

  /// The header of the next item, whose payload is known to be there.
  @usableFromInline
  func nextHeader() throws(RLPError) -> RLPItemHeader {
    guard !isAtEnd else { throw RLPError(offset: offset, reason: .endOfInput) }
    let header: RLPItemHeader?
    do {
      header = try RLPItemHeader.probe(input.extracting(position..<input.byteCount))
    } catch {
      throw RLPError(offset: offset + error.offset, reason: error.reason)
    }
    // Without a header the rest is shorter than the header itself: one byte more at the least.
    let needed = header?.itemLength ?? (remainingByteCount + 1)
    guard let header, needed <= remainingByteCount else {
      throw RLPError(offset: offset, reason: .truncated(needed: needed, available: remainingByteCount))
    }
    return header
  }
}
