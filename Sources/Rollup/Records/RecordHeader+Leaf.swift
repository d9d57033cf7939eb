public import MerkleLog
public import Primitives

extension RecordHeader {
  /// Bytes of a leaf: position, kind, L1 coordinates, payload length, payload hash.
  @inlinable public static var leafByteCount: Int { 62 }

  /// What was recorded, as the log's Merkle tree commits to it.
  @inlinable
  public var leafBytes: InlineArray<62, UInt8> {
    var bytes = InlineArray<62, UInt8>(repeating: 0)
    bytes.store(position.rawValue, at: 0)
    bytes.store(kind.rawValue, at: 8)
    bytes.store(coordinates.blockNumber, at: 10)
    bytes.store(coordinates.transactionIndex, at: 18)
    bytes.store(coordinates.logIndex, at: 22)
    bytes.store(payloadLength, at: 26)
    bytes.store(payloadHash, at: 30)
    return bytes
  }

  /// The leaf's hash in the log's tree (RFC 6962, section 2.1). Two SHA-256 blocks.
  @inlinable
  public var leafHash: Hash256 {
    let bytes = leafBytes
    return unsafe MerkleHash.leaf(bytes.span.bytes)
  }
}

extension RecordHeader {
  /// Reads a leaf: what was recorded, without how it was stored.
  ///
  /// - Throws: when there are not 62 bytes, or the kind is unknown.
  public init(leaf bytes: RawSpan) throws(RecordError) {
    guard bytes.byteCount == RecordHeader.leafByteCount else { throw .leafLength(bytes.byteCount) }
    let rawKind = bytes.bigEndian(at: 8, as: UInt16.self)
    guard let kind = EventKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
    self.init(
      kind: kind, position: Position(bytes.bigEndian(at: 0)),
      coordinates: L1Coordinates(
        blockNumber: bytes.bigEndian(at: 10), transactionIndex: bytes.bigEndian(at: 18),
        logIndex: bytes.bigEndian(at: 22)),
      payloadLength: bytes.bigEndian(at: 26), payloadHash: Hash256(bytes.extracting(30..<62)))
  }
}
