import LMDB
import Primitives
import Projections
import Rollup

/// What a commit leaves behind so that it can be taken back: the rows that were there before, by L1 block.
///
/// | key | value |
/// |---|---|
/// | L1 block ‖ 0 | hash of the block; number and hash of the one folded before it |
/// | L1 block ‖ 1 ‖ number | `OldRow`s, in the order of the changes; numbered from 0, the oldest memory first |
///
/// A commit may be about several L1 blocks: each is a section of its batch, or several where versions within it are kept.
/// Blocks that are final leave nothing here. Where history is kept, they leave rows there.
///
/// A fold over both logs takes back records, not blocks: a section is a record of the ledger, and in place of the L1 block
/// and its hash stand position and leaf hash.
struct JournalSection {
  let point: HistoryPoint

  /// Whether L1 may still leave the block.
  let isJournaled: Bool

  var l1Block: UInt64 { point.l1Block }

  /// When the commit holds the block's first record.
  var header: JournalHeader?
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

  static func rows(_ l1Block: UInt64, _ number: UInt32) -> [UInt8] {
    var key = header(l1Block)
    key[8] = 1
    key.append(bigEndian: number)
    return key
  }

  static func isRows(_ key: [UInt8]) -> Bool { key.count == 13 && key[8] == 1 }

  /// Of the rows of one block; the next block's begin after the last of them.
  static func l1Block(of key: RawSpan) -> UInt64? { key.byteCount >= 9 ? key.bigEndian(at: 0) : nil }
}

extension WriteTransaction {
  /// Remembers what rows were before the sections of a batch: in the journal as long as they can be taken back, and for
  /// ever in the history, if there is one.
  ///
  /// - Parameters:
  ///   - stored: what the store had, by number of the batch's entry.
  ///   - past: writes the history.
  mutating func remember(
    _ batch: WriteBatch, _ sections: [JournalSection], stored: [Int: [UInt8]], journal: Table,
    past: inout HistoryWriter?
  ) throws(LMDBError) {
    for section in sections where section.isJournaled {
      guard let row = section.header?.row else { continue }
      try put(row.rawSpan, for: JournalKey.header(section.l1Block).rawSpan, in: journal)
    }
    var writer = JournalWriter(sections: sections, journal: journal)
    try batch.forEachUndo(stored: { stored[$0] }) { section, oldRows throws(LMDBError) in
      if sections[section].isJournaled { try writer.add(section, oldRows, to: &self) }
    }
    if past == nil { return }
    try batch.forEachOld(stored: { stored[$0] }) { section, table, key, old, new throws(LMDBError) in
      try past?.add(sections[section].point, table, key, old, new: new, to: &self)
    }
    try past?.flush(to: &self)
  }

  /// Forgets the journal of blocks up to `l1Block`. O(rows forgotten).
  mutating func forgetJournal(through l1Block: UInt64, journal: Table) throws(LMDBError) {
    for key in try journalKeys(journal, from: 0, through: l1Block) { _ = try delete(key.rawSpan, in: journal) }
  }

  /// Puts back what was there before an L1 block, and forgets its journal and its part of the history. False when the
  /// journal is not what was written.
  mutating func takeBack(
    _ l1Block: UInt64, journal: Table, tables: [Table], history: Table?
  ) throws(LMDBError) -> Bool {
    for key in try journalKeys(journal, from: l1Block, through: l1Block).reversed() {
      let row = try get(key.rawSpan, in: journal)?.bytes ?? []
      _ = try delete(key.rawSpan, in: journal)
      if JournalKey.isRows(key), try !takeBack(row.rawSpan, of: l1Block, tables, history) { return false }
    }
    return true
  }

  private mutating func takeBack(
    _ rows: RawSpan, of l1Block: UInt64, _ tables: [Table], _ history: Table?
  ) throws(LMDBError) -> Bool {
    var oldRows: [OldRow] = []
    var offset = 0
    while offset < rows.byteCount {
      guard let row = OldRow(rows, at: offset), row.table < tables.count else { return false }
      oldRows.append(row)
      offset = row.end
    }
    for row in oldRows.reversed() {
      let (key, table) = (rows.extracting(row.key), tables[row.table])
      switch row.content {
      case .absent: _ = try delete(key, in: table)
      case .value(let value): try put(rows.extracting(value), for: key, in: table)
      case .patch(let patch, let length):
        guard var old = try get(key, in: table)?.bytes, old.count == length,
          Patch.apply(rows.extracting(patch), to: &old)
        else { return false }
        try put(old.rawSpan, for: key, in: table)
      }
      if let history { try forgetHistory(of: row.table, key, in: l1Block, history) }
    }
    return true
  }

  func journalKeys(
    _ journal: Table, from first: UInt64, through last: UInt64
  ) throws(LMDBError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    var cursor = try cursor(in: journal)
    let start = JournalKey.header(first)
    var entry = try cursor.seek(start.rawSpan)
    while let row = entry, let block = JournalKey.l1Block(of: row.key), block <= last {
      keys.append(row.key.bytes)
      entry = try cursor.next()
    }
    return keys
  }
}
