import Primitives

/// What the rows of a batch were before its sections changed them: as `OldRow`s, in the order of the changes. Put back from
/// the last one to the first, they undo a section.
///
/// A row comes once for each change of a few of its bytes, of which only these are remembered. When it has been remembered
/// whole, what else the section does to it is of no account.
struct UndoLog {
  private struct Part {
    let section: Int32
    let start: Int
  }

  /// A key that was written without a look at the store: so only the store knows the old row.
  struct Stored {
    let section: Int32
    let entry: Int32
  }

  private(set) var bytes: [UInt8] = []

  /// The running section, numbered from 0; −1 before the first one.
  private(set) var section: Int32 = -1

  /// By section. Each comes before all that the sections remember of the same key.
  private(set) var stored: [Stored] = []

  /// By section: each begins a part of its own.
  private var parts: [Part] = []

  /// Bytes after which a part ends.
  static var partLimit: Int { 1 << 18 }

  /// Whether changes are remembered.
  var isRunning: Bool { section >= 0 }

  mutating func beginSection() { section += 1 }

  /// Forgets all, sections included.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    stored.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    section = -1
  }

  mutating func noteStored(_ entry: Int) { stored.append(Stored(section: section, entry: Int32(entry))) }

  /// Appends a row that is about to get the value `new`; its key and its value stand in `arena`. Returns whether it is
  /// remembered whole: as it is without a new value.
  mutating func append(_ table: Int, _ arena: [UInt8], key: Range<Int>, old: Range<Int>?, new: RawSpan?) -> Bool {
    beginPart()
    let arena = arena.rawSpan
    guard let old else { return OldRow.append(table, arena.extracting(key), nil, new: nil, to: &bytes) }
    return OldRow.append(table, arena.extracting(key), arena.extracting(old), new: new, to: &bytes)
  }

  /// Appends a row of so many bytes, of which those from `offset` on, which are `old` in `arena`, are about to change.
  mutating func append(
    _ table: Int, _ arena: [UInt8], key: Range<Int>, ofLength length: Int, old: Range<Int>, at offset: Int
  ) {
    beginPart()
    let arena = arena.rawSpan
    OldRow.append(table, arena.extracting(key), ofLength: length, arena.extracting(old), at: offset, to: &bytes)
  }

  private mutating func beginPart() {
    if let last = parts.last, last.section == section, bytes.count - last.start < Self.partLimit { return }
    parts.append(Part(section: section, start: bytes.count))
  }

  var partIndices: Range<Int> { parts.indices }

  func section(ofPart index: Int) -> Int { Int(parts[index].section) }

  /// Where the old rows of a part stand in `bytes`.
  func range(ofPart index: Int) -> Range<Int> {
    parts[index].start..<(index + 1 < parts.count ? parts[index + 1].start : bytes.count)
  }

  /// The old rows of a part; they stand in `bytes`.
  func rows(ofPart index: Int) -> [OldRow] {
    let range = range(ofPart: index)
    var rows: [OldRow] = []
    var offset = range.lowerBound
    while offset < range.upperBound, let row = OldRow(bytes.rawSpan, at: offset) {
      rows.append(row)
      offset = row.end
    }
    return rows
  }
}
