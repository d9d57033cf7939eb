import EventStore
import Primitives
import Projections
import Rollup

// What a fold over both logs does besides: it merges the testimony into the ledger's records, each where it arrived.
//
// A testimony is appended a moment after its place was noted. Meanwhile the ledger may have grown, and the fold with it: then
// it finds a testimony that arrived before records which it has folded. These are taken back and folded again behind it, as
// a rebuild would have them. So every record of the ledger is remembered in the journal until a testimony behind it has been
// folded, or L1 has made it final.
extension FoldRun {
  /// Gets the testimony ready that comes next, as far as `end`.
  func beginTestimony(to end: UInt64) {
    guard let testimony, let cursor = cursor.testimony else { return }
    // What was read ahead serves the next batch, unless that is another one than was expected.
    if let queue, queue.cursor == cursor, queue.end == end { return }
    queue = TestimonyQueue(testimony, beside: log, for: P.name, from: cursor, to: end)
  }

  /// Whether there is a testimony to fold once the ledger has been folded up to `position`.
  func hasTestimony(before position: UInt64) throws(ProjectionError) -> Bool {
    guard let place = try queue?.nextPlace() else { return false }
    return place <= position
  }

  /// The next testimony, if it stands before the ledger's record at `position`.
  func takeTestimony(through position: UInt64) throws(Interruption) -> TestimonyQueue.Testimony? {
    do throws(ProjectionError) {
      return try hasTestimony(before: position) ? try queue?.take() : nil
    } catch { throw .failed(error) }
  }

  /// Whether a testimony that is still to come may turn out to have arrived before a record of the ledger: not where one is
  /// at hand that arrived behind it, and not any more when L1 has made the record final.
  func mayBeOvertaken(_ record: RecordHeader) throws(Interruption) -> Bool {
    guard P.readMode == .physicalWithTestimony else { return false }
    if let finalized, record.coordinates.blockNumber <= finalized { return false }
    do throws(ProjectionError) { return try queue?.nextPlace() == nil } catch { throw .failed(error) }
  }

  /// The last record of the ledger that no testimony can turn out to have arrived before; nil when there is none.
  func lastSettled(_ after: ProjectionCursor) throws(ProjectionError) -> UInt64? {
    var settled = after.testimony?.ledgerPosition ?? 0
    if let finalized {
      do throws(ReadError) {
        if let end = try log.block(finalized)?.positions.upperBound.rawValue { settled = max(settled, end) }
      } catch { throw .log(error) }
    }
    return settled > 0 ? settled - 1 : nil
  }

  /// Takes back the records of the ledger that the next testimony arrived before, in one transaction.
  ///
  /// - Throws: `rebuildRequired` when it arrived before what L1 has made final since.
  func unwindOvertaken(_ target: LogExtent) throws(ProjectionError) {
    guard P.readMode == .physicalWithTestimony else { return }
    beginTestimony(to: target.testimony)
    guard let place = try queue?.nextPlace(), place < cursor.nextPosition else { return }
    let overtaken = (place..<cursor.nextPosition).reversed()
    var after = cursor
    for position in overtaken {
      guard let header = try version.journalHeader(position) else {
        throw .rebuildRequired(
          projection: P.name,
          reason: "a testimony arrived before record \(position), which was folded and cannot be taken back any more")
      }
      (after.l1BlockNumber, after.l1BlockHash) = (header.before.number, header.before.hash)
    }
    after.nextPosition = place
    do throws(ReadError) {
      after.lastLeafHash = place == 0 ? .zero : try log.leafHash(at: Position(place - 1))
    } catch { throw .log(error) }
    batch.reset()
    try version.takeBack(Array(overtaken), after)
    cursor = after
  }
}
