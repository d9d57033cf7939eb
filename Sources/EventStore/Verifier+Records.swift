import Hashing
import LMDB
import MerkleLog
import Primitives
import Rollup

extension Verifier {
  /// Verifies the records from the checkpoint up to `end`, and the tree hashes they complete. Gives the leaf hashes
  /// after the last whole group, nil for a record that is damaged.
  mutating func verifyRecords(
    upTo end: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> [Hash256?] {
    var leaves: [Hash256?] = []
    var cursor: LMDB.Cursor
    do throws(LMDBError) { cursor = try transaction.cursor(in: tables.records) } catch { throw .store(error) }
    var entry: LMDB.Cursor.Entry?
    do throws(LMDBError) {
      // From the beginning, so that a key which sorts before all positions is met too.
      entry = try checkpoint.position == 0 ? cursor.first() : cursor.seek(checkpoint.position)
    } catch { throw .store(error) }
    while checkpoint.position < end, !isFull {
      let position = checkpoint.position
      if let found = entry, found.key.isStray(before: position) {
        note(Damage(.strayKey(table: tables.records.name, found.key.bytes)))
        do throws(LMDBError) { entry = try cursor.next() } catch { throw .store(error) }
        continue
      }
      if let found = entry, found.key.holds(position) {
        leaves.append(try verify(found.value, at: position, in: transaction))
        do throws(LMDBError) { entry = try cursor.next() } catch { throw .store(error) }
      } else {
        noteUnreadable(Damage(.missingRecord, position: Position(position)))
        leaves.append(nil)
      }
      checkpoint.position += 1
      if checkpoint.position.isMultiple(of: TreeRows.groupSize) {
        try verifyGroup(leaves, in: transaction)
        leaves = []
        if end - checkpoint.position < TreeRows.groupSize { report.checkpoint = checkpoint }
      }
    }
    return leaves
  }

  /// Verifies one stored value as the record at `position`. Its leaf hash, nil if it is damaged.
  private mutating func verify(
    _ value: RawSpan, at position: UInt64, in transaction: borrowing ReadTransaction
  ) throws(ReadError) -> Hash256? {
    do throws(ReadError) {
      let view = try RecordView.checked(value, at: position, in: transaction, tables: tables)
      let header = try view.header
      checkpoint.chunkRows += UInt64(PayloadLayout(payloadLength: view.payloadLength).chunkRows)
      checkpoint.payloadBytes &+= UInt64(view.payloadLength)
      try verifyContent(view, header, in: transaction)
      return header.leafHash
    } catch {
      guard case .damaged(let damage) = error else { throw error }
      noteUnreadable(damage)
      return nil
    }
  }

  /// Notes that a record cannot be read. What depends on it is not reported as damaged too.
  private mutating func noteUnreadable(_ damage: Damage) {
    note(damage)
    checkpoint.unreadable += 1
    checkpoint.openBlock = nil
    checkpoint.accumulator = .unknown
  }

  /// Verifies payload hash and event of a record whose checksum is right, and what is derived from it.
  private mutating func verifyContent(
    _ view: borrowing RecordView, _ header: RecordHeader, in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    var hasher = Keccak256()
    view.forEachSegment { (segment: RawSpan) in hasher.update(segment) }
    if hasher.finalize() != header.payloadHash { note(Damage(.payloadHash, of: view, at: header.position.rawValue)) }
    let isBlock = header.kind == .l1BlockAppended && options.checksAccumulators
    let mustDecode = options.decodesEvents || header.kind == .l1Reorged || isBlock
    var event: Event?
    if mustDecode {
      do throws(ReadError) { event = try view.event() } catch {
        guard case .damaged(let damage) = error else { throw error }
        note(damage)
      }
    }
    try verifyDerived(header, event, in: transaction)
    if options.checksAccumulators { try follow(view, header, event, in: transaction) }
  }

  /// Holds the row of the group that ends at the checkpoint against its leaves.
  ///
  /// A hash that differs is reported once: what stands above it is recomputed from the leaves. Where a leaf is unknown,
  /// its record being damaged, the stored hash of the group is taken, so that the rest can still be verified.
  private mutating func verifyGroup(
    _ leaves: [Hash256?], in transaction: borrowing ReadTransaction
  ) throws(ReadError) {
    let group = checkpoint.groups.size
    let tables = tables
    let row = try collect { () throws(ReadError) in try transaction.treeRow(group: group, in: tables) }
    let known = leaves.compactMap(\.self)
    let groupHash = known.count == leaves.count ? TreeRows.groupHash(known) : row?.first
    var wrong: [Damage] = []
    checkpoint.groups.append(leafHash: groupHash ?? .zero) { subtree in
      if let row, row[subtree.level] != subtree.hash {
        wrong.append(Damage(.treeHash(level: subtree.level + TreeRows.groupLevel, index: subtree.index)))
      }
    }
    for damage in wrong { note(damage) }
  }
}

extension RawSpan {
  /// Whether a key of table `records`, met where the record at `position` is looked for, is none that stands behind it.
  fileprivate func isStray(before position: UInt64) -> Bool {
    byteCount != 8 || bigEndian(at: 0, as: UInt64.self) < position
  }
}
