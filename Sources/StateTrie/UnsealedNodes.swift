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
    case encoded([UInt8])
    /// An index of `extensions`.
    case `extension`(Int)
    /// An index of `branchValues`; sixteen times it, one of `branchChildren`.
    case branch(Int)
  }

  // Four columns of one table of nodes, children before their parents: seals touch few of them at a time.
  private var paths: [NibblePath] = []
  private var levels: [Int] = []
  private var contents: [Content] = []
  /// How each node is named by its parent, once it is sealed.
  private var references: [NodeReference] = []

  private var extensions: [(suffix: NibblePath, child: NodeReference)] = []
  private var branchChildren: [NodeReference] = []
  private var branchValues: [[UInt8]] = []
  private var highestLevel = 0

  var count: Int { paths.count }

  mutating func addLeaf(at path: NibblePath, suffix: NibblePath, value: [UInt8]) -> NodeReference {
    add(.encoded(TrieNode.encodeLeaf(suffix: suffix, value: value)), at: path, level: 0)
  }

  mutating func addExtension(at path: NibblePath, suffix: NibblePath, child: NodeReference) -> NodeReference {
    extensions.append((suffix, child))
    return add(.extension(extensions.count - 1), at: path, level: level(above: child))
  }

  mutating func addBranch(_ branch: TrieNode.Branch, at path: NibblePath) -> NodeReference {
    let level = branch.children.reduce(0) { max($0, self.level(above: $1)) }
    branchChildren.append(contentsOf: branch.children)
    branchValues.append(branch.value)
    return add(.branch(branchValues.count - 1), at: path, level: level)
  }

  /// The reference as it is after `seal`: an unsealed one becomes a hash or an embedded encoding.
  func sealed(_ reference: NodeReference) -> NodeReference {
    guard let index = reference.unsealedIndex else { return reference }
    return references[index]
  }

  /// Encodes and hashes all nodes. Cost: one Keccak-256 for each stored node.
  mutating func seal() {
    var indices = [[Int]](repeating: [], count: highestLevel + 1)
    for index in levels.indices {
      indices[levels[index]].append(index)
    }
    for level in indices {
      seal(level)
    }
  }

  /// Takes the stored nodes out, in the order in which they were added, and forgets all.
  mutating func drain<Failure: Error>(
    _ body: (NibblePath, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for index in paths.indices where references[index].isHash {
      if case .encoded(let encoding) = contents[index] { try body(paths[index], encoding) }
    }
    paths.removeAll(keepingCapacity: true)
    levels.removeAll(keepingCapacity: true)
    contents.removeAll(keepingCapacity: true)
    references.removeAll(keepingCapacity: true)
    extensions.removeAll(keepingCapacity: true)
    branchChildren.removeAll(keepingCapacity: true)
    branchValues.removeAll(keepingCapacity: true)
    highestLevel = 0
  }

  private func level(above child: NodeReference) -> Int {
    guard let index = child.unsealedIndex else { return 0 }
    return levels[index] + 1
  }

  private mutating func add(_ content: Content, at path: NibblePath, level: Int) -> NodeReference {
    highestLevel = max(highestLevel, level)
    paths.append(path)
    levels.append(level)
    contents.append(content)
    references.append(.empty)
    return .unsealed(paths.count - 1)
  }

  /// Seals nodes whose children are sealed.
  private mutating func seal(_ indices: [Int]) {
    var stored: [Int] = []
    var encodings: [[UInt8]] = []
    stored.reserveCapacity(indices.count)
    encodings.reserveCapacity(indices.count)
    for index in indices {
      let encoding = encode(contents[index])
      contents[index] = .encoded(encoding)
      if encoding.count < Hash256.byteCount && !paths[index].isRoot {
        references[index] = .embedded(encoding.rawSpan)
      } else {
        stored.append(index)
        encodings.append(encoding)
      }
    }
    for (index, hash) in zip(stored, Keccak256.hashEach(encodings)) {
      references[index] = .hash(hash)
    }
  }

  private mutating func encode(_ content: Content) -> [UInt8] {
    switch content {
    case .encoded(let encoding):
      return encoding
    case .extension(let index):
      return TrieNode.encodeExtension(suffix: extensions[index].suffix, child: sealed(extensions[index].child))
    case .branch(let index):
      let slots = 16 * index..<16 * index + 16
      for slot in slots {
        branchChildren[slot] = sealed(branchChildren[slot])
      }
      return TrieNode.encodeBranch(children: branchChildren[slots], value: branchValues[index])
    }
  }
}
