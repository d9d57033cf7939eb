import LMDB
import Primitives
import Rollup

extension EventLog {
  /// Follows the log: everything after `cursor`, then whatever is appended, in order, until the task is cancelled.
  ///
  /// Records are read only as they are asked for, a few at a time, so a slow reader holds nothing back and is never
  /// flooded. A reader that stops and comes back with the cursor of the last record it took misses nothing and gets
  /// nothing twice.
  ///
  /// With `view` canonical, records that are revoked by then are left out; one that is revoked later has been given,
  /// and the `L1Reorged` that says so follows.
  ///
  /// - Throws: `foreignCursor` from the first element on when this log has another record, or none, where the cursor
  ///   stands.
  package func tail(from cursor: Cursor? = nil, view: View = .physical) -> Tail {
    Tail(log: self, cursor: cursor, view: view)
  }

  /// The records of a log from one on, as an asynchronous sequence that does not end. It can be begun again.
  package struct Tail: AsyncSequence, Sendable {
    package typealias Element = StoredRecord
    package typealias Failure = ReadError

    let log: EventLog
    let cursor: Cursor?
    let view: View

    package func makeAsyncIterator() -> Iterator { Iterator(self) }
  }
}

extension EventLog.Tail {
  package struct Iterator: AsyncIteratorProtocol {
    /// Payload bytes and records that are read ahead at most.
    static let bufferBytes = 1 << 20
    static let bufferRecords = 256

    /// How often a log that another process writes is looked at.
    static let pollInterval: Duration = .milliseconds(50)

    private let log: EventLog
    private let view: EventLog.View
    private var cursor: EventLog.Cursor?
    private var next: UInt64
    private var buffer: ArraySlice<StoredRecord> = []

    init(_ tail: EventLog.Tail) {
      log = tail.log
      view = tail.view
      cursor = tail.cursor
      // A cursor beyond the head, which may be any number, is refused before `next` is used.
      next = tail.cursor.map { $0.position.rawValue &+ 1 } ?? 0
    }

    /// The next record; nil once the task is cancelled.
    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(ReadError) -> StoredRecord? {
      if let cursor {
        try log.check(cursor)
        self.cursor = nil
      }
      while buffer.isEmpty {
        if Task.isCancelled { return nil }
        let generation = log.commits.generation
        buffer = try fill()[...]
        if buffer.isEmpty { await wait(after: generation) }
      }
      return buffer.removeFirst()
    }

    /// Reads what there is, up to the limits of the buffer.
    private mutating func fill() throws(ReadError) -> [StoredRecord] {
      let size = try log.head().size
      guard next < size else { return [] }
      let (records, end) = try log.batch(
        from: next, to: size, view: view, records: Self.bufferRecords, bytes: Self.bufferBytes)
      next = end
      return records
    }

    private func wait(after generation: UInt64) async {
      guard log.writer == nil else { return await log.commits.wait(after: generation) }
      try? await Task.sleep(for: Self.pollInterval)
    }
  }
}

extension EventLog {
  /// Throws unless the record after which a reader wants to go on is in this log.
  package func check(_ cursor: Cursor) throws(ReadError) {
    let found: Hash256? = try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      guard cursor.position.rawValue < (try transaction.head(in: tables).size) else { return nil }
      return try transaction.leafHash(at: cursor.position.rawValue, in: tables)
    }
    guard found == cursor.leafHash else { throw .foreignCursor(cursor, found: found) }
  }

  /// Copies records from `first` on, until a limit is reached, at least one if any stands; and says where to go on.
  package func batch(
    from first: UInt64, to end: UInt64, view: View, records limit: Int, bytes: Int
  ) throws(ReadError) -> (records: [StoredRecord], next: UInt64) {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      let kept = view == .physical ? [first..<end] : try canonicalRanges(first..<end, in: transaction)
      var records: [StoredRecord] = []
      var size = 0
      for position in kept.lazy.joined() {
        if records.count >= limit || size >= bytes { return (records, position) }
        let record = try transaction.withRecord(at: position, in: tables) {
          (view: borrowing RecordView) throws(ReadError) in try view.copy()
        }
        size += record.payload.count
        records.append(record)
      }
      return (records, end)
    }
  }
}
