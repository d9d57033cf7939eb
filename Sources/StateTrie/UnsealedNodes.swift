import Hashing
import Primitives

/// Nodes on their way into a trie: their shape is fixed, their hashes are not known yet.
///
/// A parent holds its children's hashes, so hashing goes from the leaves up. To hash many nodes at a time (`hashEach`
/// is several times as fast as one by one), each node has a level, 0 for those without unsealed children, else one
/// more than the highest of these; `seal` works level by level.
///
/// Which nodes are *stored*: the root, and every node whose encoding has 32 bytes or more. Shorter ones live inside
/// their parent and nowhere else.
struct UnsealedNodes {
  /// A node: its place, its encoding once the children are sealed, and how its parent names it from then on.
  private struct Node {
    let path: NibblePath
    let level: Int
    var content: Content
    var reference: NodeReference = .empty
  }

  private enum Content {
    case encoded([UInt8])
    case `extension`(suffix: NibblePath, child: NodeReference)
    /// The branch at this index of `branches`.
    case branch(Int)
  }

  /// Children are added before their parents.
  private var nodes: [Node] = []
  private var branches: [TrieNode.Branch] = []
  private var highestLevel = 0

  var count: Int { nodes.count }

  mutating func addLeaf(at path: NibblePath, suffix: NibblePath, value: [UInt8]) -> NodeReference {
    add(Node(path: path, level: 0, content: .encoded(TrieNode.encodeLeaf(suffix: suffix, value: value))))
  }

  mutating func addExtension(at path: NibblePath, suffix: NibblePath, child: NodeReference) -> NodeReference {
    add(Node(path: path, level: level(above: child), content: .extension(suffix: suffix, child: child)))
  }

  mutating func addBranch(_ branch: TrieNode.Branch, at path: NibblePath) -> NodeReference {
    var level = 0
    for nibble in 0..<16 {
      level = max(level, self.level(above: branch.children[nibble]))
    }
    branches.append(branch)
    return add(Node(path: path, level: level, content: .branch(branches.count - 1)))
  }

  /// The reference as it is after `seal`: an unsealed one becomes a hash or an embedded encoding.
  func sealed(_ reference: NodeReference) -> NodeReference {
    guard let index = reference.unsealedIndex else { return reference }
    return nodes[index].reference
  }

  /// Encodes and hashes all nodes. Cost: one Keccak-256 for each stored node.
  mutating func seal() {
    var levels = [[Int]](repeating: [], count: highestLevel + 1)
    for index in nodes.indices {
      levels[nodes[index].level].append(index)
    }
    for level in levels {
      seal(level)
    }
  }

  /// Takes the stored nodes out, in the order in which they were added, and forgets all.
  mutating func drain<Failure: Error>(
    _ body: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for node in nodes {
      if node.reference.asHash != nil, case .encoded(let encoding) = node.content {
        try body(node.path, encoding)
      }
    }
    nodes.removeAll(keepingCapacity: true)
    branches.removeAll(keepingCapacity: true)
    highestLevel = 0
  }

  private func level(above child: NodeReference) -> Int {
    guard let index = child.unsealedIndex else { return 0 }
    return nodes[index].level + 1
  }

  private mutating func add(_ node: Node) -> NodeReference {
    highestLevel = max(highestLevel, node.level)
    nodes.append(node)
    return .unsealed(nodes.count - 1)
  }

  /// Seals nodes whose children are sealed.
  private mutating func seal(_ indices: [Int]) {
    var stored: [Int] = []
    var encodings: [[UInt8]] = []
    for index in indices {
      let encoding = encoding(of: nodes[index].content)
      nodes[index].content = .encoded(encoding)
      if encoding.count < Hash256.byteCount && !nodes[index].path.isRoot {
        nodes[index].reference = .embedded(encoding.rawSpan)
      } else {
        stored.append(index)
        encodings.append(encoding)
      }
    }
    for (index, hash) in zip(stored, Keccak256.hashEach(encodings)) {
      nodes[index].reference = .hash(hash)
    }
  }

  private func encoding(of content: Content) -> [UInt8] {
    switch content {
    case .encoded(let encoding): return encoding
    case .extension(let suffix, let child): return TrieNode.encodeExtension(suffix: suffix, child: sealed(child))
    case .branch(let index):
      var branch = branches[index]
      for nibble in 0..<16 {
        branch.children[nibble] = sealed(branch.children[nibble])
      }
      return TrieNode.encodeBranch(branch)
    }
  }
}
