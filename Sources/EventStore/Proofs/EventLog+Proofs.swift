import LMDB
package import MerkleLog
package import Primitives
package import Rollup

extension EventLog {
  /// The root of the tree over the first `size` records. O(log n) lookups.
  package func root(ofSize size: UInt64) throws(ReadError) -> Hash256 {
    try readTree(upTo: size) { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try transaction.frontier(size: size, in: tables).root
    }
  }

  /// That the record at `position` is in the tree over the first `size` records. O(log n) lookups.
  package func inclusionProof(of position: Position, inSize size: UInt64) throws(ReadError) -> InclusionProof {
    guard position.rawValue < size else { throw .beyondHead(position: position, size: size) }
    return try readTree(upTo: size) { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try InclusionProof(index: position.rawValue, size: size) { (level, index) throws(ReadError) in
        try transaction.subtreeHash(level: level, index: index, in: tables)
      }
    }
  }

  /// That the tree over the first `newSize` records has grown from that over the first `oldSize`. O(log n) lookups.
  package func consistencyProof(
    from oldSize: UInt64, to newSize: UInt64
  ) throws(ReadError) -> ConsistencyProof {
    guard oldSize <= newSize else { throw .beyondHead(position: Position(oldSize), size: newSize) }
    return try readTree(upTo: newSize) { (transaction: borrowing ReadTransaction) throws(ReadError) in
      try ConsistencyProof(oldSize: oldSize, newSize: newSize) { (level, index) throws(ReadError) in
        try transaction.subtreeHash(level: level, index: index, in: tables)
      }
    }
  }

  /// Runs `body` in a snapshot that has `size` records at least.
  func readTree<R>(
    upTo size: UInt64, _ body: (borrowing ReadTransaction) throws(ReadError) -> R
  ) throws(ReadError) -> R {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      let head = try transaction.head(in: tables)
      guard size <= head.size else { throw .beyondHead(position: Position(size), size: head.size) }
      return try body(transaction)
    }
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// The hash of a complete subtree of any level: stored from groups up, below from the record headers.
  func subtreeHash(level: Int, index: UInt64, in tables: EventLog.Tables) throws(ReadError) -> Hash256 {
    guard level < TreeRows.groupLevel else { return try treeHash(level: level, index: index, in: tables) }
    var leaves: [Hash256] = []
    for position in index << UInt64(level)..<(index + 1) << UInt64(level) {
      leaves.append(try leafHash(at: position, in: tables))
    }
    return MerkleTree.root(ofLeaves: leaves)
  }
}
