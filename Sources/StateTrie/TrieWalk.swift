import Primitives

/// The way of one key through a trie, from the root to its value or to where it leaves the trie.
struct TrieWalk {
  private let key: NibblePath

  /// The node to be looked at next and where it is; nil at the end.
  private(set) var next: (reference: NodeReference, path: NibblePath)?

  /// What the key holds, at the end; nil for nothing.
  private(set) var value: [UInt8]?

  private var cameByExtension = false

  init(key: NibblePath, root: Hash256) {
    self.key = key
    if root != Trie.emptyRoot { next = (.hash(root), .root) }
  }

  /// Goes through the node that `next` names. Each node but the last takes at least one nibble of the key.
  mutating func step(through node: TrieNode) throws(TrieNodeError) {
    guard let (_, path) = next else { return }
    let rest = key.dropFirst(path.count)
    next = nil
    switch node {
    case .leaf(let suffix, let value):
      if cameByExtension { throw .extensionWithoutBranch }
      if suffix == rest { self.value = value }
    case .extension(let suffix, let child):
      if cameByExtension { throw .extensionWithoutBranch }
      cameByExtension = true
      if rest.hasPrefix(suffix) { next = (child, path.appending(suffix)) }
    case .branch(let branch):
      cameByExtension = false
      if rest.isRoot {
        value = branch.value.isEmpty ? nil : branch.value
      } else {
        let child = branch.children[Int(rest[0])]
        if !child.isEmpty { next = (child, path.appending(nibble: rest[0])) }
      }
    }
  }
}
