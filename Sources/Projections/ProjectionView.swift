package import Primitives

/// What a fold reads and writes: the batch so far, over the rows committed before.
///
/// A fold sees its own writes at once. The view writes only to the batch; the runtime commits the batch together with the
/// cursor.
package struct ProjectionView {
  package let batch: WriteBatch
  private let store: any TableReader
  private let stages: (any StageObserver)?

  package init(batch: WriteBatch, over store: any TableReader, stages: (any StageObserver)? = nil) {
    self.batch = batch
    self.store = store
    self.stages = stages
  }

  /// Lends the value under `key`, or nil, to `body`.
  package func read<R>(
    _ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> R
  ) throws(TableReadError) -> R {
    var result: R?
    if !batch.read(table, key, { result = body($0) }) {
      try store.read(table, key) { result = body($0) }
    }
    guard let result else { throw TableReadError(table: table, reason: "the store did not answer") }
    return result
  }

  /// A copy of the value under `key`.
  package func value(_ table: ProjectionTable, _ key: RawSpan) throws(TableReadError) -> [UInt8]? {
    try read(table, key) { $0?.bytes }
  }

  /// The row under `key`, decoded; nil where there is none. A row that `decode` refuses is damage.
  package func row<Row>(
    _ table: ProjectionTable, _ key: RawSpan, decode: (RawSpan) throws(RLPError) -> Row
  ) throws(TableReadError) -> Row? {
    var result: Row?
    var failure: RLPError?
    try read(table, key) { bytes in
      guard let bytes else { return }
      do throws(RLPError) { result = try decode(bytes) } catch { failure = error }
    }
    if let failure { throw TableReadError(table: table, reason: "a row is not what was written: \(failure)") }
    return result
  }

  package func put(_ table: ProjectionTable, _ key: Hash256, _ value: [UInt8]) {
    key.withBytes { batch.put(table, key: $0, value: value.rawSpan) }
  }

  package func put(_ table: ProjectionTable, _ key: [UInt8], _ value: [UInt8]) {
    batch.put(table, key: key.rawSpan, value: value.rawSpan)
  }

  package func delete(_ table: ProjectionTable, _ key: Hash256) {
    key.withBytes { batch.delete(table, key: $0) }
  }

  package func delete(_ table: ProjectionTable, _ key: [UInt8]) {
    batch.delete(table, key: key.rawSpan)
  }

  /// Removes every row whose key begins with `prefix`. O(rows removed), plus a pass over the batch.
  package func deleteAll(_ table: ProjectionTable, withPrefix prefix: RawSpan) throws(TableReadError) {
    var keys = batch.keys(of: table, withPrefix: prefix)
    try store.scan(table, from: prefix) { key, _ in
      guard key.hasPrefix(prefix) else { return false }
      keys.append(key.bytes)
      return true
    }
    for key in keys { batch.delete(table, key: key.rawSpan) }
  }

  /// Calls `body` with the keys that were committed before, from `start` on, until it returns false.
  func scanStored(
    _ table: ProjectionTable, from start: [UInt8], _ body: (RawSpan) -> Bool
  ) throws(TableReadError) {
    try store.scan(table, from: start.rawSpan) { key, _ in body(key) }
  }

  /// Tells whoever measures that the fold's next work is `stage`. Nothing comes back.
  package func enter(_ stage: FoldStage) {
    stages?.enter(stage)
  }
}

/// The parts of a fold's work that a profile tells apart.
package enum FoldStage: Int, CaseIterable, Sendable {
  case decode, execute, trie, rows
}

/// Is told which stage begins. The clock is the observer's: a fold has none.
package protocol StageObserver {
  func enter(_ stage: FoldStage)
}
