package import Primitives

/// Tables in dictionaries: what LMDB does for a node, for tests and simulations.
package final class MemoryTables: TableReader {
  package let tables: [ProjectionTable]
  private var rows: [[[UInt8]: [UInt8]]]

  package init(tables: [ProjectionTable]) {
    self.tables = tables
    rows = Array(repeating: [:], count: tables.count)
  }

  package func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) {
    guard let value = rows[table.index][key.bytes] else { return body(nil) }
    body(value.rawSpan)
  }

  package func scan(_ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool) {
    let first = start.bytes
    for (key, value) in ordered(table) where !key.lexicographicallyPrecedes(first) {
      guard body(key.rawSpan, value.rawSpan) else { return }
    }
  }

  package func scanBackward(_ table: ProjectionTable, before end: RawSpan, _ body: (RawSpan, RawSpan) -> Bool) {
    let end = end.bytes
    for (key, value) in ordered(table).reversed() where key.lexicographicallyPrecedes(end) {
      guard body(key.rawSpan, value.rawSpan) else { return }
    }
  }

  /// Takes over what the batch holds; the batch stays as it is.
  ///
  /// - Parameter note: gets each row that was written, by table and key, with what was there before.
  package func commit(_ batch: WriteBatch, _ note: (Change) -> Void = { _ in }) {
    batch.forEachInOrder { index, key, value in
      let (key, value) = (key.bytes, value?.bytes)
      let old = value.map { rows[index].updateValue($0, forKey: key) } ?? rows[index].removeValue(forKey: key)
      note(Change(table: index, key: key, old: old, new: value))
    }
  }

  /// A row that was written; nil is none.
  package struct Change {
    package let table: Int
    package let key: [UInt8]
    package let old, new: [UInt8]?
  }

  /// The rows of `table` in key order. O(n log n).
  package func ordered(_ table: ProjectionTable) -> [(key: [UInt8], value: [UInt8])] {
    rows[table.index].sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }

  /// The digest of all tables at an L1 block. O(n log n).
  package func digest(l1BlockNumber: UInt64, l1BlockHash: Hash256) -> Hash256 {
    var digest = ProjectionDigest()
    for table in tables {
      digest.begin(table)
      for (key, value) in ordered(table) { digest.add(key: key.rawSpan, value: value.rawSpan) }
    }
    return digest.finalize(l1BlockNumber: l1BlockNumber, l1BlockHash: l1BlockHash)
  }
}
