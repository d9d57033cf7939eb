import LMDB
package import Primitives
package import Rollup

extension EventLog {
  /// The newest canonical L1 block; nil when the log has none.
  package func newestBlock() throws(ReadError) -> (id: BlockID, positions: Range<Position>)? {
    try readIndex { (transaction: borrowing ReadTransaction) throws(LMDBError) in
      try transaction.newestBlock(in: tables)
    }.map { (BlockID(number: $0.number, hash: $0.row.hash), $0.row.positions) }
  }

  /// Hash and records of a canonical L1 block; nil when the log has no such block, or it was revoked. One lookup.
  package func block(_ number: UInt64) throws(ReadError) -> (id: BlockID, positions: Range<Position>)? {
    try readIndex { (transaction: borrowing ReadTransaction) throws(LMDBError) in
      try transaction.blockRow(number, in: tables)
    }.map { (BlockID(number: number, hash: $0.hash), $0.positions) }
  }

  /// Where a canonical L1 block ends, all of one snapshot; nil when the log has no such block, or L1 has left it. Three
  /// lookups.
  package func end(of id: BlockID) throws(ReadError) -> BlockEnd? {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      let row: BlockRow?
      do throws(LMDBError) { row = try transaction.blockRow(id.number, in: tables) } catch { throw .store(error) }
      guard let row, row.hash == id.hash else { return nil }
      let revoked = try currentRevocations(in: transaction).count(before: row.end)
      let leaf = try transaction.withRecord(at: row.end - 1, in: tables) {
        (view: borrowing RecordView) throws(ReadError) in try view.header.leafHash
      }
      return BlockEnd(position: row.end, lastLeafHash: leaf, revokedRecords: revoked)
    }
  }

  /// The L1 block that the newest `L1Finalized` names.
  package func finalizedBlock() throws(ReadError) -> BlockID? {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try transaction.finalizedBlock(in: tables)
    }
  }

  /// What L1 has revoked until now.
  package func currentRevocations() throws(ReadError) -> Revocations {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try currentRevocations(in: transaction)
    }
  }

  /// Positions that canonical readers skip, ascending and apart.
  package func revokedRanges() throws(ReadError) -> [Range<Position>] {
    try currentRevocations().ranges.map { Position($0.lowerBound)..<Position($0.upperBound) }
  }

  /// The leaf hash of a record: with its position, a cursor.
  package func leafHash(at position: Position) throws(ReadError) -> Hash256 {
    try withRecord(at: position) { (view: borrowing RecordView) throws(ReadError) in try view.header.leafHash }
  }

  private func readIndex<R>(
    _ body: (borrowing ReadTransaction) throws(LMDBError) -> R
  ) throws(ReadError) -> R {
    do throws(LMDBError) { return try environment.read(body) } catch { throw .store(error) }
  }
}

/// Where an L1 block ends in the log.
package struct BlockEnd: Equatable, Sendable {
  /// Behind the block's last record.
  package let position: UInt64

  /// Of that record.
  package let lastLeafHash: Hash256

  /// How many positions before `position` canonical readers skip.
  package let revokedRecords: UInt64
}

extension BlockRow {
  var positions: Range<Position> { Position(first)..<Position(end) }
}

extension Head {
  /// All positions of the log.
  package var positions: Range<Position> { .zero..<Position(size) }
}
