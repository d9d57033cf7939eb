import EventStore
import LMDB
package import Primitives
import Projections
import Rollup
package import SystemPackage

extension Projector {
  /// Takes up a snapshot file as a new version, and makes it live; it follows the log from there.
  ///
  /// Before that the file is held against this log, which must have the same records up to the snapshot's position, and the
  /// rows against the file's hash and digest. That they are the fold of the log, only `verify` shows, or a digest that comes
  /// from elsewhere.
  ///
  /// - Parameters:
  ///   - expected: the digest that the rows must have; nil: the one that the file names.
  ///   - switches: whether the new version is made live.
  /// - Throws: `snapshot`, with the reason; then nothing has changed.
  package func importSnapshot(
    from path: FilePath, digest expected: Hash256? = nil, switches: Bool = true, _ options: Options = Options()
  ) throws(ProjectionError) -> SnapshotReport {
    let lock = try ProjectionError.lock(versions.directory, .builder)
    let header = try SnapshotHeader(of: path)
    try check(header, of: path)
    // Twice through the file: nothing is made of one that is damaged.
    try SnapshotSource.check(path)
    let name = try versions.inventory().next(schemaVersion: P.schemaVersion)
    versions.removeUnpublished()
    let directory = versions.path(of: name)
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.createDirectory(directory) }
    // Without a manifest it is nobody's version: should the import end early, no rebuild goes on with it.
    let version = try ProjectionVersion(
      directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: header.keepsHistory)
    let report: SnapshotReport
    do throws(ProjectionError) {
      report = try version.take(header, from: path)
      if let expected, report.digest != expected {
        throw .snapshot(path, .otherDigest(found: report.digest, expected: expected))
      }
    } catch {
      try? Files.removeDirectory(directory)
      throw error
    }
    let manifest = Manifest(
      projection: P.name, schemaVersion: P.schemaVersion, storeID: storeID, keepsHistory: header.keepsHistory)
    try manifest.write(in: directory)
    let build = Build(name: name, version: version, cursor: header.cursor)
    try finish(build, at: header.cursor, allowingRevoked: true, options)
    if switches { try makeLive(build, options) }
    _ = consume lock
    return report
  }

  /// Holds a header against this program and these logs.
  private func check(_ header: SnapshotHeader, of path: FilePath) throws(ProjectionError) {
    guard header.projection == P.name, header.schemaVersion == P.schemaVersion else {
      throw .snapshot(
        path,
        .otherProjection(
          found: header.projection, foundSchema: header.schemaVersion, schema: P.schemaVersion))
    }
    let (cursor, needed) = (header.cursor, header.cursor.extent)
    try check(log, "ledger", needed.ledger, header.ledgerRoot, path)
    if needed.testimony > 0 {
      guard let testimony else {
        throw .snapshot(path, .logBehind(log: "testimony", size: 0, needed: needed.testimony))
      }
      try check(testimony, "testimony", needed.testimony, header.testimonyRoot, path)
    }
    if let reason = try reasonToRebuild(cursor, allowingRevoked: true) { throw .snapshot(path, .damaged(reason)) }
    let revoked: UInt64
    do throws(ReadError) {
      revoked = P.readMode == .canonical ? try log.revokedCount(before: needed.ledger) : 0
    } catch { throw .log(error) }
    guard revoked >= cursor.skippedRecords else {
      throw .snapshot(path, .revocationsBehind(known: revoked, needed: cursor.skippedRecords))
    }
  }

  private func check(
    _ log: EventLog, _ name: String, _ size: UInt64, _ root: Hash256, _ path: FilePath
  ) throws(ProjectionError) {
    let found: Hash256
    do throws(ReadError) {
      let here = try log.head().size
      guard here >= size else { throw ReadError.beyondHead(position: Position(size), size: here) }
      found = try log.root(ofSize: size)
    } catch {
      if case .beyondHead(_, let here) = error {
        throw .snapshot(path, .logBehind(log: name, size: here, needed: size))
      }
      throw .log(error)
    }
    guard found == root else {
      throw .snapshot(path, .otherLog(log: name, size: size, root: found, expected: root))
    }
  }
}

extension ProjectionVersion {
  /// Writes the rows of a snapshot into an empty version, and the cursor when all of them are what the file says.
  fileprivate func take(_ header: SnapshotHeader, from path: FilePath) throws(ProjectionError) -> SnapshotReport {
    var source = try SnapshotSource(path)
    guard source.header == header else { throw .snapshot(path, .damaged("it has changed while it was read")) }
    var filler = TableFiller(self, path)
    let end = try source.forEachRow { table, key, value throws(ProjectionError) in
      try filler.add(table, key, value)
    }
    try filler.flush()
    let digest = try digest(at: header.cursor.l1Block)
    guard digest == end.digest else {
      throw .snapshot(path, .damaged("its rows have digest \(digest), and it says \(end.digest)"))
    }
    try write(header.cursor, newestPoint: header.newestPoint)
    let bytes: Int
    do throws(LMDB.OpenError) { bytes = try Files.status(path)?.size ?? 0 } catch { throw .open(error) }
    return SnapshotReport(header: header, digest: digest, rows: end.rows, byteCount: bytes)
  }

  private func digest(at block: BlockID) throws(ProjectionError) -> Hash256 {
    try read { rows throws(ProjectionError) in try digest(of: rows, at: block).digest }
  }
}

/// Fills the tables of an empty version with rows that come in order, a transaction at a time.
private struct TableFiller {
  private let version: ProjectionVersion
  private let path: FilePath
  private var tables: [UInt8: Table] = [:]
  private var last: (table: UInt8, key: [UInt8])?
  private var rows: [(table: Table, key: [UInt8], value: [UInt8])] = []
  private var byteCount = 0

  private static let commitBytes = 16 << 20

  init(_ version: ProjectionVersion, _ path: FilePath) {
    self.version = version
    self.path = path
    for table in version.tables { tables[UInt8(table.index)] = version.handles[table.index] }
    for (number, table) in version.kept { tables[number] = table }
  }

  mutating func add(_ number: UInt8, _ key: RawSpan, _ value: RawSpan) throws(ProjectionError) {
    guard let table = tables[number] else { throw damaged("it has a table \(number), which there is not") }
    if let last, last.table > number || last.table == number && !last.key.rawSpan.precedes(key) {
      throw damaged("its rows are not in order")
    }
    guard 1...Self.longestKey ~= key.byteCount else { throw damaged("a key is longer than one can be") }
    let bytes = key.bytes
    last = (number, bytes)
    rows.append((table, bytes, value.bytes))
    byteCount += key.byteCount + value.byteCount
    if byteCount >= Self.commitBytes { try flush() }
  }

  mutating func flush() throws(ProjectionError) {
    let rows = rows
    try version.environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        for row in rows { try transaction.append(row.value.rawSpan, for: row.key.rawSpan, in: row.table) }
      } catch { throw .store(error) }
    }
    self.rows.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  /// LMDB's limit.
  private static let longestKey = 511

  private func damaged(_ what: String) -> ProjectionError { .snapshot(path, .damaged(what)) }
}
