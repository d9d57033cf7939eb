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
  func checkSpill() throws(ProjectionError) {
    guard let byteCount = try spilledBytes() else { return }
    try SpillFile(directory, byteCount: byteCount).parts().check()
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
  ///   - step: is told at the beginning, after some parts were made one, and after each transaction but the last, how
  ///     many bytes have been written since; throws to stop.
  func merge(
    _ spill: SpillFile, ways: Int = SortedParts.ways, commitBytes: Int = TableFiller.commitBytes,
    passing step: (_ byteCount: Int) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    try step(0)
    var parts = try spill.parts()
    while parts.parts.count > ways {
      parts = try parts.merged(by: ways, to: RowFile(Self.runsPath(in: directory), isNew: true), passing: step)
    }
    var rows = try MergedRows(parts.file, parts.parts[...])
    while try !append(&rows, commitBytes: commitBytes) { try step(commitBytes) }
    try endSpill()
  }

  /// Appends rows in one transaction, as many as have so many bytes. Returns whether these were the last, with which
  /// the spill counts no more.
  private func append(_ rows: inout MergedRows, commitBytes: Int) throws(ProjectionError) -> Bool {
    let key = Self.spillKey
    return try environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      var end = TableEnd()
      while try rows.advance() {
        try rows.lend { table, key, value throws(ProjectionError) in
          guard table < tables.count else { throw .damaged(directory, "it has set rows of a table \(table) aside") }
          do throws(LMDBError) {
            guard try end.isBefore(key, of: table, handles[table], transaction), let value else { return }
            try transaction.append(value, for: key, in: handles[table])
          } catch { throw .store(error) }
        }
        if transaction.bytesWritten >= commitBytes { return false }
      }
      do throws(LMDBError) { try transaction.delete(key.rawSpan, in: cursorHandle) } catch { throw .store(error) }
      return true
    }
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

/// Which rows of those that come in order a table does not have yet, where it has all up to some key.
private struct TableEnd {
  private var table: Int?

  /// The last key that the table had; nil once what comes is behind it.
  private var lastKey: [UInt8]?

  mutating func isBefore(
    _ key: RawSpan, of table: Int, _ handle: Table, _ transaction: borrowing WriteTransaction
  ) throws(LMDBError) -> Bool {
    if table != self.table {
      self.table = table
      var cursor = try transaction.cursor(in: handle)
      lastKey = try cursor.last()?.key.bytes
    }
    guard let lastKey else { return true }
    guard lastKey.rawSpan.precedes(key) else { return false }
    self.lastKey = nil
    return true
  }
}
