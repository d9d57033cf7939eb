import Primitives
import StateTrie

// Nodes whose rows the batch keeps are changed there: a key that gets another value has none of them copied, looked up by
// its path, or written anew.
extension NodeTable {
  /// Applies those changes that give keys other values, as far as rows are kept. Returns the root then, and the changes
  /// that remain.
  func changeInPlace(
    _ changes: [TrieChange], of owner: Hash256?, onto root: Hash256
  ) throws(TrieError) -> (root: Hash256, rest: [TrieChange]) {
    guard view.batch.keepsRows else { return (root, changes) }
    var update = InPlaceUpdate(changes)
    var entries: [Int32] = []
    var level = 0..<update.stepCount
    while !level.isEmpty {
      try locate(level, of: update, owner, &entries)
      view.batch.rows.answer(level, entries, &update)
      level = level.upperBound..<update.stepCount
    }
    let after = view.batch.rows.change(&update, entries)
    let rest = update.setAside()
    noteAhead(ValuesAhead(owner: owner, changes: changes, rest: rest))
    return (after ?? root, rest)
  }

  /// Finds the entries of the nodes that the steps of a level ask for: by links where these have been followed before.
  private func locate(
    _ level: Range<Int>, of update: InPlaceUpdate, _ owner: Hash256?, _ entries: inout [Int32]
  ) throws(TrieError) {
    for step in view.batch.rows.follow(level, of: update, &entries) {
      let path = update.path(of: step)
      let entry: Int?
      do throws(TableReadError) {
        entry = try path.withStorageKey(behind: owner) { (key: RawSpan) throws(TableReadError) -> Int? in
          try view.readEntry(nodes, key) { _ in }.entry
        }
      } catch { throw .unreadable(path: path, reason: "\(error)") }
      guard let entry else { continue }
      entries[step] = Int32(entry)
      // What an extension leads to may come to stand elsewhere; a branch's children keep their paths.
      if let (parent, nibble) = update.branch(above: step) {
        view.batch.rows.setLink(Int(entries[parent]), nibble, to: entry)
      }
    }
  }
}

extension BatchRows {
  /// Appends the entry of each step of a level, as far as links lead there; else −1. Returns the other steps.
  fileprivate func follow(_ level: Range<Int>, of update: InPlaceUpdate, _ found: inout [Int32]) -> [Int] {
    var unknown: [Int] = []
    for step in level {
      var entry: Int?
      if let (parent, nibble) = update.branch(above: step) { entry = link(Int(found[parent]), nibble) }
      if entry == nil { unknown.append(step) }
      found.append(Int32(entry ?? -1))
    }
    return unknown
  }

  /// Answers the steps of a level with the nodes that the rows of these entries are. The children of a branch, and behind
  /// them which are leaves, are noted once they have been read.
  fileprivate mutating func answer(_ level: Range<Int>, _ found: [Int32], _ update: inout InPlaceUpdate) {
    // Entries far apart are fetched at the same time when nothing else is done in between.
    var reached: [(row: Range<Int>?, note: UInt32)] = []
    reached.reserveCapacity(level.count)
    for step in level {
      let index = Int(found[step])
      reached.append(index < 0 ? (nil, 0) : (entries[index].value, entries[index].note))
    }
    for (step, (row, noted)) in zip(level, reached) {
      guard let row, row.count > NodeRow.headerLength else {
        update.leave(step)
        continue
      }
      let offset = row.lowerBound + NodeRow.headerLength
      var known = noted
      if known == 0, let read = Self.note(on: arena.rawSpan.extracting(row)) {
        known = read
        note(known, about: Int(found[step]))
      }
      if known == 0 {
        update.take(step, arena.rawSpan.extracting(offset..<row.upperBound), at: offset)
      } else {
        update.take(
          step, UInt16(truncatingIfNeeded: known &>> 16), at: offset, leaves: UInt16(truncatingIfNeeded: known))
      }
    }
  }

  /// What is noted on the row of a branch; nil for another node's.
  private static func note(on row: RawSpan) -> UInt32? {
    guard let branch = PlainBranch(row.extracting(NodeRow.headerLength..<row.byteCount), at: 0) else { return nil }
    return UInt32(branch.mask) &<< 16 | UInt32(NodeRow.leaves(of: row))
  }

  /// Writes the new hashes into the rows of these entries. Returns the new root, if it is another one.
  fileprivate mutating func change(_ update: inout InPlaceUpdate, _ entries: [Int32]) -> Hash256? {
    update.settle { rewrite(Int(entries[$0])) + NodeRow.headerLength }
    if undo.isRunning { update.forEachHash { rememberBytes($1, of: Int(entries[$0])) } }
    return changeBytes { update.seal(in: &$0) }
  }
}
