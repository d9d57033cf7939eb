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
  /// - Throws: `rebuildRequired` when what the version has folded is not what the log has.
  package func digest() throws(ProjectionError) -> DigestReport {
    let version = try openLive(.readOnly)
    _ = try checkedCursor(of: version)
    return try version.digest()
  }
}

extension ProjectionVersion {
  func digest() throws(ProjectionError) -> DigestReport {
    try readNewest { rows, cursor throws(ProjectionError) in
      let (digest, counts) = try digest(of: rows, at: cursor.l1Block)
      return DigestReport(digest: digest, cursor: cursor, rowCounts: counts)
    }
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
