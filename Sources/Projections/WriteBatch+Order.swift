import Primitives

extension WriteBatch {
  /// Calls `body` for every written key, ordered by table and then by key; the value is nil for a deletion.
  /// O(n log n) in the number of keys.
  package func forEachInOrder<Failure: Error>(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    try forEachEntryInOrder { _, table, key, value throws(Failure) in try body(table, key, value) }
  }

  /// As `forEachInOrder`, with the number of the batch's entry.
  package func forEachEntryInOrder<Failure: Error>(
    _ body: (_ entry: Int, _ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    let (arena, entries) = (rows.arena, rows.entries)
    for index in orderedIndices() {
      let entry = entries[index]
      let bytes = arena.rawSpan
      let key = bytes.extracting(entry.key)
      if let value = entry.value {
        try body(index, Int(entry.table), key, bytes.extracting(value))
      } else {
        try body(index, Int(entry.table), key, nil)
      }
    }
  }

  /// What settles most comparisons, close together in memory.
  private struct SortKey {
    let table: Int16
    let index: Int32
    let prefix: UInt64
  }

  private func orderedIndices() -> [Int] {
    let (arena, entries) = (rows.arena, rows.entries)
    var keys: [SortKey] = []
    keys.reserveCapacity(rows.written.count)
    for index in rows.written {
      let entry = entries[Int(index)]
      keys.append(SortKey(table: entry.table, index: index, prefix: entry.prefix))
    }
    keys.sort { left, right in
      if left.table != right.table { return left.table < right.table }
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      let (first, second) = (entries[Int(left.index)], entries[Int(right.index)])
      let bytes = arena.rawSpan
      return bytes.extracting(first.key).precedes(bytes.extracting(second.key))
    }
    return keys.map { Int($0.index) }
  }
}

extension RawSpan {
  /// Byte order from the left, a proper prefix first: the order of LMDB's keys.
  package func precedes(_ other: RawSpan) -> Bool {
    let shared = min(byteCount, other.byteCount)
    var offset = 0
    while offset + 8 <= shared {
      let left: UInt64 = bigEndian(at: offset)
      let right: UInt64 = other.bigEndian(at: offset)
      if left != right { return left < right }
      offset += 8
    }
    while offset < shared {
      let (left, right) = (byte(at: offset), other.byte(at: offset))
      if left != right { return left < right }
      offset += 1
    }
    return byteCount < other.byteCount
  }

  package func hasPrefix(_ prefix: RawSpan) -> Bool {
    byteCount >= prefix.byteCount && extracting(0..<prefix.byteCount).holdsSameBytes(as: prefix)
  }

  /// The first eight bytes, most significant first, missing ones zero: ordered as the spans are, except for ties.
  package var leadingWord: UInt64 {
    if byteCount >= 8 { return bigEndian(at: 0) }
    var word: UInt64 = 0
    for offset in 0..<byteCount { word |= UInt64(byte(at: offset)) << UInt64(56 - 8 * offset) }
    return word
  }
}
