import LMDB
package import Primitives
import Projections
import Rollup

/// The digest of a version, and where the version stood.
package struct DigestReport: Equatable, Sendable {
  package let digest: Hash256
  package let cursor: ProjectionCursor

  /// Rows of each table, in the projection's order.
  package let rowCounts: [RowCount]

  package struct RowCount: Equatable, Sendable {
    package let table: String
    package let rows: Int
  }
}

extension Projector {
  /// The digest of the live version. O(rows): reads all of them, in one snapshot.
  ///
  /// - Throws: `rebuildRequired` when what the version has folded is not what the log has; `withinBlock` when it has folded
  ///   a part of an L1 block, which a digest would not tell from all of it.
  package func digest() throws(ProjectionError) -> DigestReport {
    let version = try openLive(.readOnly)
    _ = try checkedCursor(of: version)
    let report = try version.digest()
    if try isWithinBlock(report.cursor) { throw .withinBlock(projection: P.name, l1Block: report.cursor.l1BlockNumber) }
    return report
  }

  /// Whether records are left to fold of the L1 block at which a canonical projection stands. Its digest has the block in it,
  /// and not how many of its records: of rows that stand within it, it says nothing that an import could go on from.
  func isWithinBlock(_ cursor: ProjectionCursor) throws(ProjectionError) -> Bool {
    guard P.readMode == .canonical, let end = try log.cursor(behind: cursor.l1Block) else { return false }
    return cursor.nextPosition < end.nextPosition
  }
}

extension ProjectionVersion {
  func digest() throws(ProjectionError) -> DigestReport {
    try readNewest { rows, cursor throws(ProjectionError) in try digest(of: rows, at: cursor) }
  }

  /// Of the rows of one of this version's snapshots, and the cursor that belongs to them.
  func digest(of rows: any TableReader, at cursor: ProjectionCursor) throws(ProjectionError) -> DigestReport {
    let (digest, counts) = try digest(of: rows, at: cursor.l1Block)
    return DigestReport(digest: digest, cursor: cursor, rowCounts: counts)
  }

  /// Of rows of this version, as they are or were at an L1 block. See `ProjectionDigest` for what is hashed.
  ///
  /// - Parameter visit: is lent each row on the way.
  func digest(
    of rows: any TableReader, at block: BlockID,
    visiting visit: (ProjectionTable, RawSpan, RawSpan) throws(ProjectionError) -> Void = { _, _, _ in }
  ) throws(ProjectionError) -> (digest: Hash256, rowCounts: [DigestReport.RowCount]) {
    var digest = ProjectionDigest()
    var counts: [DigestReport.RowCount] = []
    for table in tables {
      digest.begin(table)
      var count = 0
      var failure: ProjectionError?
      do throws(TableReadError) {
        try rows.scan(table, from: [UInt8]().rawSpan) { key, value in
          digest.add(key: key, value: value)
          count += 1
          do throws(ProjectionError) { try visit(table, key, value) } catch { failure = error }
          return failure == nil
        }
      } catch { throw .damaged(directory, "\(error)") }
      if let failure { throw failure }
      counts.append(DigestReport.RowCount(table: table.name, rows: count))
    }
    return (digest.finalize(l1BlockNumber: block.number, l1BlockHash: block.hash), counts)
  }
}
