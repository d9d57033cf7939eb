public import Primitives

/// One key of a trie set to a value, or deleted.
public struct TrieChange: Equatable, Sendable {
  public let key: NibblePath

  /// The new value; nil (or no bytes, which is the same) deletes the key, whether or not it is there.
  public let value: [UInt8]?

  /// Whether the key is known to have had a value: then a leaf on its way is its own. False says nothing.
  public let replaces: Bool

  public init(key: NibblePath, value: [UInt8]?, replaces: Bool = false) {
    self.key = key
    self.value = value
    self.replaces = replaces
  }
}

/// One stored node that differs between two tries.
public struct NodeChange: Equatable, Sendable {
  public let path: NibblePath

  /// The node's encoding, to be stored at `path`; nil when the node that was there is to be removed.
  public let node: [UInt8]?

  public init(path: NibblePath, node: [UInt8]?) {
    self.path = path
    self.node = node
  }
}

/// What changes made of a trie.
public struct TrieUpdate: Equatable, Sendable {
  /// The new root hash.
  public let root: Hash256

  /// What to write so that the stored nodes are those of the new trie.
  public let changes: NodeChanges

  /// The same in ascending order of paths, each path once. O(n log n), one allocation a node.
  public var nodeChanges: [NodeChange] { changes.ordered }

  public init(root: Hash256, changes: NodeChanges) {
    self.root = root
    self.changes = changes
  }

  public init(root: Hash256, nodeChanges: [NodeChange]) {
    self.init(root: root, changes: NodeChanges(nodeChanges))
  }
}
