import LMDB
import MerkleLog
package import Primitives

/// The hashes of the RFC 6962 tree over somebody's records.
package protocol LogTree {
  /// How many leaves there are.
  var size: UInt64 { get }

  /// The hash of a complete subtree: the leaves from index × 2^level on, 2^level of them.
  mutating func subtreeHash(level: Int, index: UInt64) throws(TilesError) -> Hash256
}

/// Where two trees part, found from the top down.
package enum LogTreeComparison {
  /// The first position at which two trees have other leaves; nil if one is how the other begins.
  ///
  /// An export's hashes are held against its checkpoint on the way. A log's are taken for those of its records; if a stored
  /// one is not, the way may end where both have the same record.
  ///
  /// - Complexity: three hashes of each side for each level.
  package static func firstDifference(
    _ one: inout some LogTree, _ other: inout some LogTree
  ) throws(TilesError) -> UInt64? {
    for (level, index) in Frontier.subtrees(ofSize: min(one.size, other.size)) {
      guard try isDifferent(&one, &other, level, index) else { continue }
      var (level, index) = (level, index)
      while level > 0 {
        level -= 1
        index <<= 1
        if try !isDifferent(&one, &other, level, index) { index += 1 }
      }
      return index
    }
    return nil
  }

  private static func isDifferent(
    _ one: inout some LogTree, _ other: inout some LogTree, _ level: Int, _ index: UInt64
  ) throws(TilesError) -> Bool {
    try one.subtreeHash(level: level, index: index) != other.subtreeHash(level: level, index: index)
  }
}

extension EventLog {
  /// The tree over the records that the log has now.
  package func tree() throws(ReadError) -> some LogTree { StoredTree(log: self, size: try head().size) }

  private struct StoredTree: LogTree {
    let log: EventLog
    let size: UInt64

    func subtreeHash(level: Int, index: UInt64) throws(TilesError) -> Hash256 {
      do throws(ReadError) {
        return try log.readTree(upTo: (index + 1) << UInt64(level)) {
          (transaction: borrowing ReadTransaction, _: Head) throws(ReadError) in
          try transaction.subtreeHash(level: level, index: index, in: log.tables)
        }
      } catch { throw .unreadableLog(log.directory, error) }
    }
  }
}

extension TileMirror {
  /// The tree that the tiles hold, as large as the checkpoint says; each hash is one that the checkpoint vouches for.
  package func tree() -> some LogTree { tiles }
}

extension TileTree: LogTree {
  /// At most one tile of each level is read for the hashes of one path.
  mutating func subtreeHash(level treeLevel: Int, index: UInt64) throws(TilesError) -> Hash256 {
    let level = treeLevel / Tile.height
    // A complete subtree never reaches beyond one tile.
    let count = UInt64(1) << UInt64(treeLevel % Tile.height)
    let tile = Tile.Content.hashes(level: level).tile(holding: index * count, ofSize: size)
    let first = Int(index * count % UInt64(Tile.fullWidth))
    return MerkleTree.root(ofLeaves: try hashes(tile, level: level)[first..<first + Int(count)])
  }
}
