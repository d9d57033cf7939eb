import Primitives

/// The rows a fold has written and not yet committed: the newest value of every touched key, found by hash, handed over in
/// key order.
///
/// One arena of bytes that is reused from commit to commit, so writing a row allocates nothing once the batch has grown to
/// its usual size. The order of writes leaves no trace in what comes out.
package final class WriteBatch {
  /// A value, so that a write looks into the object once.
  var rows = BatchRows()

  package init() {}

  /// How many keys were touched.
  package var count: Int { rows.entries.count }

  package var isEmpty: Bool { rows.entries.isEmpty }

  /// Bytes the batch holds, those of overwritten values included: what to bound a commit by.
  package var byteCount: Int { rows.arena.count }

  /// Sets the value under `key`.
  package func put(_ table: ProjectionTable, key: RawSpan, value: RawSpan) {
    rows.put(Int32(table.index), key, value)
  }

  /// Removes `key`, whether or not it is there.
  package func delete(_ table: ProjectionTable, key: RawSpan) {
    rows.delete(Int32(table.index), key)
  }

  /// Forgets everything, keeps the memory.
  package func reset() { rows.reset() }

  /// What the batch knows of `key`: calls `body` with the value, with nil for a deleted key, and not at all (returning
  /// false) for an untouched one.
  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) -> Bool {
    guard let value = rows.value(Int32(table.index), key) else { return false }
    let arena = rows.arena
    if let value {
      body(arena.rawSpan.extracting(value))
    } else {
      body(nil)
    }
    return true
  }
}
