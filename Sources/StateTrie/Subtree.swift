/// Part of a trie whose keys are known and whose top is not: how far up it reaches depends on its neighbours.
///
/// Leaves and branches do not move when keys beside them come and go; only the nodes that lead to them do: the suffix
/// in a leaf, an extension above a branch. Here these are left open until `UnsealedNodes.place` is told the depth, so
/// that splitting and collapsing need no cases of their own.
enum Subtree {
  /// No key at all.
  case empty

  /// One key.
  case leaf(key: NibblePath, value: [UInt8])

  /// Several keys that part at `path`. `content` is the decoded branch where it is known already.
  case branch(path: NibblePath, reference: NodeReference, content: TrieNode.Branch?)

  var isEmpty: Bool {
    if case .empty = self { true } else { false }
  }
}

extension UnsealedNodes {
  /// Closes the top of a subtree that hangs in a branch with paths of `depth` − 1 nibbles, or is the whole trie
  /// (depth 0).
  ///
  /// - Returns: how the parent names it.
  mutating func place(_ subtree: Subtree, depth: Int) -> NodeReference {
    switch subtree {
    case .empty:
      return .empty
    case .leaf(let key, let value):
      return addLeaf(at: key.prefix(depth), suffix: key.dropFirst(depth), value: value)
    case .branch(let path, let reference, _):
      if path.count == depth { return reference }
      return addExtension(at: path.prefix(depth), suffix: path.dropFirst(depth), child: reference)
    }
  }
}
