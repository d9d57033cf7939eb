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
  private enum Content {
    /// Its encoding is known.
    case encoded
    /// An index of `extensions`.
    case `extension`(Int)
    /// An index of `branchValues`; sixteen times it, one of `branchChildren`.
    case branch(Int)
    /// A stored branch whose encoding stands in the arena and is right but for these entries of `patches`.
    case patched(Range<Int>)
  }

  private struct Node {
    let path: NibblePath
    let level: Int
    let content: Content

    /// Of a branch: its children among the nodes here.
    let children: NodeShape.Children

    /// Of a branch: whether a branch was stored at its path before.
    let isStored: Bool

    /// Where the encoding is, once it is known.
    var encoding: Range<Int>

    var shape: NodeShape {
      switch content {
      case .encoded: .leaf
      case .extension: .extension
      case .branch, .patched: .branch(children)
      }
    }
  }

  /// A child that a branch has got in place of one that it had.
  private struct Patch {
    let nibble: Int

    /// Where its hash belongs.
    let offset: Int

    let child: NodeReference
  }

  /// Encodings of nodes read and made.
  var arena = NodeArena()

  /// Children before their parents.
  private var nodes: [Node] = []
  /// How each node is named by its parent, once it is sealed.
  private var references: [NodeReference] = []

  private var extensions: [(suffix: NibblePath, child: NodeReference)] = []
  private var branchChildren: [NodeReference] = []
  private var branchValues: [[UInt8]] = []
  private var patches: [Patch] = []
  private var highestLevel = 0

  /// Paths where a node was stored that now lives inside its parent.
  private(set) var shrunk: [NibblePath] = []

  var count: Int { nodes.count }

  /// Makes room for so many nodes.
  mutating func reserveCapacity(_ count: Int) {
    nodes.reserveCapacity(count)
    references.reserveCapacity(count)
    patches.reserveCapacity(count)
  }

  mutating func addLeaf(at path: NibblePath, suffix: NibblePath, value: [UInt8]) -> NodeReference {
    add(.encoded, at: path, level: 0, encoding: arena.appendLeaf(suffix: suffix, value: value))
  }

  mutating func addExtension(at path: NibblePath, suffix: NibblePath, child: NodeReference) -> NodeReference {
    extensions.append((suffix, child))
    return add(.extension(extensions.count - 1), at: path, level: level(above: child))
  }

  /// - Parameter isStored: whether it takes the place of a stored branch, which need not be removed unless this one is to
  ///   live inside its parent.
  mutating func addBranch(
    _ branch: TrieNode.Branch, at path: NibblePath, isStored: Bool = false
  ) -> NodeReference {
    var level = 0
    var children = NodeShape.Children()
    for (nibble, child) in branch.children.enumerated() { note(child, nibble, &level, &children) }
    branchChildren.append(contentsOf: branch.children)
    branchValues.append(branch.value)
    return add(.branch(branchValues.count - 1), at: path, level: level, children: children, isStored: isStored)
  }

  var patchCount: Int { patches.count }

  /// Puts another child in the place of one that the branch has. Nothing is changed before `seal`.
  mutating func patch(_ branch: PlainBranch, _ nibble: Int, with child: NodeReference) {
    patches.append(Patch(nibble: nibble, offset: branch.hashOffset(of: nibble), child: child))
  }

  /// The stored branch in `encoding`, with patches.
  mutating func addPatched(_ encoding: Range<Int>, at path: NibblePath, patches range: Range<Int>) -> NodeReference {
    var level = 0
    var children = NodeShape.Children()
    for patch in patches[range] { note(patch.child, patch.nibble, &level, &children) }
    return add(.patched(range), at: path, level: level, encoding: encoding, children: children, isStored: true)
  }

  /// The reference as it is after `seal`: an unsealed one becomes a hash or an embedded encoding.
  func sealed(_ reference: NodeReference) -> NodeReference {
    guard let index = reference.unsealedIndex else { return reference }
    return references[index]
  }

  /// Takes the stored nodes out, in the order in which they were added, and forgets all.
  mutating func drain<Failure: Error>(
    _ body: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for index in nodes.indices where references[index].isHash {
      try body(nodes[index].path, arena.copy(of: nodes[index].encoding))
    }
    removeAll()
  }

  /// Forgets all nodes and keeps the memory.
  mutating func removeAll() {
    arena.removeAll()
    nodes.removeAll(keepingCapacity: true)
    references.removeAll(keepingCapacity: true)
    extensions.removeAll(keepingCapacity: true)
    branchChildren.removeAll(keepingCapacity: true)
    branchValues.removeAll(keepingCapacity: true)
    patches.removeAll(keepingCapacity: true)
    shrunk.removeAll(keepingCapacity: true)
    highestLevel = 0
  }

  /// The stored nodes, and `removed` besides.
  consuming func changes(removing removed: [NibblePath]) -> NodeChanges {
    var written: [NodeChanges.Written] = []
    written.reserveCapacity(nodes.count)
    for index in nodes.indices where references[index].isHash {
      let node = nodes[index]
      written.append(NodeChanges.Written(path: node.path, encoding: node.encoding, shape: node.shape))
    }
    return NodeChanges(bytes: arena.bytes, written: written, removed: removed + shrunk)
  }

  /// Takes a branch's child into account for the branch's level and its children here.
  private func note(
    _ child: NodeReference, _ nibble: Int, _ level: inout Int, _ children: inout NodeShape.Children
  ) {
    guard let index = child.unsealedIndex else { return }
    level = max(level, nodes[index].level + 1)
    children.note(nibble, isLeaf: nodes[index].shape == .leaf)
  }

  private func level(above child: NodeReference) -> Int {
    guard let index = child.unsealedIndex else { return 0 }
    return nodes[index].level + 1
  }

  private mutating func add(
    _ content: Content, at path: NibblePath, level: Int, encoding: Range<Int> = 0..<0,
    children: NodeShape.Children = NodeShape.Children(), isStored: Bool = false
  ) -> NodeReference {
    highestLevel = max(highestLevel, level)
    nodes.append(
      Node(path: path, level: level, content: content, children: children, isStored: isStored, encoding: encoding))
    references.append(.empty)
    return .unsealed(nodes.count - 1)
  }
}

