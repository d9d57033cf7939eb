import LMDB
package import Primitives
package import Rollup

extension EventLog: ComparableLedger {
  package func l1Blocks() throws(ReadError) -> ClosedRange<UInt64>? {
    guard let newest = try newestBlock(), let oldest = try oldestBlockNumber() else { return nil }
    return min(oldest, newest.id.number)...newest.id.number
  }

  package func finalizedL1Block() throws(ReadError) -> BlockID? { try finalizedBlock() }

  /// What the next block's record says; computed for the newest.
  package func canonicalAcc(afterL1Block number: UInt64) throws(ReadError) -> Hash256 {
    if let next = try block(number + 1) { return try accumulatorBefore(next.positions) }
    let block = try requiredBlock(number)
    var accumulator = CanonicalAccumulator(before: try accumulatorBefore(block.positions))
    try forEachFact(of: block) { (record: borrowing RecordView) throws(ReadError) in
      let kind = try record.header.kind
      record.withPayload { accumulator.add(kind, $0) }
    }
    return accumulator.value(blockHash: block.id.hash)
  }

  package func facts(ofL1Block number: UInt64) throws(ReadError) -> (hash: Hash256, facts: [LedgerFact]) {
    let block = try requiredBlock(number)
    var facts: [LedgerFact] = []
    try forEachFact(of: block) { (record: borrowing RecordView) throws(ReadError) in
      facts.append(
        LedgerFact(position: record.position, kind: try record.header.kind, payloadHash: record.payloadHash))
    }
    return (block.id.hash, facts)
  }

  package func hasRevoked(_ id: BlockID) throws(ReadError) -> Bool {
    for range in try revokedRanges() {
      var isThere = false
      try read(range) { (record: borrowing RecordView) throws(ReadError) in
        guard record.kind == .l1BlockAppended, record.blockNumber == id.number,
          case .l1BlockAppended(let event) = try record.event()
        else { return }
        if event.headerHash == id.hash { isThere = true }
      }
      if isThere { return true }
    }
    return false
  }
}

extension EventLog {
  /// The number of the first canonical L1 block; nil when the log has none. One lookup.
  private func oldestBlockNumber() throws(ReadError) -> UInt64? {
    do throws(LMDBError) {
      return try environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
        var cursor = try transaction.cursor(in: tables.blocks)
        guard let first = try cursor.first(), first.key.byteCount == 8 else { return nil }
        return first.key.bigEndian(at: 0)
      }
    } catch { throw .store(error) }
  }

  private func requiredBlock(
    _ number: UInt64
  ) throws(ReadError) -> (id: BlockID, positions: Range<Position>) {
    guard let block = try block(number) else {
      throw .damaged(Damage(.block(number: number, "there is none, and canonical blocks follow one another")))
    }
    return block
  }

  private func accumulatorBefore(_ positions: Range<Position>) throws(ReadError) -> Hash256 {
    guard case .l1BlockAppended(let event) = try record(at: positions.lowerBound).event() else {
      throw .damaged(
        Damage(.shape("record \(positions.lowerBound) begins an L1 block and is no L1BlockAppended")))
    }
    return event.canonicalAccBefore
  }

  /// Lends the records of a block in order. The chain's configuration is a fact of block 0, and stands before it.
  private func forEachFact(
    of block: (id: BlockID, positions: Range<Position>), _ body: (borrowing RecordView) throws(ReadError) -> Void
  ) throws(ReadError) {
    if block.id.number == 0, block.positions.lowerBound != .zero { try read(.zero..<Position(1), body) }
    try read(block.positions, body)
  }
}
