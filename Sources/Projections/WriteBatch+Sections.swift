import Primitives

// A batch in sections, each of which can be taken back by itself after all of them have been committed together.
extension WriteBatch {
  /// The first change of a key in a section.
  struct FirstChange {
    enum Old {
      /// What the store had before the batch.
      case stored
      /// A range of `BatchRows.olds`.
      case value(Range<Int>)
      case removed
    }

    let section: Int32
    let entry: Int32
    let old: Old

    /// The next section's change of the same key; −1 for none.
    var next: Int32 = -1
  }

  /// Begins the next section, numbered from 0: from here on the batch remembers what each key held before the section
  /// changed it.
  package func beginSection() { rows.beginSection() }

  /// Begins a section for a version, if versions are told apart.
  func beginVersion(_ number: UInt64) {
    guard separatesVersions else { return }
    beginSection()
    versions.append(number)
  }

  /// The versions that were begun since the last time.
  package func takeVersions() -> [UInt64] {
    defer { versions.removeAll() }
    return versions
  }

  /// Whether a section has to remember what the store has under the key of an entry.
  package func remembersStored(_ entry: Int) -> Bool { rows.entries[entry].remembersStored }

  /// Calls `body` for every key that sections changed, by section: with what was under the key before the section, which
  /// `stored` tells by the entry's number where the batch does not know it, and with what the section left there. O(n).
  package func forEachOld<Failure: Error>(
    stored: (_ entry: Int) -> [UInt8]?,
    _ body: (_ section: Int, _ table: Int, _ key: RawSpan, _ old: RawSpan?, _ new: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    let (arena, entries, olds, changes) = (rows.arena, rows.entries, rows.olds, rows.firstChanges)
    for change in changes {
      let entry = entries[Int(change.entry)]
      let (section, table, key) = (Int(change.section), Int(entry.table), arena.rawSpan.extracting(entry.key))
      let new: RawSpan?
      if change.next >= 0 {
        // Only the first change of a key can be one of what is stored.
        if case .value(let range) = changes[Int(change.next)].old {
          new = olds.rawSpan.extracting(range)
        } else {
          new = nil
        }
      } else if let range = entry.value {
        new = arena.rawSpan.extracting(range)
      } else {
        new = nil
      }
      switch change.old {
      case .removed: try body(section, table, key, nil, new)
      case .value(let range): try body(section, table, key, olds.rawSpan.extracting(range), new)
      case .stored:
        if let old = stored(Int(change.entry)) {
          try body(section, table, key, old.rawSpan, new)
        } else {
          try body(section, table, key, nil, new)
        }
      }
    }
  }
}
