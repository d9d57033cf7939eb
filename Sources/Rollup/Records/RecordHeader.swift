public import Primitives

/// The 68 bytes before a record's payload (`Docs/FileFormat.md`). Integers are big-endian.
///
/// What was recorded is the *leaf*: position, kind, coordinates, payload length and payload hash. Checksum, format
/// version and flags are how it is stored, so two logs of equal content have equal Merkle roots however they hold it.
@frozen
public struct RecordHeader: Hashable, Sendable {
  /// CRC-32C of the header's other bytes and the payload.
  public var checksum: UInt32

  public var flags: RecordFlags

  public var kind: EventKind

  public var position: Position

  public var coordinates: L1Coordinates

  /// Bytes of the payload, wherever they lie.
  public var payloadLength: UInt32

  /// Keccak-256 of the payload.
  public var payloadHash: Hash256

  /// A header whose checksum is still to be set (`seal(payload:)` computes it).
  @inlinable
  public init(
    kind: EventKind, position: Position, coordinates: L1Coordinates, payloadLength: UInt32, payloadHash: Hash256,
    flags: RecordFlags = [], checksum: UInt32 = 0
  ) {
    self.checksum = checksum
    self.flags = flags
    self.kind = kind
    self.position = position
    self.coordinates = coordinates
    self.payloadLength = payloadLength
    self.payloadHash = payloadHash
  }
}

extension RecordHeader {
  /// Where each field begins. Every offset follows from the one before it.
  @frozen
  public enum Offset {
    @inlinable public static var checksum: Int { 0 }
    @inlinable public static var version: Int { checksum + 4 }
    @inlinable public static var flags: Int { version + 1 }
    @inlinable public static var kind: Int { flags + 1 }
    @inlinable public static var position: Int { kind + 2 }
    @inlinable public static var blockNumber: Int { position + 8 }
    @inlinable public static var transactionIndex: Int { blockNumber + 8 }
    @inlinable public static var logIndex: Int { transactionIndex + 4 }
    @inlinable public static var payloadLength: Int { logIndex + 4 }
    @inlinable public static var payloadHash: Int { payloadLength + 4 }
    @inlinable public static var payload: Int { payloadHash + 32 }
  }

  /// Bytes of a header: 68.
  @inlinable public static var byteCount: Int { Offset.payload }

  /// The format version this code writes and reads.
  @inlinable public static var formatVersion: UInt8 { 1 }
}
