import LMDB
import Primitives
import Rollup

extension WriteState {
  /// Appends an `L1Reorged` that revokes everything above the common ancestor, and takes the revoked blocks out of
  /// table `blocks`.
  mutating func reorg(
    from oldTip: BlockID, to newTip: BlockID, over ancestor: BlockID, in transaction: inout WriteTransaction,
    tables: EventLog.Tables
  ) throws(LMDBError) -> Outcome {
    guard let tip = block, tip.number == oldTip.number, tip.row.hash == oldTip.hash else {
      let stored = try transaction.blockRow(oldTip.number, in: tables)?.hash
      return .failure(.reorgUnknown(number: oldTip.number, stored: stored, given: oldTip.hash))
    }
    let stored = try transaction.blockRow(ancestor.number, in: tables)
    guard let stored, stored.hash == ancestor.hash, ancestor.number < tip.number,
      let first = try transaction.blockRow(ancestor.number + 1, in: tables)?.first
    else {
      return .failure(.reorgUnknown(number: ancestor.number, stored: stored?.hash, given: ancestor.hash))
    }
    do throws(ReadError) {
      // The index is derived, and a revocation is for good: so it goes by the record itself.
      try transaction.requireStart(ofBlock: ancestor.number + 1, at: first, in: tables)
      if let finalized = try transaction.finalizedBlock(in: tables), finalized.number > ancestor.number {
        return .failure(.reorgBelowFinalized(ancestor: ancestor.number, finalized: finalized.number))
      }
    } catch { return .failure(.unreadable(error)) }
    let event = L1Reorged(
      oldTip: oldTip, newTip: newTip, commonAncestor: ancestor, revokedFrom: Position(first),
      revokedTo: Position(tip.row.end - 1))
    let position = size
    try append(
      NewRecord(.l1Reorged(event), at: .observed(at: newTip.number)), to: &transaction, tables: tables)
    for number in ancestor.number + 1...tip.number where try transaction.delete(number, in: tables.blocks) {
      blocks -= 1
    }
    block = OpenBlock(number: ancestor.number, row: stored)
    return .success(([Position(position)..<Position(size)], 1))
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// Where the records of a canonical L1 block are. Nil when it is not stored, or was revoked, or its row is damaged.
  func blockRow(_ number: UInt64, in tables: EventLog.Tables) throws(LMDBError) -> BlockRow? {
    guard let row = try get(number, in: tables.blocks) else { return nil }
    return try? BlockRow(number: number, row: row)
  }

  /// Throws unless the record at `position` is the `L1BlockAppended` of a block.
  func requireStart(ofBlock number: UInt64, at position: UInt64, in tables: EventLog.Tables) throws(ReadError) {
    let isStart = try withRecord(at: position, in: tables) { (view: borrowing RecordView) throws(ReadError) in
      view.kind == .l1BlockAppended && view.blockNumber == number
    }
    guard isStart else {
      throw .damaged(Damage(.block(number: number, "record \(position) is not the block's L1BlockAppended")))
    }
  }

  /// The newest canonical L1 block.
  func newestBlock(in tables: EventLog.Tables) throws(LMDBError) -> OpenBlock? {
    var cursor = try cursor(in: tables.blocks)
    guard let last = try cursor.last(), last.key.byteCount == 8 else { return nil }
    let number: UInt64 = last.key.bigEndian(at: 0)
    guard let row = try? BlockRow(number: number, row: last.value) else { return nil }
    return OpenBlock(number: number, row: row)
  }

  /// The block that the newest `L1Finalized` names.
  func finalizedBlock(in tables: EventLog.Tables) throws(ReadError) -> BlockID? {
    let newest: UInt64?
    do throws(LMDBError) { newest = try newestObservation(.l1Finalized, in: tables) } catch { throw .store(error) }
    guard let newest else { return nil }
    let event = try withRecord(at: newest, in: tables) { (view: borrowing RecordView) throws(ReadError) in
      try view.event()
    }
    guard case .l1Finalized(let finalized) = event else { return nil }
    return finalized.block
  }
}
