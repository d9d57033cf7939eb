import LMDB
import Primitives
import Projections
import SystemPackage

/// One version of a projection, open: an environment with a table for each of the projection's, and one for the cursor.
///
/// It closes when the last reference goes.
final class ProjectionVersion: Sendable {
  let directory: FilePath
  let tables: [ProjectionTable]
  let environment: Environment
  /// Of the projection's tables, and of the history behind them.
  let handles: [Table]
  let cursorHandle: Table
  private let journal: Table

  /// Where what rows were before stays for ever; nil where it is forgotten once it is final.
  let history: Table?

  /// Whether the rows can be read as they were after any L1 block.
  var keepsHistory: Bool { history != nil }

  private static let cursorTable = "cursor"
  private static let cursorKey: [UInt8] = Array("cursor".utf8)
  /// The point at which the newest commit ended, where history is kept.
  private static let pointKey: [UInt8] = Array("point".utf8)
  /// How much of the spill is committed, in a build that has one.
  static let spillKey: [UInt8] = Array("spill".utf8)

  /// Opens, or with mode `.create` makes, the environment in `directory`. The caller has looked at the manifest.
  init(
    _ directory: FilePath, tables: [ProjectionTable], mode: EnvironmentOptions.Mode,
    durability: EnvironmentOptions.Durability = .synchronous, keepsHistory: Bool = false
  ) throws(ProjectionError) {
    self.directory = directory
    self.tables = tables
    let rowTables = tables.map(\.name) + (keepsHistory ? [HistoryKey.table] : [])
    let names = rowTables + [Self.cursorTable, JournalKey.table]
    // 256 GiB of address space: state is far smaller than history.
    let options = EnvironmentOptions(mode: mode, tables: names, durability: durability, mapSize: 1 << 38)
    do {
      environment = try Environment.open(at: directory, options: options)
    } catch { throw .open(error) }
    handles = rowTables.map { [environment] in environment.table($0) }
    cursorHandle = environment.table(Self.cursorTable)
    journal = environment.table(JournalKey.table)
    history = keepsHistory ? environment.table(HistoryKey.table) : nil
  }