// Sealing.
extension UnsealedNodes {
  /// Encodes and hashes all nodes. Cost: one Keccak-256 for each stored node.
  mutating func seal() {
    var ends = [Int](repeating: 0, count: highestLevel + 2)
    for node in nodes { ends[node.level + 1] += 1 }
    for level in 0...highestLevel { ends[level + 1] += ends[level] }
    var order = [Int](repeating: 0, count: nodes.count)
    var next = ends
    for index in nodes.indices {
      order[next[nodes[index].level]] = index
      next[nodes[index].level] += 1
    }
    for level in 0...highestLevel { seal(order[ends[level]..<ends[level + 1]]) }
  }

  /// Seals nodes whose children are sealed.
  private mutating func seal(_ indices: ArraySlice<Int>) {
    var stored: [Int] = []
    var encodings: [Range<Int>] = []
    stored.reserveCapacity(indices.count)
    encodings.reserveCapacity(indices.count)
    for index in indices {
      let encoding = encode(nodes[index])
      nodes[index].encoding = encoding
      if encoding.count < Hash256.byteCount && !nodes[index].path.isRoot {
        references[index] = .embedded(arena.bytes.rawSpan.extracting(encoding))
        if nodes[index].isStored { shrunk.append(nodes[index].path) }
      } else {
        stored.append(index)
        encodings.append(encoding)
      }
    }
    let hashes = Keccak256.hashEach(in: arena.bytes, at: encodings)
    for (index, hash) in zip(stored, hashes) { references[index] = .hash(hash) }
  }

  private mutating func encode(_ node: Node) -> Range<Int> {
    switch node.content {
    case .encoded: return node.encoding
    case .extension(let index):
      return arena.appendExtension(suffix: extensions[index].suffix, child: sealed(extensions[index].child))
    case .branch(let index):
      let slots = 16 * index..<16 * index + 16
      for slot in slots { branchChildren[slot] = sealed(branchChildren[slot]) }
      return arena.appendBranch(children: branchChildren[slots], value: branchValues[index])
    case .patched(let patches):
      for index in patches {
        guard let hash = sealed(self.patches[index].child).asHash else { return encodeAnew(node, patches) }
        arena.setHash(hash, at: self.patches[index].offset)
      }
      return node.encoding
    }
  }

  /// A branch of which a child lives inside it from now on.
  private mutating func encodeAnew(_ node: Node, _ range: Range<Int>) -> Range<Int> {
    guard case .branch(var branch)? = try? TrieNode.decode(arena.copy(of: node.encoding), at: node.path) else {
      preconditionFailure("a branch that was read before can be read")
    }
    for patch in patches[range] {
      let child = sealed(patch.child)
      branch.children[patch.nibble] = child
      if !child.isHash { shrunk.append(node.path.appending(nibble: UInt8(patch.nibble))) }
    }
    return arena.appendBranch(children: branch.children[...], value: branch.value)
  }
}
