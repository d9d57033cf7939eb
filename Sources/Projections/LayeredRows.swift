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

  /// O(rows that the layers wrote), beyond what the base takes.
  func scan(
    _ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool
  ) throws(TableReadError) {
    let changed = changes(of: table, from: start)
    var next = 0
    var goesOn = true
    /// Tells what the layers have before a key; nil: all that is left.
    func tell(before key: RawSpan?) {
      while goesOn, next < changed.count {
        let row = changed[next]
        if let key, !row.key.rawSpan.precedes(key) { return }
        if let value = row.value { goesOn = body(row.key.rawSpan, value.rawSpan) }
        next += 1
      }
    }
    try base.scan(table, from: start) { key, value in
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
    tell(before: nil)
  }

  /// What the layers left under each key that one of them wrote, in the order of keys; nil for no row.
  private func changes(of table: ProjectionTable, from start: RawSpan) -> [(key: [UInt8], value: [UInt8]?)] {
    var values: [[UInt8]: [UInt8]?] = [:]
    for layer in layers {
      layer.forEachInOrder { index, key, value in
        if index == table.index, !key.precedes(start) { values[key.bytes] = .some(value?.bytes) }
      }
    }
    return values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }
}
