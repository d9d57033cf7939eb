/// A named table of one environment: keys in byte order, one value each.
///
/// Handles are opened once, when the environment is, and stay valid as long as it.
@usableFromInline
package struct Table: Hashable, Sendable {
  /// LMDB's handle, `MDB_dbi`.
  @usableFromInline let dbi: UInt32
  /// The place among the environment's tables.
  @usableFromInline let index: Int
  /// The name under which the main table knows it.
  package let name: String

  init(dbi: UInt32, index: Int, name: String) {
    self.dbi = dbi
    self.index = index
    self.name = name
  }
}

/// The size of one table, from its root record. O(1).
package struct TableStatistics: Hashable, Sendable {
  /// Key and value pairs.
  package let entries: Int
  /// Levels of the tree; 0 when empty.
  package let depth: Int
  package let branchPages: Int
  package let leafPages: Int
  package let overflowPages: Int

  /// Pages of all kinds.
  package var pages: Int { branchPages + leafPages + overflowPages }
}
