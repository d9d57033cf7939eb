import LMDB
import Primitives
import Projections

/// A table as it was after some point: what has been changed since is taken from the history, the rest from the table.
struct PastTable {
  /// Its place among the projection's tables.
  let index: Int
  let rows: Table
  let history: Table
  let point: HistoryPoint

  /// Lends what was under `key`, or nil. One seek, and one more where nothing has changed since. O(log n).
  func read(
    _ key: RawSpan, in transaction: borrowing ReadTransaction, _ body: (RawSpan?) -> Void
  ) throws(LMDBError) {
    var cursor = try transaction.cursor(in: history)
    let row = HistoryKey.row(index, key, point.next)
    if let entry = try cursor.seek(row.rawSpan), HistoryKey.isRow(entry.key, of: index, key) {
      if entry.value.isEmpty { body(nil) } else { body(entry.value.extracting(1..<entry.value.byteCount)) }
    } else {
      body(try transaction.get(key, in: rows))
    }
  }

  /// Lends the rows from the first key on that is `start` or greater, until `body` returns false. O(log n) for each row
  /// that has ever been changed, those included that were not there then.
  func scan(
    from start: RawSpan, in transaction: borrowing ReadTransaction, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(LMDBError) {
    var live = try transaction.cursor(in: rows)
    var past = try transaction.cursor(in: history)
    var liveEntry = start.isEmpty ? try live.first() : try live.seek(start)
    var pastEntry = try past.seek(HistoryKey.start(index, start).rawSpan)
    while true {
      guard let changed = pastEntry, HistoryKey.isRow(changed.key, of: index) else {
        // Nothing from here on has ever been changed.
        while let row = liveEntry, body(row.key, row.value) { liveEntry = try live.next() }
        return
      }
      let key = changed.key.extracting(HistoryKey.keyRange(of: changed.key))
      if let row = liveEntry, row.key.precedes(key) {
        guard body(row.key, row.value) else { return }
        liveEntry = try live.next()
        continue
      }
      var goesOn = true
      if !key.precedes(start) {
        try read(key, in: transaction) { value in
          if let value { goesOn = body(key, value) }
        }
      }
      guard goesOn else { return }
      pastEntry = try past.seek(HistoryKey.row(index, key, .end(of: .max)).rawSpan)
      if let row = liveEntry, row.key.holdsSameBytes(as: key) { liveEntry = try live.next() }
    }
  }

  /// As `scan`, in the other order of keys: from the last one on that comes before `end`.
  func scanBackward(
    before end: RawSpan, in transaction: borrowing ReadTransaction, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(LMDBError) {
    var live = try transaction.cursor(in: rows)
    var past = try transaction.cursor(in: history)
    var liveEntry = try live.last(before: end)
    var pastEntry = try past.last(before: HistoryKey.start(index, end).rawSpan)
    while true {
      guard let changed = pastEntry, HistoryKey.isRow(changed.key, of: index) else {
        // Nothing before has ever been changed.
        while let row = liveEntry, body(row.key, row.value) { liveEntry = try live.previous() }
        return
      }
      let key = changed.key.extracting(HistoryKey.keyRange(of: changed.key))
      if let row = liveEntry, key.precedes(row.key) {
        guard body(row.key, row.value) else { return }
        liveEntry = try live.previous()
        continue
      }
      var goesOn = true
      try read(key, in: transaction) { value in
        if let value { goesOn = body(key, value) }
      }
      guard goesOn else { return }
      pastEntry = try past.last(before: HistoryKey.row(index, key, HistoryPoint(l1Block: 0, version: 0)).rawSpan)
      if let row = liveEntry, row.key.holdsSameBytes(as: key) { liveEntry = try live.previous() }
    }
  }
}
