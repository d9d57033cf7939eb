import Primitives

/// The entries of one table of a batch, in the order of their keys. Follows the batch when it is asked.
struct KeyOrder {
  /// Indices of entries; a key that was removed keeps its place.
  private var sorted: [Int32] = []

  /// Entries before this one have been taken up.
  private var next = 0

  /// Takes up what has come since the last time. O(entries since then), and a pass over the table's entries if some of
  /// those are new.
  mutating func follow(_ rows: borrowing BatchRows, table: Int) {
    var added: [Int32] = []
    for index in next..<rows.entries.count where Int(rows.entries[index].table) == table { added.append(Int32(index)) }
    next = rows.entries.count
    if added.isEmpty { return }
    added.sort { rows.key(of: $0, precedes: $1) }
    var merged: [Int32] = []
    merged.reserveCapacity(sorted.count + added.count)
    var start = 0
    for index in added {
      let end = position(in: start..<sorted.count) { rows.key(of: $0, precedes: index) }
      merged.append(contentsOf: sorted[start..<end])
      merged.append(index)
      start = end
    }
    merged.append(contentsOf: sorted[start...])
    sorted = merged
  }

  /// Calls `body` with the entries from the first key on that is `start` or greater, until it returns false.
  func scan(_ rows: borrowing BatchRows, from start: RawSpan, _ body: (BatchRows.Entry, _ key: RawSpan) -> Bool) {
    let first = position(in: 0..<sorted.count) {
      rows.arena.rawSpan.extracting(rows.entries[Int($0)].key).precedes(start)
    }
    let arena = rows.arena
    for index in sorted[first...] {
      let entry = rows.entries[Int(index)]
      guard body(entry, arena.rawSpan.extracting(entry.key)) else { return }
    }
  }

  /// The first place in `range` whose entry does not come before, given that all that do stand in front.
  private func position(in range: Range<Int>, where comesBefore: (Int32) -> Bool) -> Int {
    var (first, end) = (range.lowerBound, range.upperBound)
    while first < end {
      let middle = (first + end) / 2
      if comesBefore(sorted[middle]) { first = middle + 1 } else { end = middle }
    }
    return first
  }
}

extension BatchRows {
  /// Whether the key of one entry comes before that of another.
  func key(of left: Int32, precedes right: Int32) -> Bool {
    let (first, second) = (entries[Int(left)], entries[Int(right)])
    if first.prefix != second.prefix { return first.prefix < second.prefix }
    let bytes = arena.rawSpan
    return bytes.extracting(first.key).precedes(bytes.extracting(second.key))
  }
}

extension WriteBatch {
  /// Calls `body` with the keys of `table` that have a row here, from `start` on and in order, until it returns false.
  /// O(log n), plus what `KeyOrder.follow` takes.
  func scanKeys(of table: ProjectionTable, from start: RawSpan, _ body: (RawSpan) -> Bool) {
    orders[table.index, default: KeyOrder()].follow(rows, table: table.index)
    orders[table.index]?.scan(rows, from: start) { entry, key in entry.valueLength < 0 || body(key) }
  }

  /// The keys of `table` that begin with `prefix` and have a row here, in order.
  func keys(of table: ProjectionTable, withPrefix prefix: RawSpan) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    scanKeys(of: table, from: prefix) { key in
      guard key.hasPrefix(prefix) else { return false }
      keys.append(key.bytes)
      return true
    }
    return keys
  }
}
