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

  /// Calls `body` for every key that sections changed, by section: with what was under the key before the section, and
  /// whether that is what the store had before the batch, which is `stored`'s to tell by the entry's number. O(n).
  package func forEachOld<Failure: Error>(
    stored: (_ entry: Int) -> [UInt8]?,
    _ body: (_ section: Int, _ table: Int, _ key: RawSpan, _ old: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    let rows = rows
    let arena = rows.arena
    for change in rows.firstChanges {
      let entry = rows.entries[change.entry]
      let key = arena.rawSpan.extracting(entry.key)
      switch change.old {
      case .removed: try body(Int(change.section), Int(entry.table), key, nil)
      case .value(let range): try body(Int(change.section), Int(entry.table), key, arena.rawSpan.extracting(range))
      case .stored:
        if let old = stored(change.entry) {
          try body(Int(change.section), Int(entry.table), key, old.rawSpan)
        } else {
          try body(Int(change.section), Int(entry.table), key, nil)
        }
      }
    }
  }
}
