import Primitives

/// A point in the course of a projection: after an L1 block, or after a version within it.
///
/// A fold that executes several L2 blocks in one L1 block tells them apart by versions (`ProjectionView.beginVersion`);
/// what it writes before the first is version 0.
struct HistoryPoint: Hashable, Comparable, Sendable {
  let l1Block: UInt64
  let version: UInt64

  /// After all of an L1 block.
  static func end(of l1Block: UInt64) -> HistoryPoint { HistoryPoint(l1Block: l1Block, version: .max) }

  static var byteCount: Int { 16 }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: l1Block)
    bytes.append(bigEndian: version)
  }

  init(l1Block: UInt64, version: UInt64) {
    self.l1Block = l1Block
    self.version = version
  }

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    self.init(l1Block: bytes.bigEndian(at: 0), version: bytes.bigEndian(at: 8))
  }

  static func < (left: HistoryPoint, right: HistoryPoint) -> Bool {
    (left.l1Block, left.version) < (right.l1Block, right.version)
  }

  /// The first point behind this one.
  var next: HistoryPoint {
    version == .max
      ? HistoryPoint(l1Block: l1Block + 1, version: 0) : HistoryPoint(l1Block: l1Block, version: version + 1)
  }
}

/// Keys of the table `history`: what rows were before they were changed, by row and then by when that was.
///
/// | key | value |
/// |---|---|
/// | table ‖ key ‖ L1 block ‖ version | nothing where there was no row before; else 1 and the row |
///
/// The rows of a key stand together, and in the order of time, because no key of a table begins with another
/// (`Projection.tables`). So what a key held after some point is the first row behind that point; or, if there is none,
/// what the key holds now.
enum HistoryKey {
  static let table = "history"

  /// A row of the history.
  static func row(_ table: Int, _ key: RawSpan, _ point: HistoryPoint) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1 + key.byteCount + HistoryPoint.byteCount)
    bytes.append(UInt8(table))
    bytes.append(contentsOf: key)
    point.append(to: &bytes)
    return bytes
  }

  /// Where the rows of a table begin whose keys are `start` or come after it.
  static func start(_ table: Int, _ start: RawSpan) -> [UInt8] { [UInt8(table)] + start.bytes }

  /// Whether `row` is one of a table's rows.
  static func isRow(_ row: RawSpan, of table: Int) -> Bool {
    row.byteCount > 1 + HistoryPoint.byteCount && Int(row.byte(at: 0)) == table
  }

  /// Whether `row` is one of the rows of a key.
  static func isRow(_ row: RawSpan, of table: Int, _ key: RawSpan) -> Bool {
    isRow(row, of: table) && row.extracting(keyRange(of: row)).holdsSameBytes(as: key)
  }

  /// Where the key stands in a row.
  static func keyRange(of row: RawSpan) -> Range<Int> { 1..<row.byteCount - HistoryPoint.byteCount }

  /// When the row was changed.
  static func point(of row: RawSpan) -> HistoryPoint? {
    HistoryPoint(row.extracting(row.byteCount - HistoryPoint.byteCount..<row.byteCount))
  }

  /// The value for a row that was there, or was not.
  static func value(_ old: [UInt8]?) -> [UInt8] { old.map { [1] + $0 } ?? [] }
}
