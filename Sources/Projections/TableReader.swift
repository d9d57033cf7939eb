/// What a fold has written before, as it can be read: LMDB in a node, dictionaries in a test or a simulation.
///
/// Values are lent, never copied: a span ends with the call that was given it.
package protocol TableReader {
  /// Calls `body` once with the value under `key`, or with nil where there is none.
  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) throws(TableReadError)

  /// Calls `body` with the rows from the first key that is `start` or greater, in key order, until it returns false.
  func scan(
    _ table: ProjectionTable, from start: RawSpan, _ body: (_ key: RawSpan, _ value: RawSpan) -> Bool
  ) throws(TableReadError)

  /// Calls `body` with the rows from the last key on that comes before `end`, the greatest key first, until it returns false.
  ///
  /// - Parameter end: not empty, and no key of the table is the beginning of it.
  func scanBackward(
    _ table: ProjectionTable, before end: RawSpan, _ body: (_ key: RawSpan, _ value: RawSpan) -> Bool
  ) throws(TableReadError)
}

/// A stored table could not be read, or holds something that the projection never wrote.
package struct TableReadError: Error, Equatable, Sendable {
  package let table: String

  /// What is wrong with it.
  package let reason: String

  package init(table: ProjectionTable, reason: String) {
    self.table = table.name
    self.reason = reason
  }
}

extension TableReadError: CustomStringConvertible {
  package var description: String { "table '\(table)' cannot be read: \(reason)" }
}
