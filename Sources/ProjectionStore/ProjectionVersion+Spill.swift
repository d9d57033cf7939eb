import LMDB
import Primitives
import Projections
import SystemPackage

// Rows that a build has set aside: how many there are, and how they come into their tables.
extension ProjectionVersion {
  /// How many bytes of the spill are committed; nil where there is none.
  func spilledBytes() throws(ProjectionError) -> Int? {
    let key = Self.spillKey
    return try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      let row: RawSpan?
      do throws(LMDBError) { row = try transaction.get(key.rawSpan, in: cursorHandle) } catch { throw .store(error) }
      guard let row else { return nil }
      guard row.byteCount == 8, let count = Int(exactly: row.bigEndian(at: 0, as: UInt64.self)) else {
        throw .damaged(directory, "its row of what was set aside is damaged")
      }
      return count
    }
  }

  /// Throws unless all that was spilled is there as it was written, if there is a spill. O(bytes).
  ///
  /// - Parameters:
  ///   - stepBytes: after how many `step` is told how far it is, as it is at the beginning; it throws to stop.
  func checkSpill(
    every stepBytes: Int = TableFiller.commitBytes,
    passing step: (MergeStep) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    guard let byteCount = try spilledBytes() else { return }
    var checking = MergeStep(stage: .check)
    try step(checking)
    let parts = try SpillFile(directory, byteCount: byteCount).parts()
    try parts.check(every: stepBytes) { byteCount throws(ProjectionError) in
      checking.advance(by: byteCount)
      try step(checking)
    }
  }

  /// Whether no row of any of these tables is stored. O(tables).
  func hasNoRows(of tables: [ProjectionTable]) throws(ProjectionError) -> Bool {
    for table in tables where try rowCount(of: table) > 0 { return false }
    return true
  }

  /// Begins to set rows aside: from now on programs that know nothing of that let this version alone.
  func beginSpill() throws(ProjectionError) { try mark(isSpilling: true) }

  /// Appends the rows of a spill to their tables, and ends it. O(n log parts).
  ///
  /// The parts of the spill are read side by side; where they are too many, some that follow each other are made one
  /// first. When it is stopped, each table has all of its rows up to some key, and the next call goes on behind that.
  /// The spill counts until the transaction with the last rows.
  ///
  /// - Parameters:
  ///   - ways: how many parts are read side by side.
  ///   - commitBytes: of a transaction.
  ///   - step: is told how far it is at the beginning of each pass that makes parts one and of appending, after so many bytes
  ///     of what it sorts or finds appended already, and after each transaction but the last; throws to stop.
  func merge(
    _ spill: SpillFile, ways: Int = SortedParts.ways, commitBytes: Int = TableFiller.commitBytes,
    passing step: (MergeStep) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    var parts = try spill.parts()
    while parts.parts.count > ways {
      var sorting = MergeStep(stage: .sort)
      try step(sorting)
      let file = try RowFile(Self.runsPath(in: directory), isNew: true)
      parts = try parts.merged(by: ways, to: file, every: commitBytes) { byteCount throws(ProjectionError) in
        sorting.advance(by: byteCount)
        try step(sorting)
      }
    }
    var rows = try MergedRows(parts.file, parts.parts[...])
    var appending = MergeStep(stage: .append)
    let stored = try passStored(&rows, every: commitBytes) { byteCount throws(ProjectionError) in
      appending.begin(at: byteCount)
      try step(appending)
    }
    appending.begin(at: stored)
    try step(appending)
    while true {
      appending.advance(by: try append(&rows, commitBytes: commitBytes))
      if rows.isAtEnd { break }
      try step(appending)
    }
    try endSpill()
  }

  /// Goes to the first row that is not in its table: before it stand all that an earlier call has appended. Returns their
  /// bytes, as they are spilled; `step` is told them now and then on the way.
  private func passStored(
    _ rows: inout MergedRows, every stepBytes: Int, passing step: (_ byteCount: Int) throws(ProjectionError) -> Void
  ) throws(ProjectionError) -> Int {
    var (byteCount, told, isStored) = (0, 0, true)
    var (number, last) = (-1, [UInt8]())
    while isStored, try rows.advance() {
      try rows.lend { table, key, value throws(ProjectionError) in
        if table != number { (number, last) = (table, try lastKey(of: table) ?? []) }
        // What is not behind it is stored; what says that there is no row is never.
        isStored = value == nil || !last.rawSpan.precedes(key)
        if isStored { byteCount += OldRow.byteCount(key, value) }
      }
      if byteCount - told >= stepBytes {
        told = byteCount
        try step(byteCount)
      }
    }
    return byteCount
  }

  /// Appends rows from the one on that has been come to, in one transaction, as many as have so many bytes; with the last of
  /// them the spill counts no more. Returns their bytes, as they are spilled.
  private func append(_ rows: inout MergedRows, commitBytes: Int) throws(ProjectionError) -> Int {
    let spillKey = Self.spillKey
    return try environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      var byteCount = 0
      while !rows.isAtEnd, transaction.bytesWritten < commitBytes {
        try rows.lend { table, key, value throws(ProjectionError) in
          guard table < tables.count else { throw noTable(table) }
          byteCount += OldRow.byteCount(key, value)
          guard let value else { return }
          do throws(LMDBError) { try transaction.append(value, for: key, in: handles[table]) } catch {
            throw .store(error)
          }
        }
        _ = try rows.advance()
      }
      if rows.isAtEnd {
        do throws(LMDBError) { try transaction.delete(spillKey.rawSpan, in: cursorHandle) } catch {
          throw .store(error)
        }
      }
      return byteCount
    }
  }

  private func lastKey(of table: Int) throws(ProjectionError) -> [UInt8]? {
    guard table < tables.count else { throw noTable(table) }
    return try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        var cursor = try transaction.cursor(in: handles[table])
        return try cursor.last()?.key.bytes
      } catch { throw .store(error) }
    }
  }

  private func noTable(_ table: Int) -> ProjectionError {
    .damaged(directory, "it has set rows of a table \(table) aside")
  }

  /// Ends setting rows aside: removes the files that a merge has come to its end with.
  func endSpill() throws(ProjectionError) {
    // What cannot be removed nobody reads any more.
    try? Files.remove(SpillFile.path(in: directory))
    try? Files.remove(Self.runsPath(in: directory))
    try mark(isSpilling: false)
  }

  /// Says in the manifest, where there is one, whether rows are set aside.
  private func mark(isSpilling: Bool) throws(ProjectionError) {
    let directory = directory
    let manifest = try ProjectionError.files { () throws(LMDB.OpenError) in try Manifest.read(in: directory) }
    guard var manifest, manifest.isSpilling != isSpilling else { return }
    manifest.isSpilling = isSpilling
    try manifest.write(in: directory)
  }

  private static func runsPath(in directory: FilePath) -> FilePath { directory.appending("rows.runs") }
}

/// How far the rows of a spill are on the way to their tables, in bytes of rows as they are spilled.
struct MergeStep {
  /// `check`, `sort` or `append`.
  let stage: ProjectionProgress.Stage

  /// Where it begins: behind what is in the tables already, as far as that is known.
  private(set) var start = 0

  private(set) var done = 0

  /// Of the step, at whose end it is.
  private(set) var byteCount = 0

  init(stage: ProjectionProgress.Stage) { self.stage = stage }

  fileprivate mutating func begin(at place: Int) { (start, done) = (place, place) }

  fileprivate mutating func advance(by count: Int) {
    byteCount = count
    done += count
  }
}
