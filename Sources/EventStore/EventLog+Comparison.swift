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

  package func hasRevoked(_ id: BlockID) throws(ReadError) -> Bool { try searchRevoked(for: id).isThere }

  /// Looks for an L1 block in what reorganisations have revoked: in the branches that reach its height, by halving.
  ///
  /// - Returns: whether it is there, and how many records were read.
  /// - Complexity: O(log n) records of each such branch.
  package func searchRevoked(for id: BlockID) throws(ReadError) -> (isThere: Bool, reads: Int) {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      var reads = 0
      for branch in try currentRevocations(in: transaction).branches where branch.reaches(id.number) {
        if try transaction.hasBlock(id, in: branch.ranges, tables: tables, counting: &reads) { return (true, reads) }
      }
      return (false, reads)
    }
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// Whether an L1 block begins at a position of `ranges`, whose records are in the order of their L1 blocks. If at its
  /// place stands what is no beginning of a block of that number, all records are looked at.
  fileprivate func hasBlock(
    _ id: BlockID, in ranges: [Range<UInt64>], tables: EventLog.Tables, counting reads: inout Int
  ) throws(ReadError) -> Bool {
    func position(_ index: UInt64) -> UInt64 {
      var rest = index
      for range in ranges {
        let count = range.upperBound - range.lowerBound
        if rest < count { return range.lowerBound + rest }
        rest -= count
      }
      preconditionFailure("there are only so many positions")
    }
    let count = ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
    var (lower, upper) = (UInt64(0), count)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      reads += 1
      let number = try withRecord(at: position(middle), in: tables) {
        (record: borrowing RecordView) throws(ReadError) in record.blockNumber
      }
      if number < id.number { lower = middle + 1 } else { upper = middle }
    }
    if lower < count {
      reads += 1
      if let found = try hash(ofBlock: id.number, at: position(lower), in: tables) { return found == id.hash }
    }
    for index in 0..<count {
      reads += 1
      if try hash(ofBlock: id.number, at: position(index), in: tables) == id.hash { return true }
    }
    return false
  }

  /// The hash of the L1 block of this number that begins at a position; nil if none does.
  private func hash(
    ofBlock number: UInt64, at position: UInt64, in tables: EventLog.Tables
  ) throws(ReadError) -> Hash256? {
    try withRecord(at: position, in: tables) { (record: borrowing RecordView) throws(ReadError) -> Hash256? in
      guard record.kind == .l1BlockAppended, record.blockNumber == number,
        case .l1BlockAppended(let event) = try record.event()
      else { return nil }
      return event.headerHash
    }
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
