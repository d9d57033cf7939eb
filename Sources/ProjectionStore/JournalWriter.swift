import LMDB
import Primitives

/// Gathers old rows, section by section, into rows of the journal.
struct JournalWriter {
  private let sections: [JournalSection]
  private let journal: Table
  private var section = -1
  private var number: UInt32 = 0
  private var bytes: [UInt8] = []

  /// Bytes after which a row of the journal ends.
  private static var limit: Int { 1 << 18 }

  init(sections: [JournalSection], journal: Table) {
    self.sections = sections
    self.journal = journal
  }

  /// Takes the next old row. Sections come in order.
  mutating func add(
    _ section: Int, _ table: Int, _ key: RawSpan, _ old: RawSpan?, new: RawSpan?, to transaction: inout WriteTransaction
  ) throws(LMDBError) {
    if section != self.section { try begin(section, &transaction) }
    OldRow.append(table, key, old, new: new, to: &bytes)
    if bytes.count >= Self.limit { try flush(to: &transaction) }
  }

  /// Writes what has been gathered.
  mutating func flush(to transaction: inout WriteTransaction) throws(LMDBError) {
    if bytes.isEmpty { return }
    let key = JournalKey.rows(sections[section].l1Block, number)
    try transaction.put(bytes.rawSpan, for: key.rawSpan, in: journal)
    number += 1
    bytes.removeAll(keepingCapacity: true)
  }

  private mutating func begin(_ next: Int, _ transaction: inout WriteTransaction) throws(LMDBError) {
    try flush(to: &transaction)
    let block = sections[next].l1Block
    defer { section = next }
    // Another version of the same block.
    if section >= 0, sections[section].l1Block == block { return }
    // An earlier commit may have begun the block: what that one remembers is older.
    let isNew = sections[next].header != nil
    number =
      isNew
      ? 0 : UInt32(try transaction.journalKeys(journal, from: block, through: block).count(where: JournalKey.isRows))
  }
}
