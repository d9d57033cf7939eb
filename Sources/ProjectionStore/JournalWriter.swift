import LMDB
import Primitives

/// Writes the old rows of sections into rows of the journal.
struct JournalWriter {
  private let sections: [JournalSection]
  private let journal: Table
  private var section = -1
  private var number: UInt32 = 0

  init(sections: [JournalSection], journal: Table) {
    self.sections = sections
    self.journal = journal
  }

  /// Writes the next old rows, all of one section. Sections come in order.
  mutating func add(_ section: Int, _ oldRows: RawSpan, to transaction: inout WriteTransaction) throws(LMDBError) {
    if section != self.section { try begin(section, &transaction) }
    let key = JournalKey.rows(sections[section].l1Block, number)
    try transaction.put(oldRows, for: key.rawSpan, in: journal)
    number += 1
  }

  private mutating func begin(_ next: Int, _ transaction: inout WriteTransaction) throws(LMDBError) {
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
