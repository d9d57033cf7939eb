package import Primitives
package import Rollup

extension EventLog {
  /// How far a reader has come: the last record it has taken, named by position *and* leaf hash, so that a reader that
  /// comes back to a different log is refused instead of fed. A reader that has taken nothing has no cursor.
  @usableFromInline
  package struct Cursor: Hashable, Sendable {
    package var position: Position
    package var leafHash: Hash256

    package init(position: Position, leafHash: Hash256) {
      self.position = position
      self.leafHash = leafHash
    }
  }
}
