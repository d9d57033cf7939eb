public import Primitives

/// Why bytes are no record, or not the one that was asked for. Where it lies is known to the store that read it.
public enum RecordError: Error, Equatable, Sendable {
  /// Fewer bytes than a header has.
  case truncated(length: Int)
  /// A leaf has 62 bytes.
  case leafLength(Int)
  /// A newer format.
  case unknownVersion(UInt8)
  case unknownFlags(UInt8)
  /// A kind of event that this version does not know. It is never skipped.
  case unknownKind(UInt16)
  case checksumMismatch(stored: UInt32, computed: UInt32)
  case positionMismatch(expected: Position, stored: Position)
  case payloadLengthMismatch(stored: UInt32, actual: Int)
  case payloadHashMismatch(stored: Hash256, computed: Hash256)
}

extension RecordError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let length):
      "the record has \(length) bytes, fewer than its header of \(RecordHeader.byteCount)"
    case .leafLength(let length):
      "the leaf has \(length) bytes instead of \(RecordHeader.leafByteCount)"
    case .unknownVersion(let version):
      "the record has format version \(version); this program reads version \(RecordHeader.formatVersion)"
    case .unknownFlags(let flags):
      "the record has flags \(flags), which this program does not know"
    case .unknownKind(let kind):
      "the record's kind \(kind) is unknown to this program; a newer version may read it"
    case .checksumMismatch(let stored, let computed):
      "the record's checksum is \(hex(stored)), its bytes give \(hex(computed))"
    case .positionMismatch(let expected, let stored):
      "the record stored at position \(expected) says it is at \(stored)"
    case .payloadLengthMismatch(let stored, let actual):
      "the record says its payload has \(stored) bytes, \(actual) are there"
    case .payloadHashMismatch(let stored, let computed):
      "the record's payload hash is \(stored), its payload gives \(computed)"
    }
  }

  private func hex(_ value: UInt32) -> String {
    "0x" + String(value, radix: 16)
  }
}
