import Hashing
package import Primitives
package import Rollup

/// How far a projection has come. Committed in one transaction with the rows, so rows and cursor never disagree.
package struct ProjectionCursor: Equatable, Sendable {
  /// The next record to fold: the number of positions behind it.
  package var nextPosition: UInt64

  /// Leaf hash of the record before `nextPosition`: the projection goes on in a log that has it, and in no other.
  package var lastLeafHash: Hash256

  /// The newest L1 block of which anything was folded.
  package var l1BlockNumber: UInt64
  package var l1BlockHash: Hash256

  /// How many positions before `nextPosition` were skipped because they had been revoked. Revocations only ever grow, so
  /// an equal count in the log means that nothing folded has been revoked since.
  package var skippedRecords: UInt64

  /// The newest L1 block of which anything was folded.
  package var l1Block: BlockID { BlockID(number: l1BlockNumber, hash: l1BlockHash) }

  /// Before the first record.
  package static let start = ProjectionCursor(
    nextPosition: 0, lastLeafHash: .zero, l1BlockNumber: 0, l1BlockHash: .zero, skippedRecords: 0)
}

extension ProjectionCursor {
  static let formatVersion: UInt8 = 1

  /// Layout of the row; each offset follows from the one before, and a checksum over all of it ends the row.
  private enum Offset {
    static let version = 0
    static let nextPosition = version + 1
    static let lastLeafHash = nextPosition + 8
    static let l1BlockNumber = lastLeafHash + Hash256.byteCount
    static let l1BlockHash = l1BlockNumber + 8
    static let skippedRecords = l1BlockHash + Hash256.byteCount
    static let checksum = skippedRecords + 8
    static let end = checksum + 4
  }

  /// The row as stored.
  var row: [UInt8] {
    var bytes: [UInt8] = [Self.formatVersion]
    bytes.append(bigEndian: nextPosition)
    bytes += lastLeafHash.bytes
    bytes.append(bigEndian: l1BlockNumber)
    bytes += l1BlockHash.bytes
    bytes.append(bigEndian: skippedRecords)
    bytes.append(bigEndian: CRC32C.checksum(bytes.rawSpan))
    return bytes
  }

  /// Reads a stored row; nil when it is not one, or damaged.
  init?(row: RawSpan) {
    guard row.byteCount == Offset.end, row.byte(at: Offset.version) == Self.formatVersion,
      CRC32C.checksum(row.extracting(0..<Offset.checksum)) == row.bigEndian(at: Offset.checksum, as: UInt32.self)
    else { return nil }
    nextPosition = row.bigEndian(at: Offset.nextPosition)
    lastLeafHash = Hash256(row.extracting(Offset.lastLeafHash..<Offset.l1BlockNumber))
    l1BlockNumber = row.bigEndian(at: Offset.l1BlockNumber)
    l1BlockHash = Hash256(row.extracting(Offset.l1BlockHash..<Offset.skippedRecords))
    skippedRecords = row.bigEndian(at: Offset.skippedRecords)
  }
}
