import EventStore
import Rollup

extension EventLog {
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
