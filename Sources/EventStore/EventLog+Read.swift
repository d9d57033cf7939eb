public import LMDB
public import Primitives
public import Rollup

extension EventLog {
  /// Records that are read in one snapshot. A longer scan begins the next one where this one ended, so that it does not
  /// keep LMDB from using pages again.
  @inlinable package static var recordsPerSnapshot: UInt64 { 16_384 }

  /// Lends the records of `range` in order, straight from the memory map.
  ///
  /// Each record is checked against its checksum before it is lent. One cursor step and one pass over the bytes for a
  /// record; nothing is copied or allocated.
  ///
  /// - Throws: what `body` throws; `beyondHead`, before anything is lent, if the range is not in the log; `damaged` at
  ///   the first record that is not what was written, after all before it have been lent.
  @inlinable
  package func read<E: EventLogFailure>(
    _ range: Range<Position>, view: View = .physical, _ body: (borrowing RecordView) throws(E) -> Void
  ) throws(E) {
    do throws(ReadError) { try requireHead(above: range) } catch { throw E(error) }
    var next = range.lowerBound.rawValue
    while next < range.upperBound.rawValue {
      let end = min(range.upperBound.rawValue, next + Self.recordsPerSnapshot)
      try environment.read { (transaction: borrowing ReadTransaction) throws(E) in
        guard view == .canonical else {
          try transaction.scan(next, end, in: tables, body)
          return
        }
        let kept: [Range<UInt64>]
        do throws(ReadError) { kept = try canonicalRanges(next..<end, in: transaction) } catch { throw E(error) }
        for part in kept { try transaction.scan(part.lowerBound, part.upperBound, in: tables, body) }
      }
      next = end
    }
  }

  /// Lends the record at `position`.
  @inlinable
  package func withRecord<R, E: EventLogFailure>(
    at position: Position, _ body: (borrowing RecordView) throws(E) -> R
  ) throws(E) -> R {
    do throws(ReadError) { try requireRecord(at: position) } catch { throw E(error) }
    return try environment.read { (transaction: borrowing ReadTransaction) throws(E) in
      try transaction.withRecord(at: position.rawValue, in: tables, body)
    }
  }

  /// The record at `position`, copied.
  package func record(at position: Position) throws(ReadError) -> StoredRecord {
    try withRecord(at: position) { (view: borrowing RecordView) throws(ReadError) in try view.copy() }
  }

  @usableFromInline
  func requireRecord(at position: Position) throws(ReadError) {
    let size = try head().size
    guard position.rawValue < size else { throw .beyondHead(position: position, size: size) }
  }

  @usableFromInline
  func requireHead(above range: Range<Position>) throws(ReadError) {
    guard !range.isEmpty else { return }
    let size = try head().size
    guard range.upperBound.rawValue <= size else {
      throw .beyondHead(position: max(range.lowerBound, Position(size)), size: size)
    }
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// Lends the records from `first` up to, not including, `end`; all of them must be there.
  @inlinable
  func scan<E: EventLogFailure>(
    _ first: UInt64, _ end: UInt64, in tables: EventLog.Tables, _ body: (borrowing RecordView) throws(E) -> Void
  ) throws(E) {
    guard first < end else { return }
    var cursor: LMDB.Cursor
    var entry: LMDB.Cursor.Entry?
    do throws(LMDBError) { cursor = try self.cursor(in: tables.records) } catch { throw E(error) }
    do throws(LMDBError) { entry = first == 0 ? try cursor.first() : try cursor.seek(first) } catch { throw E(error) }
    var position = first
    while true {
      let view: RecordView
      do throws(ReadError) {
        guard let found = entry, found.key.holds(position) else { throw ReadError.missing(position) }
        view = try RecordView.checked(found.value, at: position, in: self, tables: tables)
      } catch { throw E(error) }
      try body(view)
      position += 1
      guard position < end else { return }
      do throws(LMDBError) { entry = try cursor.next() } catch { throw E(error) }
    }
  }

  /// Lends one record.
  @inlinable
  func withRecord<R, E: EventLogFailure>(
    at position: UInt64, in tables: EventLog.Tables, _ body: (borrowing RecordView) throws(E) -> R
  ) throws(E) -> R {
    let view: RecordView
    do throws(ReadError) {
      let value: RawSpan?
      do throws(LMDBError) { value = try get(position, in: tables.records) } catch { throw ReadError.store(error) }
      guard let value else { throw ReadError.missing(position) }
      view = try RecordView.checked(value, at: position, in: self, tables: tables)
    } catch { throw E(error) }
    return try body(view)
  }
}

extension RawSpan {
  /// Whether a key is this position.
  @inlinable
  func holds(_ position: UInt64) -> Bool {
    byteCount == 8 && bigEndian(at: 0, as: UInt64.self) == position
  }
}
