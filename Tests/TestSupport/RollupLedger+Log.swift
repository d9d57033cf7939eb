package import EventStore
import Rollup

extension RollupLedger {
  /// Appends all facts to a log, or those behind the ones of an earlier copy.
  package func write(to log: EventLog, after earlier: RollupLedger? = nil) throws {
    var (block, records): (BlockHeader?, [NewRecord]) = (nil, [])
    func flush() throws {
      if let block {
        try log.appendBlock(number: block.number, hash: block.hash, records: records)
      } else if !records.isEmpty {
        try log.append(records)
      }
      (block, records) = (nil, [])
    }
    for fact in facts.dropFirst(earlier?.facts.count ?? 0) {
      if fact.event.kind == .l1BlockAppended {
        try flush()
        block = l1Blocks[Int(fact.coordinates.blockNumber)]
      }
      records.append(NewRecord(fact.event, at: fact.coordinates))
    }
    try flush()
  }
}
