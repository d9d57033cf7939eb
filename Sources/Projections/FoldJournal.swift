import Primitives
import Rollup

/// What the L1 blocks wrote that may be taken back: by block, oldest first.
struct FoldJournal {
  struct Entry {
    /// The newest L1 block before it.
    let before: BlockID?

    let number: UInt64

    /// In the order in which they were written.
    var rows: [MemoryTables.Change] = []

    /// The same rows as bytes, without what was there before.
    var changes: [UInt8] = []
  }

  private var entries: [Entry] = []

  mutating func begin(_ number: UInt64, after before: BlockID?) {
    entries.append(Entry(before: before, number: number))
  }

  /// Adds a row to the newest L1 block; before the first one nothing is ever taken back.
  mutating func note(_ change: MemoryTables.Change) {
    guard !entries.isEmpty else { return }
    let last = entries.count - 1
    entries[last].changes.append(row: change)
    entries[last].rows.append(change)
  }

  /// What the newest L1 block wrote.
  var changes: [UInt8]? { entries.last?.changes }

  /// Removes the newest L1 block, if its number is greater than `number`.
  mutating func takeLast(after number: UInt64) -> Entry? {
    guard let last = entries.last, last.number > number else { return nil }
    return entries.removeLast()
  }

  mutating func forget(through number: UInt64) {
    guard let first = entries.first, first.number <= number else { return }
    entries.removeAll { $0.number <= number }
  }
}

extension [UInt8] {
  /// Appends a written row so that no two lists of rows have the same bytes.
  fileprivate mutating func append(row change: MemoryTables.Change) {
    append(bigEndian: UInt32(change.table))
    append(bigEndian: UInt32(change.key.count))
    append(contentsOf: change.key)
    guard let value = change.new else { return append(bigEndian: UInt32.max) }
    append(bigEndian: UInt32(value.count))
    append(contentsOf: value)
  }
}
