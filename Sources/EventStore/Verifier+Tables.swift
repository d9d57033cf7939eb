import LMDB
import MerkleLog
import Primitives
import Rollup

extension Verifier {
  /// Follows what the writer derives from a record, and holds the stored rows against it.
  mutating func verifyDerived(
    _ header: RecordHeader, _ findings: RecordFindings, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let position = header.position.rawValue
    if header.kind.isObservation { try verifyObservation(header, in: transaction) }
    checkpoint.openBlock?.take(header.kind, ofBlock: header.coordinates.blockNumber, at: position)
    if let block = checkpoint.openBlock, block.row.end <= position { try closeBlock(in: transaction) }
    if header.kind == .l1BlockAppended {
      let number = header.coordinates.blockNumber
      let hash = findings.blocks[position]?.hash ?? .zero
      checkpoint.openBlock = OpenBlock(number: number, row: BlockRow(first: position, end: position + 1, hash: hash))
      if checkpoint.firstBlock == nil { checkpoint.firstBlock = number }
      checkpoint.newestBlock = number
    } else if header.kind == .l1Reorged, let reorganisation = findings.reorganisations[position] {
      checkpoint.newestBlock = reorganisation.commonAncestor.number
    }
  }

  private mutating func verifyObservation(
    _ header: RecordHeader, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    checkpoint.observationRows += 1
    let key = ObservationKey(kind: header.kind, position: header.position.rawValue).bytes
    let bytes: Int?
    do throws(LMDBError) {
      bytes = try transaction.get(key.rawSpan, in: tables.observations)?.byteCount
    } catch { throw .store(error) }
    if bytes != 0 {
      let what = bytes == nil ? "does not know it" : "has bytes beside its key"
      note(
        Damage(
          .shape("the index of observations \(what)"), position: header.position,
          kind: header.kind.rawValue, l1Block: header.coordinates.blockNumber))
    }
  }

  /// Holds the index row of the block whose records have ended against them, unless the block was revoked.
  private mutating func closeBlock(in transaction: borrowing ReadTransaction) throws(ReadError) {
    guard let block = checkpoint.openBlock else { return }
    checkpoint.openBlock = nil
    guard revocations.kept(of: block.row.first..<block.row.first + 1).count == 1 else { return }
    let stored: BlockRow?
    do throws(LMDBError) { stored = try transaction.blockRow(block.number, in: tables) } catch { throw .store(error) }
    guard let stored else {
      note(Damage(.block(number: block.number, "it is missing or has a wrong length")))
      return
    }
    if stored.first != block.row.first || stored.end != block.row.end {
      note(
        Damage(
          .block(
            number: block.number,
            "it says records \(stored.first) to \(stored.end - 1), they are \(block.row.first) to \(block.row.end - 1)")
        ))
    }
    if options.decodesEvents, stored.hash != block.row.hash {
      note(Damage(.block(number: block.number, "it has hash \(stored.hash), the header has \(block.row.hash)")))
    }
  }

  /// What can be said only when all records have been seen.
  mutating func verifyEnd(
    _ head: Head, leaves: [Hash256?], in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    try closeBlock(in: transaction)
    try verifyRoot(head, leaves: leaves, in: transaction)
    try verifyNothingBehind(head, in: transaction)
    try verifyCount(of: tables.tree, head.size / TreeRows.groupSize, in: transaction)
    try verifyCount(of: tables.head, 1, in: transaction)
    guard checkpoint.unreadable == 0 else { return }
    try verifyCount(of: tables.records, head.size, in: transaction)
    try verifyCount(of: tables.chunks, checkpoint.chunkRows, in: transaction)
    try verifyCount(of: tables.blocks, checkpoint.blockRows, in: transaction)
    try verifyCount(of: tables.observations, checkpoint.observationRows, in: transaction)
    for (what, said, found) in [
      ("bytes of payload", head.payloadBytes, checkpoint.payloadBytes),
      ("observations", head.observations, checkpoint.observationRows),
      ("L1 blocks", head.blocks, checkpoint.blockRows),
    ] where said != found {
      note(Damage(.head("it says \(said) \(what), the records have \(found)")))
    }
  }

  private mutating func verifyNothingBehind(_ head: Head, in transaction: borrowing ReadTransaction) throws(ReadError) {
    do throws(LMDBError) {
      var cursor = try transaction.cursor(in: tables.records)
      var entry = head.size == 0 ? try cursor.first() : try cursor.seek(head.size - 1)
      while let found = entry, found.key.isPosition(before: head.size) { entry = try cursor.next() }
      while let found = entry, !isFull {
        let isPosition = found.key.byteCount == 8
        note(
          isPosition
            ? Damage(.strayRecord, position: Position(found.key.bigEndian(at: 0)))
            : Damage(.strayKey(table: tables.records.name, found.key.bytes)))
        entry = try cursor.next()
      }
    } catch { throw .store(error) }
  }

  private mutating func verifyRoot(
    _ head: Head, leaves: [Hash256?], in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let known = leaves.compactMap(\.self)
    guard known.count == leaves.count else { return }
    let covered = checkpoint.groups.size * TreeRows.groupSize
    guard var frontier = Frontier(size: covered, hashes: checkpoint.groups.hashes) else { return }
    for leaf in known { frontier.append(leafHash: leaf) }
    if frontier.root != head.root { note(Damage(.headRoot(stored: head.root, computed: frontier.root))) }
    guard head.size > 0 else { return }
    let tables = tables
    let last = try collect { () throws(ReadError) in try transaction.leafHash(at: head.size - 1, in: tables) }
    if let last, last != head.lastLeafHash {
      note(Damage(.head("it names another last record than the one that is stored")))
    }
  }

  private mutating func verifyCount(
    of table: Table, _ expected: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let stored: UInt64
    do throws(LMDBError) { stored = UInt64(try transaction.count(of: table)) } catch { throw .store(error) }
    if stored != expected { note(Damage(.rowCount(table: table.name, stored: stored, expected: expected))) }
  }
}
