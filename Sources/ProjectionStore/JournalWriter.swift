import LMDB
import Primitives

/// A row of a projection as it was, in a row of the journal: table (1), bytes of the key (2), bytes of the value and one
/// more (4; 0 where there was no row), key, value. Integers are big-endian.
struct OldRow {
  let table: Int
  let key: Range<Int>
  let value: Range<Int>?
  let end: Int

  private static var headerLength: Int { 7 }

  /// The row that begins at `offset`; nil when that is none.
  init?(_ rows: RawSpan, at offset: Int) {
    guard rows.byteCount - offset >= Self.headerLength else { return nil }
    table = Int(rows.byte(at: offset))
    let keyLength = Int(rows.bigEndian(at: offset + 1, as: UInt16.self))
    let valueLength = Int(rows.bigEndian(at: offset + 3, as: UInt32.self)) - 1
    let keyStart = offset + Self.headerLength
    let valueStart = keyStart + keyLength
    guard rows.byteCount - valueStart >= max(valueLength, 0) else { return nil }
    key = keyStart..<valueStart
    value = valueLength < 0 ? nil : valueStart..<valueStart + valueLength
    end = valueStart + max(valueLength, 0)
  }

  static func append(_ table: Int, _ key: RawSpan, _ value: RawSpan?, to bytes: inout [UInt8]) {
    bytes.append(UInt8(table))
    bytes.append(bigEndian: UInt16(key.byteCount))
    bytes.append(bigEndian: UInt32((value?.byteCount ?? -1) + 1))
    bytes.append(contentsOf: key)
    if let value { bytes.append(contentsOf: value) }
  }
}

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
    _ section: Int, _ table: Int, _ key: RawSpan, _ old: RawSpan?, to transaction: inout WriteTransaction
  ) throws(LMDBError) {
    if section != self.section { try begin(section, &transaction) }
    OldRow.append(table, key, old, to: &bytes)
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
    section = next
    // An earlier commit may have begun the block: what that one remembers is older.
    let block = sections[next].l1Block
    let isNew = sections[next].header != nil
    number =
      isNew
      ? 0 : UInt32(try transaction.journalKeys(journal, from: block, through: block).count(where: JournalKey.isRows))
  }
}
