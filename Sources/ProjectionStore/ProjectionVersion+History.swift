import LMDB
import Primitives
import Projections

extension ProjectionVersion {
  /// Lends the newest rows, and the cursor that belongs to them, of one snapshot.
  func readNewest<R>(
    _ body: (any TableReader, ProjectionCursor) throws(ProjectionError) -> R
  ) throws(ProjectionError) -> R {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      let cursor = try cursor(in: transaction) ?? .start
      return try lendRows(of: transaction) { rows throws(ProjectionError) in try body(rows, cursor) }
    }
  }

  /// Lends the rows as they were after a point that `choose` finds in the newest ones, both of one snapshot.
  ///
  /// - Parameter choose: is lent the newest rows, and the cursor that belongs to them. It returns nil for these.
  func readPast<R>(
    _ choose: (any TableReader, ProjectionCursor) throws(ProjectionError) -> HistoryPoint?,
    _ body: (any TableReader) throws(ProjectionError) -> R
  ) throws(ProjectionError) -> R {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      let cursor = try cursor(in: transaction) ?? .start
      let point = try lendRows(of: transaction) { newest throws(ProjectionError) in try choose(newest, cursor) }
      guard let point, let history else { return try lendRows(of: transaction, body) }
      func past(_ table: ProjectionTable) -> PastTable {
        PastTable(index: table.index, rows: handles[table.index], history: history, point: point)
      }
      return try SnapshotReader.lend(
        get: { table, key, use throws(LMDBError) in try past(table).read(key, in: transaction, use) },
        scan: { table, start, use throws(LMDBError) in try past(table).scan(from: start, in: transaction, use) },
        scanBackward: { table, end, use throws(LMDBError) in
          try past(table).scanBackward(before: end, in: transaction, use)
        },
        to: body)
    }
  }

  /// The history as a table like the projection's: behind them.
  var historyTable: ProjectionTable? {
    keepsHistory ? ProjectionTable(index: tables.count, name: HistoryKey.table) : nil
  }
}
