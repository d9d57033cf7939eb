/// Part of a trie whose keys are known and whose top is not: how far up it reaches depends on its neighbours.
///
/// Leaves and branches do not move when keys beside them come and go; only the nodes that lead to them do: the suffix
/// in a leaf, an extension above a branch. Here these are left open until `UnsealedNodes.place` is told the depth, so
/// that splitting and collapsing need no cases of their own.
struct Subtree {
  enum Content {
    /// No key at all.
    case empty

    /// One key, with this value.
    case leaf([UInt8])

    /// Several keys, which part in this branch; opened where that has been done already.
    case branch(NodeReference, opened: OpenedBranch?)
  }

  /// The key of a leaf, or where the keys of a branch part; the root for no key.
  let path: NibblePath

  let content: Content

  static let empty = Subtree(path: .root, content: .empty)

  var isEmpty: Bool {
    if case .empty = content { true } else { false }
  }
}

/// A branch that has been read.
enum OpenedBranch {
  /// Where its encoding is, and its parts.
  case plain(PlainBranch, encoding: Range<Int>)
  case decoded(TrieNode.Branch)
}

extension UnsealedNodes {
  /// Closes the top of a subtree that hangs in a branch with paths of `depth` − 1 nibbles, or is the whole trie
  /// (depth 0).
  ///
  /// - Returns: how the parent names it.
  mutating func place(_ subtree: Subtree, depth: Int) -> NodeReference {
    let path = subtree.path
    switch subtree.content {
    case .empty:
      return .empty
    case .leaf(let value):
      return addLeaf(at: path.prefix(depth), suffix: path.dropFirst(depth), value: value)
    case .branch(let reference, _):
      if path.count == depth { return reference }
      return addExtension(at: path.prefix(depth), suffix: path.dropFirst(depth), child: reference)
    }
  }
}
