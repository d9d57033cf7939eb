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
  /// rows against the file's hash and digest. That they are the fold of the log, only `verify` shows; and of the journal,
  /// which L1's reorganisations are taken back with, not even that. So the version says for ever that it was imported, and
  /// what is known from elsewhere decides what is taken: all of the file where its hash is, or nothing is; of a file whose
  /// rows are known by their digest nothing that this does not cover. Then it has neither history nor journal, and goes on
  /// behind the digest's L1 block, which has to be canonical here.
  ///
  /// - Parameters:
  ///   - expected: the digest that the rows must have; nil: the one that the file names.
  ///   - hash: the one that the file must end with; nil: the one that it does.
  ///   - switches: whether the new version is made live.
  /// - Throws: `snapshot`, with the reason; then nothing has changed. Whatever else can fail does so behind that, too: the
  ///   live version stays live unless the switch itself was made, but what an interrupted rebuild had left may be gone, and the
  ///   new version lie beside, where `switchTo` makes it live if it is finished and the next rebuild removes it.
  package func importSnapshot(
    from path: FilePath, digest expected: Hash256? = nil, hash: Hash256? = nil, switches: Bool = true,
    _ options: Options = Options()
  ) throws(ProjectionError) -> SnapshotReport {
    let lock = try ProjectionError.lock(versions.directory, .builder)
    let header = try SnapshotHeader(of: path)
    try check(header, of: path)
    let isWhole = expected == nil || hash != nil
    let cursor = isWhole ? header.cursor : try cursorByDigest(header, path)
    // Twice through the file: nothing is made of one that is damaged, or another one.
    let end = try SnapshotSource.check(path)
    if let hash, end.hash != hash { throw .snapshot(path, .otherHash(found: end.hash, expected: hash)) }
    if let expected, end.digest != expected {
      throw .snapshot(path, .otherDigest(found: end.digest, expected: expected))
    }
    let name = try versions.inventory().next(schemaVersion: P.schemaVersion)
    let directory = versions.path(of: name)
    try ProjectionError.files { () throws(LMDB.OpenError) in try Files.createDirectory(directory) }
    let keepsHistory = header.keepsHistory && isWhole
    // Without a manifest it is nobody's version: should the import end early, no rebuild goes on with it.
    let version = try ProjectionVersion(
      directory, tables: P.tables, mode: .create, durability: .unsynced, keepsHistory: keepsHistory)
    let report: SnapshotReport
    do throws(ProjectionError) {
      report = try version.take(
        header, end, from: path, at: cursor, isWhole: isWhole, isWithinBlock: try isWithinBlock(cursor))
    } catch {
      try? Files.removeDirectory(directory)
      throw error
    }
    let manifest = Manifest(
      projection: P.name, schemaVersion: P.schemaVersion, storeID: storeID, keepsHistory: keepsHistory,
      snapshot: "\(end.hash)")
    try manifest.write(in: directory)
    // Only what is known to be sound takes the place of what an interrupted rebuild has left.
    versions.removeUnpublished(but: name)
    let build = Build(name: name, version: version, cursor: cursor)
    try finish(build, options)
    if switches { try makeLive(build, options) }
    _ = consume lock
    return report
  }

  /// Where rows stand that are known by their digest. It names an L1 block, which whoever told it had folded whole; all else
  /// is taken from the log here, and not from the file.
  private func cursorByDigest(_ header: SnapshotHeader, _ path: FilePath) throws(ProjectionError) -> ProjectionCursor {
    guard P.readMode == .canonical else { throw .snapshot(path, .digestIsNotEnough(projection: P.name)) }
    let stated = header.cursor
    if stated.nextPosition == 0, stated.l1Block == ProjectionCursor.start.l1Block { return .start }
    guard let cursor = try log.cursor(behind: stated.l1Block), cursor.nextPosition <= stated.nextPosition else {
      throw .snapshot(path, .notAtBlockEnd(l1Block: stated.l1BlockNumber))
    }
    return cursor
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
    if let reason = try reasonToRebuild(cursor) { throw .snapshot(path, .damaged(reason)) }
    let revoked = P.readMode == .canonical ? try log.revokedCount(before: needed.ledger) : 0
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
  ///
  /// - Parameters:
  ///   - end: of the file, as it was found to be before.
  ///   - isWhole: whether history and journal are taken too.
  ///   - isWithinBlock: for the report.
  fileprivate func take(
    _ header: SnapshotHeader, _ end: SnapshotEnd, from path: FilePath, at cursor: ProjectionCursor, isWhole: Bool,
    isWithinBlock: Bool
  ) throws(ProjectionError) -> SnapshotReport {
    var source = try SnapshotSource(path)
    var filler = TableFiller(self) { what in .snapshot(path, .damaged(what)) }
    let found = try source.forEachRow { table, key, value throws(ProjectionError) in
      if isWhole || table < SnapshotTable.history { try filler.add(table, key, value) }
    }
    guard found == end else { throw .snapshot(path, .damaged("it has changed while it was read")) }
    try filler.flush()
    let digest = try digest(at: header.cursor.l1Block)
    guard digest == end.digest else {
      throw .snapshot(path, .damaged("its rows have digest \(digest), and it says \(end.digest)"))
    }
    try write(cursor, newestPoint: isWhole ? header.newestPoint : [])
    let bytes: Int
    do throws(LMDB.OpenError) { bytes = try Files.status(path)?.size ?? 0 } catch { throw .open(error) }
    return SnapshotReport(
      header: header, digest: digest, hash: end.hash, rows: filler.taken, byteCount: bytes, isWhole: isWhole,
      isWithinBlock: isWithinBlock)
  }

  private func digest(at block: BlockID) throws(ProjectionError) -> Hash256 {
    try read { rows throws(ProjectionError) in try digest(of: rows, at: block).digest }
  }
}
