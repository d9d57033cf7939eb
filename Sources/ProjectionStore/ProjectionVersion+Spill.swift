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

  /// Throws unless all that was spilled is there, if there is a spill. O(bytes).
  func checkSpill(of tables: [ProjectionTable]) throws(ProjectionError) {
    guard let byteCount = try spilledBytes() else { return }
    let spill = try SpillFile(directory, of: tables, byteCount: byteCount)
    try spill.forEachPiece(upTo: 0) { _ throws(ProjectionError) in }
  }

  /// Whether no row of any of these tables is stored. O(tables).
  func hasNoRows(of tables: [ProjectionTable]) throws(ProjectionError) -> Bool {
    for table in tables where try rowCount(of: table) > 0 { return false }
    return true
  }

  /// Appends the rows of a spill to their tables, and removes it. O(n log n).
  ///
  /// Pieces of the spill are sorted in memory and written as runs, which are read side by side then. When it is
  /// stopped, each table has all of its rows up to some key, and the next call goes on behind that with runs that it
  /// makes anew. The spill counts until the transaction with the last rows.
  ///
  /// - Parameters:
  ///   - pieceBytes: of a piece; sorting takes up to twice as much.
  ///   - commitBytes: of a transaction.
  ///   - step: is told at the beginning of each stage, after each piece, and after each transaction but the last, how far it
  ///     is; throws to stop.
  func merge(
    _ spill: SpillFile, pieceBytes: Int = ProjectionVersion.pieceBytes, commitBytes: Int = TableFiller.commitBytes,
    passing step: (MergeStep) throws(ProjectionError) -> Void = { _ in }
  ) throws(ProjectionError) {
    // Runs of an earlier call are written over; who reads these knows where each ends.
    var runs = SortedRuns(try RowFile(Self.runsPath(in: directory)))
    var sorting = MergeStep(stage: .sort)
    try step(sorting)
    try spill.forEachPiece(upTo: pieceBytes) { piece throws(ProjectionError) in
      try runs.add(piece)
      sorting.advance(by: piece.count)
      try step(sorting)
    }
    let path = spill.path
    var filler = TableFiller(self, commitBytes: commitBytes) { what in .damaged(path, what) }
    var (table, last) = (-1, [UInt8]())
    var (appending, passed, hasBegun) = (MergeStep(stage: .append), 0, false)
    try runs.forEachRow { number, key, value throws(ProjectionError) in
      let place = passed
      passed += OldRow.byteCount(key, value)
      if number != table { (table, last) = (number, try lastKey(of: number) ?? []) }
      // What is not behind it is stored, or was written over.
      guard last.rawSpan.precedes(key) else { return }
      last.removeAll(keepingCapacity: true)
      last.append(contentsOf: key)
      if !hasBegun {
        hasBegun = true
        appending.begin(at: place)
        try step(appending)
      }
      if let value, try filler.add(UInt8(number), key, value) {
        appending.advance(by: passed - appending.done)
        try step(appending)
      }
    }
    let key = Self.spillKey
    try filler.flush { (transaction: inout WriteTransaction) throws(LMDBError) in
      _ = try transaction.delete(key.rawSpan, in: cursorHandle)
    }
    removeSpill()
  }

  /// Bytes of a piece.
  static var pieceBytes: Int { 64 << 20 }

  /// Removes what a merge has come to its end with. What cannot be removed nobody reads any more.
  func removeSpill() {
    try? Files.remove(SpillFile.path(in: directory))
    try? Files.remove(Self.runsPath(in: directory))
  }

  private static func runsPath(in directory: FilePath) -> FilePath { directory.appending("rows.runs") }

  private func lastKey(of table: Int) throws(ProjectionError) -> [UInt8]? {
    guard table < tables.count else { throw .damaged(directory, "it has set rows of a table \(table) aside") }
    return try environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        var cursor = try transaction.cursor(in: handles[table])
        return try cursor.last()?.key.bytes
      } catch { throw .store(error) }
    }
  }
}

/// How far the rows of a spill are on the way to their tables, in bytes of rows as they are spilled.
struct MergeStep {
  /// `sort` or `append`.
  let stage: ProjectionProgress.Stage

  /// Where this call began: behind what is in the tables already.
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
