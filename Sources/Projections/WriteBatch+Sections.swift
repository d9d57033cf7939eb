import Primitives

// A batch in sections, each of which can be taken back by itself after all of them have been committed together.
extension WriteBatch {
  /// The first change of a key in a section.
  struct FirstChange {
    enum Old {
      /// What the store had before the batch.
      case stored
      case value(Range<Int>)
      case removed
    }

    let section: Int32
    let entry: Int
    let old: Old
  }

  /// Begins the next section, numbered from 0: from here on the batch remembers what each key held before the section
  /// changed it.
  package func beginSection() { rows.beginSection() }

  /// Whether a section has to remember what the store has under the key of an entry.
  package func remembersStored(_ entry: Int) -> Bool { rows.entries[entry].remembersStored }

  /// Calls `body` for every key that sections changed, by section: with what was under the key before the section, which
  /// `stored` tells by the entry's number where the batch does not know it, and with what the section left there. O(n).
  package func forEachOld<Failure: Error>(
    stored: (_ entry: Int) -> [UInt8]?,
    _ body: (_ section: Int, _ table: Int, _ key: RawSpan, _ old: RawSpan?, _ new: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    let after = rows.valuesAfterChanges()
    let (arena, entries) = (rows.arena, rows.entries)
    for (index, change) in rows.firstChanges.enumerated() {
      let entry = entries[change.entry]
      let (section, table, key) = (Int(change.section), Int(entry.table), arena.rawSpan.extracting(entry.key))
      let new: RawSpan?
      if let range = after[index] { new = arena.rawSpan.extracting(range) } else { new = nil }
      switch change.old {
      case .removed: try body(section, table, key, nil, new)
      case .value(let range): try body(section, table, key, arena.rawSpan.extracting(range), new)
      case .stored:
        if let old = stored(change.entry) {
          try body(section, table, key, old.rawSpan, new)
        } else {
          try body(section, table, key, nil, new)
        }
      }
    }
  }
}

extension BatchRows {
  /// For each first change, what was under its key when the section ended; nil for no row.
  fileprivate func valuesAfterChanges() -> [Range<Int>?] {
    var next = entries.map(\.value)
    var after = [Range<Int>?](repeating: nil, count: firstChanges.count)
    for index in firstChanges.indices.reversed() {
      let change = firstChanges[index]
      after[index] = next[change.entry]
      // Only the first change of a key can be one of what is stored, so that nothing asks for what follows it.
      next[change.entry] = if case .value(let range) = change.old { range } else { nil }
    }
    return after
  }
}
