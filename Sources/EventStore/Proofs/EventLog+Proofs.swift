import LMDB
package import MerkleLog
package import Primitives
package import Rollup

extension EventLog {
  /// The root of the tree over the first `size` records, once the head row's root is found to begin with it. O(log n)
  /// lookups.
  ///
  /// - Throws: `damaged` if it is not: stored hashes have no checksum of their own, and one that is another would give the
  ///   root of a log that never was.
  package func root(ofSize size: UInt64) throws(ReadError) -> Hash256 {
    try readTree(upTo: size) { (transaction: borrowing ReadTransaction, head: Head) throws(ReadError) in
      try transaction.root(ofSize: size, under: head, in: tables)
    }
  }

  /// That the record at `position` is in the tree over the first `size` records. O(log n) lookups.
  ///
  /// - Throws: `damaged` if the stored hashes do not prove it.
  package func inclusionProof(of position: Position, inSize size: UInt64) throws(ReadError) -> InclusionProof {
    guard position.rawValue < size else { throw .beyondHead(position: position, size: size) }
    return try readTree(upTo: size) { (transaction: borrowing ReadTransaction, head: Head) throws(ReadError) in
      let root = size == head.size ? head.root : try transaction.root(ofSize: size, under: head, in: tables)
      let proof = try InclusionProof(index: position.rawValue, size: size) { (level, index) throws(ReadError) in
        try transaction.subtreeHash(level: level, index: index, in: tables)
      }
      let leaf = try transaction.leafHash(at: position.rawValue, in: tables)
      do throws(ProofError) { try proof.verify(leafHash: leaf, root: root) } catch {
        throw .damaged(Damage(.treePath(size: size)))
      }
      return proof
    }
  }

  /// That the tree over the first `newSize` records has grown from that over the first `oldSize`. O(log n) lookups.
  ///
  /// - Throws: `damaged` if the stored hashes do not prove it.
  package func consistencyProof(
    from oldSize: UInt64, to newSize: UInt64
  ) throws(ReadError) -> ConsistencyProof {
    guard oldSize <= newSize else { throw .beyondHead(position: Position(oldSize), size: newSize) }
    return try readTree(upTo: newSize) { (transaction: borrowing ReadTransaction, head: Head) throws(ReadError) in
      let newRoot = newSize == head.size ? head.root : try transaction.root(ofSize: newSize, under: head, in: tables)
      let oldRoot = try transaction.frontier(size: oldSize, in: tables).root
      return try transaction.growth(from: (oldSize, oldRoot), to: (newSize, newRoot), in: tables)
    }
  }

  /// Runs `body` in a snapshot that has `size` records at least, with its head.
  func readTree<R>(
    upTo size: UInt64, _ body: (borrowing ReadTransaction, Head) throws(ReadError) -> R
  ) throws(ReadError) -> R {
    try environment.read { (transaction: borrowing ReadTransaction) throws(ReadError) in
      let head = try transaction.head(in: tables)
      guard size <= head.size else { throw .beyondHead(position: Position(size), size: head.size) }
      return try body(transaction, head)
    }
  }
}

extension ReadableTransaction where Self: ~Copyable {
  /// The root over the first `size` records, which the head row's begins with: that one has a checksum.
  func root(ofSize size: UInt64, under head: Head, in tables: EventLog.Tables) throws(ReadError) -> Hash256 {
    let root = try frontier(size: size, in: tables).root
    _ = try growth(from: (size, root), to: (head.size, head.root), in: tables)
    return root
  }

  /// The proof that one tree begins with another, once it is found to hold for both roots.
  func growth(
    from old: (size: UInt64, root: Hash256), to new: (size: UInt64, root: Hash256), in tables: EventLog.Tables
  ) throws(ReadError) -> ConsistencyProof {
    let proof = try ConsistencyProof(oldSize: old.size, newSize: new.size) { (level, index) throws(ReadError) in
      try subtreeHash(level: level, index: index, in: tables)
    }
    do throws(ProofError) { try proof.verify(oldRoot: old.root, newRoot: new.root) } catch {
      throw .damaged(Damage(.treePath(size: new.size)))
    }
    return proof
  }

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
