import LMDB
package import Primitives
import Projections

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
  /// See `ProjectionDigest` for what is hashed.
  func digest() throws(ProjectionError) -> DigestReport {
    let cursor = try cursor() ?? .start
    var digest = ProjectionDigest()
    var counts: [DigestReport.RowCount] = []
    try read { store throws(ProjectionError) in
      for table in tables {
        digest.begin(table)
        var rows = 0
        do throws(TableReadError) {
          try store.scan(table, from: [UInt8]().rawSpan) { key, value in
            digest.add(key: key, value: value)
            rows += 1
            return true
          }
        } catch { throw ProjectionError.damaged(directory, "\(error)") }
        counts.append(DigestReport.RowCount(table: table.name, rows: rows))
      }
    }
    let hash = digest.finalize(l1BlockNumber: cursor.l1BlockNumber, l1BlockHash: cursor.l1BlockHash)
    return DigestReport(digest: hash, cursor: cursor, rowCounts: counts)
  }
}
