import LMDB
import Primitives
import Projections
import Rollup

/// What a commit leaves behind so that it can be taken back: the rows that were there before, by L1 block.
///
/// | key | value |
/// |---|---|
/// | L1 block ‖ 0 | hash of the block; number and hash of the one folded before it |
/// | L1 block ‖ 1 ‖ table ‖ key | 0 where there was no row; else 1 and the old value |
///
/// One commit is about one L1 block. Blocks that are final leave nothing.
struct JournalPart {
  let l1Block: UInt64

  /// When the commit holds the block's first record.
  let header: JournalHeader?
}

/// An L1 block that was folded, and the one before it.
struct JournalHeader: Equatable {
  let hash: Hash256
  let before: BlockID

  init(hash: Hash256, before: BlockID) {
    self.hash = hash
    self.before = before
  }

  var row: [UInt8] {
    var bytes = hash.bytes
    bytes.append(bigEndian: before.number)
    return bytes + before.hash.bytes
  }

  init?(row: RawSpan) {
    guard row.byteCount == 2 * Hash256.byteCount + 8 else { return nil }
    hash = Hash256(row.extracting(0..<Hash256.byteCount))
    before = BlockID(
      number: row.bigEndian(at: Hash256.byteCount), hash: Hash256(row.extracting(Hash256.byteCount + 8..<row.byteCount))
    )
  }
}

enum JournalKey {
  static let table = "journal"

  static func header(_ l1Block: UInt64) -> [UInt8] {
    var key: [UInt8] = []
    key.append(bigEndian: l1Block)
    return key + [0]
  }

  static func row(_ l1Block: UInt64, table: Int, key: RawSpan) -> [UInt8] {
    var bytes = header(l1Block)
    bytes[8] = 1
    bytes.append(UInt8(table))
    bytes.append(contentsOf: key)
    return bytes
  }

  /// Of the rows of one block; the next block's begin after the last of them.
  static func l1Block(of key: RawSpan) -> UInt64? { key.byteCount >= 9 ? key.bigEndian(at: 0) : nil }
}

extension WriteTransaction {
  /// Remembers what the rows of `batch` were before. A row that the same L1 block changed before keeps its first memory.
  mutating func remember(
    _ batch: WriteBatch, _ part: JournalPart, journal: Table, tables: [Table]
  ) throws(LMDBError) {
    if let header = part.header {
      let row = header.row
      try put(row.rawSpan, for: JournalKey.header(part.l1Block).rawSpan, in: journal)
    }
    var keys: [(table: Int, key: [UInt8])] = []
    batch.forEachInOrder { table, key, _ in keys.append((table, key.bytes)) }
    for (table, key) in keys {
      let place = JournalKey.row(part.l1Block, table: table, key: key.rawSpan)
      if try get(place.rawSpan, in: journal) != nil { continue }
      let old = try get(key.rawSpan, in: tables[table])?.bytes
      let row = old.map { [1] + $0 } ?? [0]
      try put(row.rawSpan, for: place.rawSpan, in: journal)
    }
  }

  /// Forgets the journal of blocks up to `l1Block`. O(rows forgotten).
  mutating func forgetJournal(through l1Block: UInt64, journal: Table) throws(LMDBError) {
    for (key, _) in try journalRows(journal, from: 0, through: l1Block) { _ = try delete(key.rawSpan, in: journal) }
  }

  /// Puts back what was there before an L1 block, and forgets its journal.
  mutating func takeBack(_ l1Block: UInt64, journal: Table, tables: [Table]) throws(LMDBError) {
    for (key, row) in try journalRows(journal, from: l1Block, through: l1Block) {
      _ = try delete(key.rawSpan, in: journal)
      guard key.count > 9, key[8] == 1, let flag = row.first else { continue }
      let table = tables[Int(key[9])]
      let rowKey = Array(key[10...])
      if flag == 1 {
        let value = Array(row[1...])
        try put(value.rawSpan, for: rowKey.rawSpan, in: table)
      } else {
        _ = try delete(rowKey.rawSpan, in: table)
      }
    }
  }

  private func journalRows(
    _ journal: Table, from first: UInt64, through last: UInt64
  ) throws(LMDBError) -> [(key: [UInt8], value: [UInt8])] {
    var rows: [(key: [UInt8], value: [UInt8])] = []
    var cursor = try cursor(in: journal)
    let start = JournalKey.header(first)
    var entry = try cursor.seek(start.rawSpan)
    while let row = entry, let block = JournalKey.l1Block(of: row.key), block <= last {
      rows.append((row.key.bytes, row.value.bytes))
      entry = try cursor.next()
    }
    return rows
  }
}
