import EventStore
import Rollup

extension EventLog {
  /// Gives what `body` makes of several reads of this log, and of rows folded from it, all of them of one branch of L1:
  /// again, if L1 has revoked anything meanwhile. What it has revoked only ever grows, so that nothing has changed and come
  /// back unseen.
  func ofOneBranch<R>(_ body: () throws -> R) throws -> R {
    var before = try revokedRanges()
    while true {
      let result = Result { try body() }
      let after = try revokedRanges()
      if after == before { return try result.get() }
      before = after
    }
  }

  /// The record that an L2 block was read from: the newest with its place, up to an L1 block. Nil for genesis.
  ///
  /// - Complexity: O(records from there on): data lies at most a sequencing window before what it makes derivable.
  func record(
    ofBlockAt place: DerivationCursor, throughL1Block last: UInt64
  ) throws(ReadError) -> (position: Position, kind: EventKind)? {
    guard place.batchIndex > 0 else { return nil }
    var number = last
    while let block = try block(number) {
      var found: (Position, EventKind)?
      try read(block.positions) { (record: borrowing RecordView) throws(ReadError) in
        guard let kind = record.kind else { return }
        switch kind {
        case .blockSequenced:
          guard case .blockSequenced(let event) = try record.event(), event.batchIndex == place.batchIndex,
            event.indexInBatch == place.indexInBatch
          else { return }
        case .forceIncluded:
          guard case .forceIncluded(let event) = try record.event(), event.batchIndex == place.batchIndex else {
            return
          }
        default: return
        }
        found = (record.position, kind)
      }
      if let found { return found }
      guard number > 0 else { return nil }
      number -= 1
    }
    return nil
  }
}
