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
