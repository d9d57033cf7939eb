public import Primitives

extension Trie {
  /// Applies a set of changes to the trie with the given root, once and together.
  ///
  /// Reads the nodes on the way to changed keys, and, where a branch is left with one child, that child; a node twice
  /// only when it is both.
  /// Changes that change nothing (an absent key deleted, a value set to what it is) are found out and write nothing.
  ///
  /// - Parameters:
  ///   - changes: in strictly ascending order of keys; traps otherwise.
  ///   - reader: the stored nodes of the trie with this root.
  ///   - trust: whether each node read is hashed and compared.
  /// - Returns: the new root and the nodes to write; applying these to the reader's store gives the new trie's nodes,
  ///   byte for byte those of a fresh build.
  /// - Complexity: O(changes · depth) nodes read and hashed.
  public static func update<Reader: NodeReader & ~Copyable & ~Escapable>(
    root: Hash256, changes: [TrieChange], reader: borrowing Reader, trust: NodeTrust = .verified
  ) throws(TrieError) -> TrieUpdate {
    var updater = TrieUpdater(changes: changes, trust: trust)
    return try updater.run(root: root, reader: reader)
  }

  /// Applies changes of hashed keys; see above.
  public static func update<Reader: NodeReader & ~Copyable & ~Escapable>(
    root: Hash256, changes: [(key: Hash256, value: [UInt8]?)], reader: borrowing Reader, trust: NodeTrust = .verified
  ) throws(TrieError) -> TrieUpdate {
    let changes = changes.map { TrieChange(key: NibblePath($0.key), value: $0.value) }
    return try update(root: root, changes: changes, reader: reader, trust: trust)
  }
}
