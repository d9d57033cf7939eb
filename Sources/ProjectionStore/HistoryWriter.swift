import LMDB
import Primitives
import Projections

/// Gathers old rows into rows of the history, and writes them in the order of their keys.
///
/// The history is a function of the folded records: rows that come out of a version as they went into it leave nothing,
/// however many commits the version took.
struct HistoryWriter {
  /// Where a gathered row's key and value stand in `bytes`, one right behind the other.
  private struct Row {
    let key: Range<Int>
    let end: Int
  }

  private let history: Table
  /// The point at which the commit before ended: it may have remembered rows of the same version.
  private let continued: HistoryPoint?
  private var bytes: [UInt8] = []
  private var rows: [Row] = []

  init(history: Table, continuing continued: HistoryPoint?) {
    self.history = history
    self.continued = continued
  }

  /// Takes a row as it was before a version, and as that left it.
  mutating func add(
    _ point: HistoryPoint, _ table: Int, _ key: RawSpan, _ old: [UInt8]?, new: [UInt8]?,
    to transaction: inout WriteTransaction
  ) throws(LMDBError) {
    if old == new { return }
    if point == continued { return try merge(point, table, key, old, new, &transaction) }
    let start = bytes.count
    bytes.append(contentsOf: HistoryKey.row(table, key, point))
    let keyEnd = bytes.count
    bytes.append(contentsOf: HistoryKey.value(old))
    rows.append(Row(key: start..<keyEnd, end: bytes.count))
  }

  /// Writes what has been gathered.
  mutating func flush(to transaction: inout WriteTransaction) throws(LMDBError) {
    let bytes = bytes
    rows.sort { bytes.rawSpan.extracting($0.key).precedes(bytes.rawSpan.extracting($1.key)) }
    for row in rows {
      let (key, value) = (bytes.rawSpan.extracting(row.key), bytes.rawSpan.extracting(row.key.upperBound..<row.end))
      try transaction.putNear(value, for: key, in: history)
    }
    rows.removeAll()
  }

  /// What an earlier commit remembers of the same version is older, and stays; unless the row is as it was again.
  private func merge(
    _ point: HistoryPoint, _ table: Int, _ key: RawSpan, _ old: [UInt8]?, _ new: [UInt8]?,
    _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    let row = HistoryKey.row(table, key, point)
    guard let remembered = try transaction.get(row.rawSpan, in: history)?.bytes else {
      let value = HistoryKey.value(old)
      return try transaction.put(value.rawSpan, for: row.rawSpan, in: history)
    }
    if remembered == HistoryKey.value(new) { _ = try transaction.delete(row.rawSpan, in: history) }
  }
}

extension WriteTransaction {
  /// Forgets what is remembered of a key in one L1 block.
  mutating func forgetHistory(of table: Int, _ key: RawSpan, in l1Block: UInt64, _ history: Table) throws(LMDBError) {
    let start = HistoryKey.row(table, key, HistoryPoint(l1Block: l1Block, version: 0))
    for row in try historyKeys(from: start, of: table, key, in: l1Block, history) {
      _ = try delete(row.rawSpan, in: history)
    }
  }

  private func historyKeys(
    from start: [UInt8], of table: Int, _ key: RawSpan, in l1Block: UInt64, _ history: Table
  ) throws(LMDBError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    var cursor = try cursor(in: history)
    var entry = try cursor.seek(start.rawSpan)
    while let row = entry, HistoryKey.isRow(row.key, of: table, key), HistoryKey.point(of: row.key)?.l1Block == l1Block
    {
      keys.append(row.key.bytes)
      entry = try cursor.next()
    }
    return keys
  }
}
