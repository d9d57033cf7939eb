public import Primitives

/// Gives the stored nodes of one trie.
///
/// A reader may be a view lent for the length of a transaction, so it need be neither copyable nor escapable.
public protocol NodeReader: ~Copyable, ~Escapable {
  /// The encoding of the node at `path`; nil when none is stored there.
  ///
  /// Asked only for nodes that are stored by path: the root, and every node whose encoding has 32 bytes or more.
  func node(at path: NibblePath) throws(TrieError) -> [UInt8]?

  /// The same, where the node's parent, or whoever names the root, has this hash for it.
  ///
  /// What the functions of this module ask. A store by path has no use for the hash, and need not provide this; a
  /// store by hash, such as a witness, goes by it.
  func node(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]?

  /// Appends the encoding of the same node to `bytes`; false, and nothing appended, when there is none.
  ///
  /// What updates ask, thousands of times: a store that can copy the bytes from where they are spares an allocation each
  /// time. It need not provide this.
  func appendNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool

  /// Whether the node at `path`, which its parent names by a hash, is known to be a leaf.
  ///
  /// A leaf that is only to get another value need not be read then. False, for not known, does no harm.
  func hasLeaf(at path: NibblePath) throws(TrieError) -> Bool
}

extension NodeReader where Self: ~Copyable & ~Escapable {
  @inlinable
  public func node(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    try node(at: path)
  }

  @inlinable
  public func appendNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool {
    guard let node = try node(at: path, hash: hash) else { return false }
    bytes.append(contentsOf: node)
    return true
  }

  @inlinable
  public func hasLeaf(at path: NibblePath) throws(TrieError) -> Bool { false }
}

/// Whether what a `NodeReader` gives is held against the hash by which the parent names it.
public enum NodeTrust: Sendable {
  /// The nodes are our own and guarded otherwise: no check.
  case trusted

  /// The nodes are somebody's claim: one Keccak-256 each, `TrieError.hashMismatch` on a difference.
  case verified
}
