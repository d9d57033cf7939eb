/// One ordered table of a projection: byte-string keys, byte-string values.
///
/// Tables are told apart by `index` in memory and by `name` on disk and in digests.
package struct ProjectionTable: Hashable, Sendable {
  /// Its place among the tables of its projection, from 0.
  package let index: Int

  /// What it is called on disk and in messages. Unique in its projection.
  package let name: String

  package init(index: Int, name: String) {
    self.index = index
    self.name = name
  }
}

extension ProjectionTable: CustomStringConvertible {
  package var description: String { name }
}
