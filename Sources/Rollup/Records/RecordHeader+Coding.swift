public import Hashing
public import Primitives

extension RecordHeader {
  /// Reads a header from the front of `bytes`. Says nothing about the checksum: `verify` does.
  ///
  /// - Throws: when there are fewer than 68 bytes, or the format version, the flags or the kind is unknown.
  @inlinable
  public init(_ bytes: RawSpan) throws(RecordError) {
    guard bytes.byteCount >= RecordHeader.byteCount else { throw .truncated(length: bytes.byteCount) }
    let version = bytes.byte(at: Offset.version)
    guard version == RecordHeader.formatVersion else { throw .unknownVersion(version) }
    let flags = RecordFlags(rawValue: bytes.byte(at: Offset.flags))
    guard flags.isSubset(of: .known) else { throw .unknownFlags(flags.rawValue) }
    let rawKind = bytes.bigEndian(at: Offset.kind, as: UInt16.self)
    guard let kind = EventKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
    self.init(
      kind: kind,
      position: Position(bytes.bigEndian(at: Offset.position)),
      coordinates: L1Coordinates(
        blockNumber: bytes.bigEndian(at: Offset.blockNumber),
        transactionIndex: bytes.bigEndian(at: Offset.transactionIndex),
        logIndex: bytes.bigEndian(at: Offset.logIndex)),
      payloadLength: bytes.bigEndian(at: Offset.payloadLength),
      payloadHash: Hash256(bytes.extracting(Offset.payloadHash..<Offset.payload)),
      flags: flags,
      checksum: bytes.bigEndian(at: Offset.checksum))
  }

  /// The 68 bytes, with `checksum` as it stands.
  @inlinable
  public var encoded: InlineArray<68, UInt8> {
    var bytes = InlineArray<68, UInt8>(repeating: 0)
    bytes.store(checksum, at: Offset.checksum)
    bytes[Offset.version] = RecordHeader.formatVersion
    bytes[Offset.flags] = flags.rawValue
    bytes.store(kind.rawValue, at: Offset.kind)
    bytes.store(position.rawValue, at: Offset.position)
    bytes.store(coordinates.blockNumber, at: Offset.blockNumber)
    bytes.store(coordinates.transactionIndex, at: Offset.transactionIndex)
    bytes.store(coordinates.logIndex, at: Offset.logIndex)
    bytes.store(payloadLength, at: Offset.payloadLength)
    bytes.store(payloadHash, at: Offset.payloadHash)
    return bytes
  }

  /// Sets `checksum` to what belongs to `payload`, and returns the 68 bytes. O(payload).
  @inlinable
  public mutating func seal(payload: RawSpan) -> InlineArray<68, UInt8> {
    seal { $0.update(payload) }
  }

  /// As `seal(payload:)`, for a payload whose part of the checksum is known. O(1).
  @inlinable
  public mutating func seal(payload part: CRC32C.Part) -> InlineArray<68, UInt8> {
    seal { $0.update(part) }
  }

  @inlinable
  mutating func seal(_ addPayload: (inout RecordChecksum) -> Void) -> InlineArray<68, UInt8> {
    var bytes = encoded
    var sum = RecordChecksum(header: unsafe bytes.span.bytes)
    addPayload(&sum)
    checksum = sum.value
    bytes.store(checksum, at: Offset.checksum)
    return bytes
  }

  /// Holds the checksum against the header's own bytes and the payload. O(payload).
  @inlinable
  public func verifyChecksum(header: RawSpan, payload: RawSpan) throws(RecordError) {
    var sum = RecordChecksum(header: header)
    sum.update(payload)
    try verify(sum)
  }

  /// Holds the checksum against one computed over the stored bytes.
  @inlinable
  public func verify(_ computed: RecordChecksum) throws(RecordError) {
    let value = computed.value
    guard value == checksum else { throw .checksumMismatch(stored: checksum, computed: value) }
  }
}

/// CRC-32C over a record as it is stored: the header from its version on, then the payload, in as many segments as it
/// lies in.
@frozen
public struct RecordChecksum: Sendable {
  @usableFromInline var sum = CRC32C()

  /// Begins with the header's 68 bytes (more may follow them; they are not looked at).
  @inlinable
  public init(header: RawSpan) {
    sum.update(header.extracting(RecordHeader.Offset.version..<RecordHeader.Offset.payload))
  }

  /// Adds the next segment of the payload.
  @inlinable
  public mutating func update(_ segment: RawSpan) {
    sum.update(segment)
  }

  /// Adds the next segment of the payload, of which the part is known.
  @inlinable
  public mutating func update(_ part: CRC32C.Part) {
    sum.update(part)
  }

  @inlinable public var value: UInt32 { sum.checksum }
}
