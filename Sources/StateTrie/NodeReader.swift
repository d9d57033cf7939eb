/// Gives the stored nodes of one trie.
///
/// A reader may be a view lent for the length of a transaction, so it need be neither copyable nor escapable.
public protocol NodeReader: ~Copyable, ~Escapable {
  /// The encoding of the node at `path`; nil when none is stored there.
  ///
  /// Asked only for nodes that are stored by path: the root, and every node whose encoding has 32 bytes or more.
  func node(at path: NibblePath) throws(TrieError) -> [UInt8]?
}

/// Whether what a `NodeReader` gives is held against the hash by which the parent names it.
public enum NodeTrust: Sendable {
  /// The nodes are our own and guarded otherwise: no check.
  case trusted

  /// The nodes are somebody's claim: one Keccak-256 each, `TrieError.hashMismatch` on a difference.
  case verified
}
