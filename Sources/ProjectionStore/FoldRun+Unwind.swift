import EventStore
import LMDB
import Primitives
import Projections
import Rollup

extension ProjectionVersion {
  /// Takes back every L1 block that the log does not have any more, in one transaction, and says where the projection
  /// stands then. O(rows that those blocks changed).
  ///
  /// - Throws: `rebuildRequired` when the journal does not reach far enough back.
  func unwind(
    _ cursor: ProjectionCursor, to log: EventLog, projection: String
  ) throws(ProjectionError) -> ProjectionCursor {
    var top = cursor.l1Block
    var gone: [UInt64] = []
    // The newest block goes in any case: its records may have been revoked before all of them were folded.
    repeat {
      guard let header = try journalHeader(top.number), header.hash == top.hash else {
        throw .rebuildRequired(
          projection: projection, reason: "L1 has left block \(top.number), and how to take it back is not known")
      }
      gone.append(top.number)
      top = header.before
    } while try !log.hasCanonical(top)
    let after = try log.cursor(behind: top)
    try takeBack(gone, after)
    return after
  }
}

extension EventLog {
  fileprivate func hasCanonical(_ id: BlockID) throws(ProjectionError) -> Bool {
    do { return try block(id.number)?.id == id } catch { throw .log(error) }
  }

  /// Where a projection stands that has folded everything up to and with an L1 block.
  func cursor(behind id: BlockID) throws(ProjectionError) -> ProjectionCursor {
    do throws(ReadError) {
      guard let end = try block(id.number)?.positions.upperBound.rawValue, end > 0 else { return .start }
      return ProjectionCursor(
        nextPosition: end, lastLeafHash: try leafHash(at: Position(end - 1)), l1BlockNumber: id.number,
        l1BlockHash: id.hash, skippedRecords: try revokedCount(before: end))
    } catch { throw .log(error) }
  }
}
