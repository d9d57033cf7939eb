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
    let (gone, after) = try blocksToTakeBack(cursor, of: log, projection: projection)
    try takeBack(gone, after)
    return after
  }

  /// The L1 blocks that the log does not have any more, newest first, and where the projection stands without them.
  ///
  /// - Throws: as `unwind`.
  func blocksToTakeBack(
    _ cursor: ProjectionCursor, of log: EventLog, projection: String
  ) throws(ProjectionError) -> (blocks: [UInt64], after: ProjectionCursor) {
    var top = cursor.l1Block
    var gone: [UInt64] = []
    // The newest block goes in any case: its records may have been revoked before all of them were folded.
    while true {
      guard let header = try journalHeader(top.number), header.hash == top.hash else {
        throw .rebuildRequired(
          projection: projection, reason: "L1 has left block \(top.number), and how to take it back is not known")
      }
      gone.append(top.number)
      top = header.before
      if let after = try log.cursor(behind: top) { return (gone, after) }
    }
  }
}

extension EventLog {
  /// Where a projection stands that has folded everything up to and with an L1 block, all of one snapshot; nil when the log
  /// does not have the block, or L1 has left it. What L1 leaves afterwards, the cursor shows.
  func cursor(behind id: BlockID) throws(ProjectionError) -> ProjectionCursor? {
    let end: BlockEnd?
    do throws(ReadError) { end = try self.end(of: id) } catch { throw .log(error) }
    return end.map { end in
      ProjectionCursor(
        nextPosition: end.position, lastLeafHash: end.lastLeafHash, l1BlockNumber: id.number, l1BlockHash: id.hash,
        skippedRecords: end.revokedRecords)
    }
  }
}
