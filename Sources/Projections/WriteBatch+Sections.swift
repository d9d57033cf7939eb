import Primitives

// A batch in sections, each of which can be taken back by itself after all of them have been committed together.
extension WriteBatch {
  /// Begins the next section, numbered from 0: from here on the batch remembers what it takes to undo the section.
  package func beginSection() { rows.beginSection() }

  /// Begins a section for a version, if versions are told apart.
  func beginVersion(_ number: UInt64) {
    guard keepsHistory else { return }
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

  /// Calls `body` with what undoes the sections: old rows in pieces, each of one section, in the order in which they were
  /// changed. They are to be put back from the last one to the first. O(bytes).
  ///
  /// - Parameter stored: what the store had under the key of an entry, where the batch does not know it.
  package func forEachUndo<Failure: Error>(
    stored: (_ entry: Int) -> [UInt8]?, _ body: (_ section: Int, _ oldRows: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let undo = rows.undo
    var (next, part) = (0, 0)
    for section in 0..<Int(undo.section + 1) {
      while next < undo.stored.count, Int(undo.stored[next].section) == section {
        let piece = storedPiece(&next, of: section, stored)
        try body(section, piece.rawSpan)
      }
      while part < undo.partIndices.count, undo.section(ofPart: part) == section {
        try body(section, undo.bytes.rawSpan.extracting(undo.range(ofPart: part)))
        part += 1
      }
    }
  }

  /// Old rows that only the store knows, from `next` on, as many as go into one piece.
  private func storedPiece(_ next: inout Int, of section: Int, _ stored: (_ entry: Int) -> [UInt8]?) -> [UInt8] {
    let (arena, undo) = (rows.arena, rows.undo)
    var bytes: [UInt8] = []
    while next < undo.stored.count, Int(undo.stored[next].section) == section, bytes.count < UndoLog.partLimit {
      let index = Int(undo.stored[next].entry)
      let (table, key) = (Int(rows.entries[index].table), arena.rawSpan.extracting(rows.entries[index].key))
      if let old = stored(index) {
        OldRow.append(table, key, old.rawSpan, new: nil, to: &bytes)
      } else {
        OldRow.append(table, key, nil, new: nil, to: &bytes)
      }
      next += 1
    }
    return bytes
  }

  /// Calls `body` for every key that sections changed, once for each: with what was under the key before the section, and
  /// with what the section left there. Newest sections first. Only for a batch that keeps history. O(n).
  ///
  /// - Parameter stored: as `forEachUndo` has it.
  package func forEachOld<Failure: Error>(
    stored: (_ entry: Int) -> [UInt8]?,
    _ body: (_ section: Int, _ table: Int, _ key: RawSpan, _ old: [UInt8]?, _ new: [UInt8]?) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(keepsHistory, "old rows are there whole where history is kept")
    let (arena, undo) = (rows.arena, rows.undo)
    // What a later section found is what an earlier one left.
    var found: [Int: Range<Int>?] = [:]
    for part in undo.partIndices.reversed() {
      for row in undo.rows(ofPart: part).reversed() {
        let key = undo.bytes.rawSpan.extracting(row.key)
        guard let index = rows.entry(row.table, key) else { preconditionFailure("a row that was changed is known") }
        var old: Range<Int>?
        if case .value(let range) = row.content { old = range }
        let new = value(of: index, found)
        try body(undo.section(ofPart: part), row.table, key, old.map { Array(undo.bytes[$0]) }, new)
        found[index] = .some(old)
      }
    }
    for first in undo.stored {
      let index = Int(first.entry)
      let (table, key) = (Int(rows.entries[index].table), arena.rawSpan.extracting(rows.entries[index].key))
      try body(Int(first.section), table, key, stored(index), value(of: index, found))
    }
  }

  /// What is under the key of an entry now, or before those sections that have been looked at.
  private func value(of entry: Int, _ found: [Int: Range<Int>?]) -> [UInt8]? {
    if let old = found[entry] { return old.map { Array(rows.undo.bytes[$0]) } }
    return rows.entries[entry].value.map { Array(rows.arena[$0]) }
  }
}
