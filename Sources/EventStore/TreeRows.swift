import LMDB
import MerkleLog
import Primitives
import Rollup

/// How table `tree` keeps the hashes of the RFC 6962 tree.
///
/// Leaves stand in groups of eight. The row of group g, under the key g, holds the hashes of the complete subtrees that
/// the group's last leaf completes, lowest first: level 3 always, level 4 when g is odd, and so on, one for each
/// trailing one bit of g and one more. Rows are only ever appended. Levels 0 to 2 are recomputed from the record
/// headers.
enum TreeRows {
  /// Leaves in a group.
  static let groupSize: UInt64 = 8

  /// Level of the subtree that a group is.
  static let groupLevel = 3

  /// Hashes in the row of `group`.
  static func hashCount(ofGroup group: UInt64) -> Int { 1 + (~group).trailingZeroBitCount }

  /// The group whose row holds a node, and the node's place in that row.
  static func place(level: Int, index: UInt64) -> (group: UInt64, slot: Int) {
    let slot = level - groupLevel
    return (((index + 1) << UInt64(slot)) - 1, slot)
  }

  /// The root of the eight leaves of a group.
  static func groupHash(_ leaves: [Hash256]) -> Hash256 {
    precondition(leaves.count == Int(groupSize), "a group has eight leaves")
    var hashes = leaves
    for width in [4, 2, 1] {
      for index in 0..<width { hashes[index] = MerkleHash.node(hashes[2 * index], hashes[2 * index + 1]) }
    }
    return hashes[0]
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// The hashes in the row of `group`, lowest level first.
  func treeRow(group: UInt64, in tables: EventLog.Tables) throws(ReadError) -> [Hash256] {
    let count = TreeRows.hashCount(ofGroup: group)
    let row: RawSpan?
    do throws(LMDBError) { row = try get(group, in: tables.tree) } catch { throw .store(error) }
    guard let row, row.byteCount == count * Hash256.byteCount else {
      throw .damaged(Damage(.treeRow(group: group)))
    }
    var hashes: [Hash256] = []
    for slot in 0..<count {
      hashes.append(Hash256(row.extracting(slot * Hash256.byteCount..<(slot + 1) * Hash256.byteCount)))
    }
    return hashes
  }

  /// The stored hash of a subtree at level 3 or above.
  func treeHash(level: Int, index: UInt64, in tables: EventLog.Tables) throws(ReadError) -> Hash256 {
    let (group, slot) = TreeRows.place(level: level, index: index)
    return try treeRow(group: group, in: tables)[slot]
  }

  /// The right edge of the tree, from O(log n) rows and at most seven record headers.
  func frontier(size: UInt64, in tables: EventLog.Tables) throws(ReadError) -> Frontier {
    let groups = size / TreeRows.groupSize
    var hashes: [Hash256] = []
    for subtree in Frontier.subtrees(ofSize: groups) {
      hashes.append(try treeHash(level: subtree.level + TreeRows.groupLevel, index: subtree.index, in: tables))
    }
    let covered = groups * TreeRows.groupSize
    guard var frontier = Frontier(size: covered, hashes: hashes) else {
      preconditionFailure("a frontier has one hash for each bit of its size")
    }
    for position in covered..<size {
      frontier.append(leafHash: try leafHash(at: position, in: tables))
    }
    return frontier
  }

  /// The leaf hash of a record, from its header; the record's checksum is verified on the way.
  func leafHash(at position: UInt64, in tables: EventLog.Tables) throws(ReadError) -> Hash256 {
    try withRecord(at: position, in: tables) { (view: borrowing RecordView) throws(ReadError) in
      try view.header.leafHash
    }
  }
}