  /// How far it has come; nil before the first commit.
  func cursor() throws(ProjectionError) -> ProjectionCursor? {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      try cursor(in: transaction)
    }
  }

  func cursor(in transaction: borrowing ReadTransaction) throws(ProjectionError) -> ProjectionCursor? {
    let row: RawSpan?
    do throws(LMDBError) { row = try transaction.get(Self.cursorKey.rawSpan, in: cursorHandle) } catch {
      throw .store(error)
    }
    guard let row else { return nil }
    guard let cursor = ProjectionCursor(row: row) else { throw .damaged(directory, "its cursor row is damaged") }
    return cursor
  }

  /// Lends a reader of one snapshot to `body`.
  func read<R, E: LMDBFailure>(_ body: (any TableReader) throws(E) -> R) throws(E) -> R {
    try environment.read { (transaction: borrowing ReadTransaction) throws(E) in
      try lendRows(of: transaction, body)
    }
  }

  /// Lends a reader of a transaction's snapshot to `body`.
  func lendRows<R, E: Error>(
    of transaction: borrowing ReadTransaction, _ body: (any TableReader) throws(E) -> R
  ) throws(E) -> R {
    try SnapshotReader.lend(
      get: { table, key, use throws(LMDBError) in use(try transaction.get(key, in: handles[table.index])) },
      scan: { table, start, use throws(LMDBError) in
        var cursor = try transaction.cursor(in: handles[table.index])
        var entry = start.isEmpty ? try cursor.first() : try cursor.seek(start)
        while let row = entry, use(row.key, row.value) { entry = try cursor.next() }
      },
      scanBackward: { table, end, use throws(LMDBError) in
        var cursor = try transaction.cursor(in: handles[table.index])
        var entry = try cursor.last(before: end)
        while let row = entry, use(row.key, row.value) { entry = try cursor.previous() }
      },
      to: body)
  }

  /// Commits the batch's rows and the cursor in one transaction, with what it takes to take them back.
  ///
  /// - Parameters:
  ///   - sections: of the batch's sections, in order; none for rows that are never taken back.
  ///   - forgotten: the newest section of the journal that goes, with all before it: the newest final L1 block.
  ///   - spill: takes the rows that the batch has set aside.
  func commit(
    _ batch: WriteBatch, _ cursor: ProjectionCursor, journal sections: [JournalSection] = [],
    forgettingThrough forgotten: UInt64? = nil, spilling spill: SpillFile? = nil
  ) throws(ProjectionError) {
    precondition(spill == nil || sections.isEmpty, "only what is final is spilled")
    precondition(spill != nil || batch.unreadBytes == 0, "rows that are set aside have a place")
    // Before the transaction, so that what it counts is there.
    try spill?.write(batch)
    try environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        if let forgotten { try transaction.forgetJournal(through: forgotten, journal: journal) }
        var run = SortedRun()
        var stored: [Int: [UInt8]] = [:]
        try batch.forEachEntryInOrder { entry, table, key, value throws(LMDBError) in
          if batch.remembersStored(entry) { stored[entry] = try transaction.get(key, in: handles[table])?.bytes }
          try run.write(key, value, to: handles[table], number: table, in: &transaction)
        }
        var past: HistoryWriter?
        if let history {
          past = HistoryWriter(history: history, continuing: try newestPoint(in: transaction))
        }
        try transaction.remember(batch, sections, stored: stored, journal: journal, past: &past)
        if keepsHistory, let point = sections.last?.point {
          try transaction.put(point.bytes.rawSpan, for: Self.pointKey.rawSpan, in: cursorHandle)
        }
        try transaction.put(cursor.row.rawSpan, for: Self.cursorKey.rawSpan, in: cursorHandle)
        if let spill { try transaction.put(spill.row.rawSpan, for: Self.spillKey.rawSpan, in: cursorHandle) }
      } catch { throw .store(error) }
    }
    spill?.didCommit()
  }

  /// The point at which the newest commit ended; nil where no history is kept, before the first
  /// commit, and after an L1 block was taken back.
  func newestPoint() throws(ProjectionError) -> HistoryPoint? {
    guard keepsHistory else { return nil }
    return try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      do throws(LMDBError) { return try newestPoint(in: transaction) } catch { throw .store(error) }
    }
  }

  func newestPoint(
    in transaction: borrowing some ReadableTransaction & ~Copyable
  ) throws(LMDBError) -> HistoryPoint? {
    guard let row = try transaction.get(Self.pointKey.rawSpan, in: cursorHandle) else { return nil }
    return HistoryPoint(row)
  }

  /// The tables besides the projection's that a snapshot has too, by their numbers there: what was before, and what it takes to
  /// go back.
  var kept: [(number: UInt8, table: Table)] {
    var kept: [(number: UInt8, table: Table)] = [(SnapshotTable.journal, journal)]
    if let history { kept.insert((SnapshotTable.history, history), at: 0) }
    return kept
  }

  /// Sets the cursor of a version that was filled otherwise than by folding.
  func write(_ cursor: ProjectionCursor, newestPoint: [UInt8]) throws(ProjectionError) {
    try environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        if !newestPoint.isEmpty {
          try transaction.put(newestPoint.rawSpan, for: Self.pointKey.rawSpan, in: cursorHandle)
        }
        try transaction.put(cursor.row.rawSpan, for: Self.cursorKey.rawSpan, in: cursorHandle)
      } catch { throw .store(error) }
    }
  }

  /// What is remembered of an L1 block; nil when it is final, or was never folded.
  func journalHeader(_ l1Block: UInt64) throws(ProjectionError) -> JournalHeader? {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        let key = JournalKey.header(l1Block)
        guard let row = try transaction.get(key.rawSpan, in: journal) else { return nil }
        return JournalHeader(row: row)
      } catch { throw .store(error) }
    }
  }

  /// Puts back what was there before these L1 blocks, or records, newest first, and sets the cursor, in one transaction.
  func takeBack(_ l1Blocks: [UInt64], _ cursor: ProjectionCursor) throws(ProjectionError) {
    try environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      var isWhole = true
      do throws(LMDBError) {
        for number in l1Blocks where isWhole {
          isWhole = try transaction.takeBack(number, journal: journal, tables: handles, history: history)
        }
        _ = try transaction.delete(Self.pointKey.rawSpan, in: cursorHandle)
        try transaction.put(cursor.row.rawSpan, for: Self.cursorKey.rawSpan, in: cursorHandle)
      } catch { throw .store(error) }
      guard isWhole else { throw .damaged(directory, "its journal is damaged") }
    }
  }

  /// Puts all commits on disk and makes later ones durable when they return.
  func makeSynchronous() throws(ProjectionError) {
    do { try environment.makeSynchronous() } catch { throw .store(error) }
  }

  /// How many pages the tables have that hold rows. O(tables).
  func pageCount() throws(ProjectionError) -> Int {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      var count = 0
      do throws(LMDBError) {
        for handle in handles {
          count += try transaction.statistics(of: handle).pages
        }
      } catch { throw .store(error) }
      return count
    }
  }

  /// How many rows a table has. O(1).
  func rowCount(of table: ProjectionTable) throws(ProjectionError) -> Int {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      do throws(LMDBError) { return try transaction.count(of: handles[table.index]) } catch { throw .store(error) }
    }
  }
}

/// Writes rows that come in key order: from the first key beyond the table's last one on, they are appended, which
/// fills pages completely and searches nothing.
private struct SortedRun {
  private var table: Int?
  private var lastKey: [UInt8]?
  private var isAppending = false

  mutating func write(
    _ key: RawSpan, _ value: RawSpan?, to handle: Table, number: Int, in transaction: inout WriteTransaction
  ) throws(LMDBError) {
    if table != number { try begin(number, handle, transaction) }
    if !isAppending { isAppending = lastKey.map { $0.rawSpan.precedes(key) } ?? true }
    switch (value, isAppending) {
    case (let value?, true): try transaction.append(value, for: key, in: handle)
    case (let value?, false): try transaction.putNear(value, for: key, in: handle)
    // There is nothing to remove beyond the last key.
    case (nil, true): break
    case (nil, false): try transaction.delete(key, in: handle)
    }
  }

  private mutating func begin(
    _ number: Int, _ handle: Table, _ transaction: borrowing WriteTransaction
  ) throws(LMDBError) {
    table = number
    isAppending = false
    var cursor = try transaction.cursor(in: handle)
    lastKey = try cursor.last()?.key.bytes
  }
}
