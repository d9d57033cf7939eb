import Primitives

extension WriteBatch {
  /// Calls `body` for every touched key, ordered by table and then by key; the value is nil for a deletion.
  /// O(n log n) in the number of keys.
  package func forEachInOrder<Failure: Error>(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    let arena = arena
    for index in orderedIndices() {
      let entry = entries[index]
      let bytes = arena.rawSpan
      let key = bytes.extracting(entry.keyStart..<(entry.keyStart + entry.keyLength))
      if entry.valueLength < 0 {
        try body(entry.table, key, nil)
      } else {
        try body(
          entry.table, key, bytes.extracting(entry.valueStart..<(entry.valueStart + entry.valueLength)))
      }
    }
  }

  /// The keys of `table` that begin with `prefix` and hold a value, in no order that means anything.
  func keys(of table: ProjectionTable, withPrefix prefix: RawSpan) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    for entry in entries where entry.table == table.index && entry.valueLength >= 0 {
      withKey(of: entry) { if $0.hasPrefix(prefix) { keys.append($0.bytes) } }
    }
    return keys
  }

  private func orderedIndices() -> [Int] {
    let arena = arena
    let entries = entries
    return entries.indices.sorted { left, right in
      let (first, second) = (entries[left], entries[right])
      if first.table != second.table { return first.table < second.table }
      if first.prefix != second.prefix { return first.prefix < second.prefix }
      let bytes = arena.rawSpan
      return bytes.extracting(first.keyStart..<(first.keyStart + first.keyLength))
        .precedes(bytes.extracting(second.keyStart..<(second.keyStart + second.keyLength)))
    }
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
  var leadingWord: UInt64 {
    if byteCount >= 8 { return bigEndian(at: 0) }
    var word: UInt64 = 0
    for offset in 0..<byteCount { word |= UInt64(byte(at: offset)) << UInt64(56 - 8 * offset) }
    return word
  }
}
