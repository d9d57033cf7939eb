import Primitives

/// Rows of tables that the fold does not read, as it has written them: as `OldRow`s, one behind the other. Nothing is
/// looked up among them, so there is no index; they are sorted once, when they are handed over.
struct UnreadRows {
  private struct TableRows {
    var bytes: [UInt8] = []
    var places: [RowPlace] = []
  }

  /// Whether the rows of a table are taken, by its place.
  private let isTaken: [Bool]

  private var tables: [TableRows]

  /// Bytes of all rows.
  private(set) var byteCount = 0

  init(of taken: [ProjectionTable] = []) {
    let count = (taken.map(\.index).max() ?? -1) + 1
    var isTaken = [Bool](repeating: false, count: count)
    for table in taken { isTaken[table.index] = true }
    self.isTaken = isTaken
    tables = Array(repeating: TableRows(), count: count)
  }

  var isEmpty: Bool { byteCount == 0 }

  func takes(_ table: Int) -> Bool { table < isTaken.count && isTaken[table] }

  /// Takes a row, or that there is none any more.
  mutating func append(_ table: Int, _ key: RawSpan, _ value: RawSpan?) {
    let start = tables[table].bytes.count
    tables[table].places.append(RowPlace(word: key.leadingWord, offset: start))
    OldRow.append(table, key, value, new: nil, to: &tables[table].bytes)
    byteCount += tables[table].bytes.count - start
  }

  /// Forgets the rows, keeps the memory.
  mutating func removeAll() {
    for table in tables.indices {
      tables[table].bytes.removeAll(keepingCapacity: true)
      tables[table].places.removeAll(keepingCapacity: true)
    }
    byteCount = 0
  }

  /// Lends the rows, each as it stands here, in the order of tables and keys; of each key the last. O(n), times the words of
  /// eight bytes that keys have in common.
  mutating func forEachInOrder<Failure: Error>(_ body: (_ row: RawSpan) throws(Failure) -> Void) throws(Failure) {
    for table in tables.indices {
      let order = RowOrder(rows: tables[table].bytes)
      order.sort(&tables[table].places)
      let (rows, places) = (tables[table].bytes, tables[table].places)
      for index in places.indices {
        let next = index + 1
        // What comes next was written later.
        if next < places.count, places[next].word == places[index].word,
          order.haveSameKey(places[index], places[next])
        {
          continue
        }
        let start = places[index].offset
        try body(rows.rawSpan.extracting(start..<order.row(at: start).end))
      }
    }
  }
}

/// Where a row stands, with what settles most comparisons.
struct RowPlace {
  /// Eight bytes of the key, most significant first; missing ones are zero.
  var word: UInt64
  let offset: Int
}

/// Sorts rows that stand one behind the other by their keys, and those of one key as they stand.
struct RowOrder {
  let rows: [UInt8]

  /// From how many on rows are sorted by one word of their keys after the other, not by comparing them.
  private static var leastCount: Int { 32 }

  /// Sorts places whose words are the keys' first. O(n) for each word that keys have in common.
  func sort(_ places: inout [RowPlace]) { sort(&places, byWordAt: 0) }

  /// Sorts places by what their keys have from a byte on, before which they are the same.
  private func sort(_ places: inout [RowPlace], byWordAt depth: Int) {
    Self.sortByWord(&places)
    var start = 0
    while start < places.count {
      var end = start + 1
      while end < places.count, places[end].word == places[start].word { end += 1 }
      if end - start > 1 { sort(&places, start..<end, withSameWordAt: depth) }
      start = end
    }
  }

  private func sort(_ places: inout [RowPlace], _ range: Range<Int>, withSameWordAt depth: Int) {
    if range.count < Self.leastCount { return insert(&places, range) }
    let next = depth + 8
    var group = places[range].map { place in
      RowPlace(word: word(of: place, at: next), offset: place.offset)
    }
    if group.contains(where: { row(at: $0.offset).key.count > next }) {
      sort(&group, byWordAt: next)
    } else {
      // Keys that are the same but for zeros at their ends.
      group.sort { left, right in
        let (first, second) = (row(at: left.offset).key.count, row(at: right.offset).key.count)
        return first != second ? first < second : left.offset < right.offset
      }
    }
    for (index, place) in zip(range, group) { places[index] = place }
  }

  /// Sorts a few places by insertion, each behind those that it does not come before.
  private func insert(_ places: inout [RowPlace], _ range: Range<Int>) {
    for index in range.dropFirst() {
      let place = places[index]
      var target = index
      while target > range.lowerBound, precedes(place, places[target - 1]) {
        places[target] = places[target - 1]
        target -= 1
      }
      places[target] = place
    }
  }

  /// Sorts by words alone, those with the same word as they stand: digit by digit from the last one, as each pass keeps
  /// what those before it have put in order. O(n).
  private static func sortByWord(_ places: inout [RowPlace]) {
    guard let first = places.first else { return }
    var differences: UInt64 = 0
    for place in places { differences |= place.word ^ first.word }
    if differences == 0 { return }
    var sorted = places
    for shift in stride(from: UInt64(0), to: 64, by: 8) where (differences &>> shift) & 0xff != 0 {
      distribute(places.span, by: shift, to: sorted.mutableSpan)
      swap(&places, &sorted)
    }
  }

  /// Copies places in the order of one byte of their words.
  private static func distribute(
    _ places: Span<RowPlace>, by shift: UInt64, to sorted: consuming MutableSpan<RowPlace>
  ) {
    var starts = [Int](repeating: 0, count: 256)
    for index in places.indices { starts[Int((places[index].word &>> shift) & 0xff)] += 1 }
    var end = 0
    for digit in starts.indices { (starts[digit], end) = (end, end + starts[digit]) }
    for index in places.indices {
      let digit = Int((places[index].word &>> shift) & 0xff)
      sorted[starts[digit]] = places[index]
      starts[digit] += 1
    }
  }

  func haveSameKey(_ left: RowPlace, _ right: RowPlace) -> Bool {
    let (first, second) = (row(at: left.offset).key, row(at: right.offset).key)
    return rows.rawSpan.extracting(first).holdsSameBytes(as: rows.rawSpan.extracting(second))
  }

  private func precedes(_ left: RowPlace, _ right: RowPlace) -> Bool {
    let (first, second) = (row(at: left.offset).key, row(at: right.offset).key)
    return rows.rawSpan.extracting(first).precedes(rows.rawSpan.extracting(second))
  }

  private func word(of place: RowPlace, at depth: Int) -> UInt64 {
    let key = row(at: place.offset).key
    return rows.rawSpan.extracting(key.dropFirst(depth)).leadingWord
  }

  /// The row that was put there.
  func row(at offset: Int) -> OldRow {
    guard let row = OldRow(rows.rawSpan, at: offset) else { preconditionFailure("a row stays what it is") }
    return row
  }
}
