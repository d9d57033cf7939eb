import LMDB
import Projections

/// A fold's reader over one read transaction.
///
/// A transaction cannot be stored, only lent; so the reader holds the closures that use it, for as long as `lend` runs.
struct SnapshotReader: TableReader {
  typealias Get = (ProjectionTable, RawSpan, (RawSpan?) -> Void) throws(LMDBError) -> Void
  typealias Scan = (ProjectionTable, RawSpan, (RawSpan, RawSpan) -> Bool) throws(LMDBError) -> Void

  private let get: Get
  private let scan: Scan
  private let scanBackward: Scan

  /// Calls `body` with a reader made of the closures. The reader must not outlive the call; that is held at run time.
  static func lend<R, E: Error>(
    get: Get, scan: Scan, scanBackward: Scan, to body: (any TableReader) throws(E) -> R
  ) throws(E) -> R {
    try withoutActuallyEscaping(get) { get throws(E) in
      try withoutActuallyEscaping(scan) { scan throws(E) in
        try withoutActuallyEscaping(scanBackward) { scanBackward throws(E) in
          try body(SnapshotReader(get: get, scan: scan, scanBackward: scanBackward))
        }
      }
    }
  }

  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) throws(TableReadError) {
    do { try get(table, key, body) } catch { throw TableReadError(table: table, reason: "\(error)") }
  }

  func scan(
    _ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    do { try scan(table, start, body) } catch { throw TableReadError(table: table, reason: "\(error)") }
  }

  func scanBackward(
    _ table: ProjectionTable, before end: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    do { try scanBackward(table, end, body) } catch { throw TableReadError(table: table, reason: "\(error)") }
  }
}
