import EventStore
import LMDB
package import Primitives
import Projections
import Rollup
package import SystemPackage

/// What a snapshot that was made or taken has in it.
package struct SnapshotReport: Sendable {
  package let header: SnapshotHeader

  /// Of the rows of the projection's tables at the header's L1 block, and of nothing else in the file.
  package let digest: Hash256

  /// With which the file ends: over all of it, cursor, history and journal too.
  package let hash: Hash256

  /// Rows of all tables, and of what the runtime keeps beside them.
  package let rows: UInt64
  package let byteCount: Int

  /// Whether all of the file was written or taken: history and journal too.
  package var isWhole = true

  /// Whether the rows are the fold of a part of the header's L1 block: then nobody may be told to trust the digest, which
  /// does not say of which part.
  package let isWithinBlock: Bool
}

extension Projector {
  /// Writes the live version into a file, which another node with the same log can take up in place of a rebuild. O(rows);
  /// of one moment, while others go on writing.
  ///
  /// - Parameters:
  ///   - path: where there is no file yet.
  ///   - l1Block: as the rows were after that block: without history then, as no archive does. Nil: as they are, with all
  ///     that the version keeps.
  package func exportSnapshot(
    to path: FilePath, afterL1Block l1Block: UInt64? = nil
  ) throws(ProjectionError) -> SnapshotReport {
    let version = try openLive(.readOnly)
    if let l1Block { return try exportPast(afterL1Block: l1Block, to: path) }
    return try version.environment.read { (transaction: borrowing ReadTransaction) throws(ProjectionError) in
      let cursor = try version.cursor(in: transaction) ?? .start
      try requireCanonical(cursor)
      var point: [UInt8] = []
      do throws(LMDBError) { point = try version.newestPoint(in: transaction)?.bytes ?? [] } catch {
        throw .store(error)
      }
      let header = try header(at: cursor, keepsHistory: version.keepsHistory, newestPoint: point)
      var writer = try SnapshotWriter(path, header)
      let digest = try version.lendRows(of: transaction) { rows throws(ProjectionError) in
        try writer.add(version, of: rows, at: cursor.l1Block)
      }
      for (number, table) in version.kept { try writer.add(number, allOf: table, in: transaction) }
      return try finish(&writer, digest, header)
    }
  }

  private func exportPast(
    afterL1Block number: UInt64, to path: FilePath
  ) throws(ProjectionError) -> SnapshotReport {
    try readRows(afterL1Block: number) { version, rows, block throws(ProjectionError) in
      guard let cursor = try log.cursor(behind: block) else {
        throw .reorganising(projection: P.name, l1Block: block.number)
      }
      let header = try header(at: cursor, keepsHistory: false, newestPoint: [])
      var writer = try SnapshotWriter(path, header)
      let digest = try writer.add(version, of: rows, at: block)
      return try finish(&writer, digest, header)
    }
  }

  /// Ends the file, and says what is in it.
  private func finish(
    _ writer: inout SnapshotWriter, _ digest: Hash256, _ header: SnapshotHeader
  ) throws(ProjectionError) -> SnapshotReport {
    let isWithinBlock = try isWithinBlock(header.cursor)
    let hash = try writer.finish(digest)
    return SnapshotReport(
      header: header, digest: digest, hash: hash, rows: writer.rows, byteCount: writer.byteCount,
      isWithinBlock: isWithinBlock)
  }

  private func header(
    at cursor: ProjectionCursor, keepsHistory: Bool, newestPoint: [UInt8]
  ) throws(ProjectionError) -> SnapshotHeader {
    do throws(ReadError) {
      let extent = cursor.extent
      return SnapshotHeader(
        projection: P.name, schemaVersion: P.schemaVersion, keepsHistory: keepsHistory, cursor: cursor,
        ledgerRoot: try log.root(ofSize: extent.ledger),
        testimonyRoot: try testimony?.root(ofSize: extent.testimony) ?? .zero, newestPoint: newestPoint)
    } catch { throw .log(error) }
  }
}

extension SnapshotWriter {
  /// Adds the rows of a table as they are stored.
  fileprivate mutating func add(
    _ number: UInt8, allOf table: Table, in transaction: borrowing ReadTransaction
  ) throws(ProjectionError) {
    var entries: LMDB.Cursor
    var entry: LMDB.Cursor.Entry?
    do throws(LMDBError) { entries = try transaction.cursor(in: table) } catch { throw .store(error) }
    do throws(LMDBError) { entry = try entries.first() } catch { throw .store(error) }
    while let row = entry {
      try add(number, row.key, row.value)
      do throws(LMDBError) { entry = try entries.next() } catch { throw .store(error) }
    }
  }

  /// Adds the rows of a version's tables, and says which digest they have.
  fileprivate mutating func add(
    _ version: ProjectionVersion, of rows: any TableReader, at block: BlockID
  ) throws(ProjectionError) -> Hash256 {
    try version.digest(of: rows, at: block) { table, key, value throws(ProjectionError) in
      try add(UInt8(table.index), key, value)
    }.digest
  }
}
