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

  /// How far it has come in the testimony; nil before the first commit, and where it is not folded from it.
  package var testimony: TestimonyCursor?

  /// The newest L1 block of which anything was folded.
  package var l1Block: BlockID { BlockID(number: l1BlockNumber, hash: l1BlockHash) }

  /// Before the first record.
  package static let start = ProjectionCursor(
    nextPosition: 0, lastLeafHash: .zero, l1BlockNumber: 0, l1BlockHash: .zero, skippedRecords: 0)

  /// How much of both logs has been folded.
  var extent: LogExtent { LogExtent(ledger: nextPosition, testimony: testimony?.nextPosition ?? 0) }
}

/// How far a projection has come in the testimony.
package struct TestimonyCursor: Equatable, Sendable {
  /// The next testimony to fold.
  package var nextPosition: UInt64

  /// Leaf hash of the one before it.
  package var lastLeafHash: Hash256

  /// The ledger position before which that one stands: none that comes later stands before an earlier one.
  package var ledgerPosition: UInt64

  package static let start = TestimonyCursor(nextPosition: 0, lastLeafHash: .zero, ledgerPosition: 0)
}

/// How many records there are of each log, or are to be folded.
struct LogExtent: Equatable, Sendable {
  var ledger: UInt64

  /// None where a projection is not folded from it.
  var testimony: UInt64

  var count: UInt64 { ledger + testimony }
}

extension ProjectionCursor {
  /// Of a cursor in the ledger alone, and of one in both logs.
  static let formatVersions: (ledger: UInt8, both: UInt8) = (1, 2)

  /// Layout of the row; each offset follows from the one before, and a checksum over all of it ends the row.
  private enum Offset {
    static let version = 0
    static let nextPosition = version + 1
    static let lastLeafHash = nextPosition + 8
    static let l1BlockNumber = lastLeafHash + Hash256.byteCount
    static let l1BlockHash = l1BlockNumber + 8
    static let skippedRecords = l1BlockHash + Hash256.byteCount
    static let testimony = skippedRecords + 8
  }

  /// The row as stored.
  var row: [UInt8] {
    var bytes: [UInt8] = [testimony == nil ? Self.formatVersions.ledger : Self.formatVersions.both]
    bytes.append(bigEndian: nextPosition)
    bytes += lastLeafHash.bytes
    bytes.append(bigEndian: l1BlockNumber)
    bytes += l1BlockHash.bytes
    bytes.append(bigEndian: skippedRecords)
    testimony?.append(to: &bytes)
    bytes.append(bigEndian: CRC32C.checksum(bytes.rawSpan))
    return bytes
  }

  /// Reads a stored row; nil when it is not one, or damaged.
  init?(row: RawSpan) {
    let end = row.byteCount - 4
    guard end == Offset.testimony || end == Offset.testimony + TestimonyCursor.byteCount else { return nil }
    let version = end == Offset.testimony ? Self.formatVersions.ledger : Self.formatVersions.both
    guard row.byte(at: Offset.version) == version,
      CRC32C.checksum(row.extracting(0..<end)) == row.bigEndian(at: end, as: UInt32.self)
    else { return nil }
    nextPosition = row.bigEndian(at: Offset.nextPosition)
    lastLeafHash = Hash256(row.extracting(Offset.lastLeafHash..<Offset.l1BlockNumber))
    l1BlockNumber = row.bigEndian(at: Offset.l1BlockNumber)
    l1BlockHash = Hash256(row.extracting(Offset.l1BlockHash..<Offset.skippedRecords))
    skippedRecords = row.bigEndian(at: Offset.skippedRecords)
    if end > Offset.testimony { testimony = TestimonyCursor(row.extracting(Offset.testimony..<end)) }
  }
}

extension TestimonyCursor {
  fileprivate static let byteCount = 8 + Hash256.byteCount + 8

  fileprivate func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: nextPosition)
    bytes += lastLeafHash.bytes
    bytes.append(bigEndian: ledgerPosition)
  }

  /// - Precondition: there are `byteCount` bytes.
  fileprivate init(_ bytes: RawSpan) {
    let place = 8 + Hash256.byteCount
    nextPosition = bytes.bigEndian(at: 0)
    lastLeafHash = Hash256(bytes.extracting(8..<place))
    ledgerPosition = bytes.bigEndian(at: place)
  }
}
