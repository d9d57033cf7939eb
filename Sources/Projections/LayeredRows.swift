import Primitives

/// Rows as they are with what several batches wrote one after the other, none of which is committed.
struct LayeredRows: TableReader {
  let base: any TableReader

  /// The oldest first.
  let layers: [WriteBatch]

  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) throws(TableReadError) {
    for layer in layers.reversed() {
      if layer.read(table, key, body) { return }
    }
    try base.read(table, key, body)
  }

  func scan(
    _ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    try scan(table, start, isBackward: false, body)
  }

  func scanBackward(
    _ table: ProjectionTable, before end: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    try scan(table, end, isBackward: true, body)
  }

  /// From a bound on, or backward from before it. O(rows that the layers wrote), beyond what the base takes.
  private func scan(
    _ table: ProjectionTable, _ bound: RawSpan, isBackward: Bool, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    let changed = changes(of: table, bound, isBackward: isBackward)
    var next = 0
    var goesOn = true
    /// Tells what the layers have on the way to a key; nil: all that is left.
    func tell(before key: RawSpan?) {
      while goesOn, next < changed.count {
        let row = changed[next]
        if let key, !(isBackward ? key.precedes(row.key.rawSpan) : row.key.rawSpan.precedes(key)) { return }
        if let value = row.value { goesOn = body(row.key.rawSpan, value.rawSpan) }
        next += 1
      }
    }
    func take(_ key: RawSpan, _ value: RawSpan) -> Bool {
      tell(before: key)
      guard goesOn, next < changed.count else {
        if goesOn { goesOn = body(key, value) }
        return goesOn
      }
      let row = changed[next]
      if row.key.rawSpan.holdsSameBytes(as: key) {
        if let value = row.value { goesOn = body(key, value.rawSpan) }
        next += 1
      } else {
        goesOn = body(key, value)
      }
      return goesOn
    }
    if isBackward {
      try base.scanBackward(table, before: bound, take)
    } else {
      try base.scan(table, from: bound, take)
    }
    tell(before: nil)
  }

  /// What the layers left under each key that one of them wrote, from a bound on in the order of keys, or before it and in
  /// the other order; nil for no row.
  private func changes(
    of table: ProjectionTable, _ bound: RawSpan, isBackward: Bool
  ) -> [(key: [UInt8], value: [UInt8]?)] {
    var values: [[UInt8]: [UInt8]?] = [:]
    for layer in layers {
      layer.forEachInOrder { index, key, value in
        if index == table.index, key.precedes(bound) == isBackward { values[key.bytes] = .some(value?.bytes) }
      }
    }
    let ordered = values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    return isBackward ? ordered.reversed() : ordered
  }
}
