import Primitives

/// A row that is one RLP item.
protocol RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError)
  func append(to writer: inout RLPWriter)
}

extension RLPRow {
  /// Reads all of a row.
  fileprivate init(row bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    self = try Self(&reader)
    try reader.finish()
  }
}

extension ProjectionView {
  /// The row under `key`; nil where there is none.
  func row<Row: RLPRow>(_ table: ProjectionTable, _ key: [UInt8]) throws(FoldError) -> Row? {
    try ProposerState.rows { () throws(TableReadError) in
      try row(table, key.rawSpan) { bytes throws(RLPError) in try Row(row: bytes) }
    }
  }

  /// Calls `body` with the rows of a table that were committed before, from the first key that is `start` or greater, in the
  /// order of keys, until it returns false.
  func scanRows<Row: RLPRow>(
    _ table: ProjectionTable, from start: [UInt8], _ body: (_ key: RawSpan, _ row: Row) -> Bool
  ) throws(FoldError) {
    var failure: RLPError?
    try scan(table, from: start) { key, bytes in
      do throws(RLPError) { return body(key, try Row(row: bytes)) } catch {
        failure = error
        return false
      }
    }
    if let failure { throw .rows(TableReadError(table: table, reason: "\(failure)")) }
  }

  func put(_ table: ProjectionTable, _ key: [UInt8], row: some RLPRow) {
    var writer = RLPWriter(capacity: 256)
    row.append(to: &writer)
    put(table, key, writer.bytes)
  }

  /// All keys of a table that begin with `prefix`, in order, and their rows. O(log n + rows), plus a pass over the batch.
  func rows<Row: RLPRow>(
    _ table: ProjectionTable, prefix: [UInt8] = []
  ) throws(FoldError) -> [(key: [UInt8], row: Row)] {
    var keys = Set(batch.keys(of: table, withPrefix: prefix.rawSpan))
    try ProposerState.rows { () throws(TableReadError) in
      try scanStored(table, from: prefix) { key in
        guard key.hasPrefix(prefix.rawSpan) else { return false }
        keys.insert(key.bytes)
        return true
      }
    }
    var found: [(key: [UInt8], row: Row)] = []
    for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      if let row: Row = try row(table, key) { found.append((key, row)) }
    }
    return found
  }
}
