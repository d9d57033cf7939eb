import Primitives

/// One run of `Trie.update`.
///
/// Walks down with ever smaller ranges of the changes; each step returns the subtree as it is afterwards, or nil when
/// nothing in it changed. Nodes are read into an arena, and a branch of which only hashes change is changed there, so
/// the common case decodes nothing, encodes nothing but leaves, and allocates nothing for a node.
struct TrieUpdater {
  let changes: [TrieChange]
  let source: NodeSource
  var nodes = UnsealedNodes()

  /// Paths of stored nodes that the walk has taken apart. Those that no new node takes over are to be removed.
  var consumed: [NibblePath] = []

  /// Changed children of the branches on the way down, the deepest branch's last.
  var loose: [LooseChild] = []

  init(changes: [TrieChange], trust: NodeTrust) {
    for index in changes.indices.dropFirst() {
      precondition(changes[index - 1].key < changes[index].key, "changes come in strictly ascending order")
    }
    self.changes = changes
    self.source = NodeSource(trust: trust)
    nodes.arena.bytes.reserveCapacity(TrieUpdater.bytesPerChange * changes.count)
    nodes.reserveCapacity(TrieUpdater.nodesPerChange * changes.count)
  }

  mutating func run<Reader: NodeReader & ~Copyable & ~Escapable>(
    root: Hash256, reader: borrowing Reader
  ) throws(TrieError) -> TrieUpdate {
    let unchanged = TrieUpdate(root: root, changes: NodeChanges())
    if changes.isEmpty { return unchanged }
    let before = try resolve(root == Trie.emptyRoot ? .empty : .hash(root), at: .root, reader)
    guard let after = try apply(changes.indices, to: before, reader) else { return unchanged }
    let reference = nodes.place(after, depth: 0)
    nodes.seal()
    let root = nodes.sealed(reference).asHash ?? Trie.emptyRoot
    return TrieUpdate(root: root, changes: nodes.changes(removing: consumed))
  }

  /// About as many nodes as change with a key of a large trie.
  private static var nodesPerChange: Int { 4 }

  /// About as many bytes as are read and made for a key of a large trie.
  private static var bytesPerChange: Int { 2048 }

  /// Whether a change sets a value, and does not delete.
  private func hasValue(at index: Int) -> Bool { changes[index].value.map { !$0.isEmpty } ?? false }

  /// The value that a change sets; nil when it deletes.
  func value(at index: Int) -> [UInt8]? {
    guard let value = changes[index].value, !value.isEmpty else { return nil }
    return value
  }
}

// MARK: - Walking

extension TrieUpdater {
  /// The subtree that a reference names.
  mutating func resolve<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    if reference.isEmpty { return .empty }
    let encoding = try source.read(reference, at: path, from: reader, into: &nodes.arena)
    return try subtree(in: encoding, reference, at: path)
  }

  /// The subtree whose top has been read into the arena.
  mutating func subtree(
    in encoding: Range<Int>, _ reference: NodeReference, at path: NibblePath
  ) throws(TrieError) -> Subtree {
    if let plain = nodes.arena.plainBranch(in: encoding), path.count < NibblePath.maximumCount {
      return Subtree(path: path, content: .branch(reference, opened: .plain(plain, encoding: encoding)))
    }
    switch try decode(encoding, at: path) {
    case .leaf(let suffix, let value):
      if reference.isHash { consumed.append(path) }
      return Subtree(path: path.appending(suffix), content: .leaf(value))
    case .extension(let suffix, let child):
      if reference.isHash { consumed.append(path) }
      return Subtree(path: path.appending(suffix), content: .branch(child, opened: nil))
    case .branch(let branch):
      return Subtree(path: path, content: .branch(reference, opened: .decoded(branch)))
    }
  }

  private func decode(_ encoding: Range<Int>, at path: NibblePath) throws(TrieError) -> TrieNode {
    do {
      return try TrieNode.decode(nodes.arena.copy(of: encoding), at: path)
    } catch {
      throw .malformedNode(path: path, reason: error)
    }
  }

  /// Applies the changes of `range` to a subtree; all their keys may lie in it.
  mutating func apply<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ range: Range<Int>, to subtree: Subtree, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    let path = subtree.path
    switch subtree.content {
    case .empty:
      return build(range, with: nil)
    case .leaf(let value):
      return build(range, with: (path, value))
    case .branch(let reference, let opened):
      let depth = depthOfParting(range, from: path)
      let range = trim(range, to: path.prefix(depth))
      if range.isEmpty { return nil }
      if depth < path.count {
        return try split(path.prefix(depth), above: subtree, at: path[depth], range, reader)
      }
      return try open(path, reference, opened, range, reader)
    }
  }

  /// How many nibbles of `path` all keys that get a value begin with.
  private func depthOfParting(_ range: Range<Int>, from path: NibblePath) -> Int {
    // Keys are sorted, so the first and the last stray farthest.
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, !hasValue(at: lower) { lower += 1 }
    while lower < upper, !hasValue(at: upper - 1) { upper -= 1 }
    if lower == upper { return path.count }
    return min(path.commonPrefixCount(with: changes[lower].key), path.commonPrefixCount(with: changes[upper - 1].key))
  }

  /// The changes in `range` whose keys begin with `path`; the others are known to delete keys that are not there.
  private func trim(_ range: Range<Int>, to path: NibblePath) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, !changes[lower].key.hasPrefix(path) { lower += 1 }
    while upper > lower, !changes[upper - 1].key.hasPrefix(path) { upper -= 1 }
    return lower..<upper
  }

  /// The subtree of the keys that `range` sets and of `leaf`, unless `range` overrides that.
  private mutating func build(_ range: Range<Int>, with leaf: (key: NibblePath, value: [UInt8])?) -> Subtree? {
    var builder = SubtreeBuilder()
    var remaining = leaf
    var isChanged = false
    for index in range {
      let key = changes[index].key
      if let kept = remaining, kept.key < key {
        builder.append(kept.key, kept.value, into: &nodes)
        remaining = nil
      }
      let value = value(at: index)
      isChanged = isChanged || value != (remaining?.key == key ? remaining?.value : nil)
      if remaining?.key == key { remaining = nil }
      if let value { builder.append(key, value, into: &nodes) }
    }
    if let kept = remaining { builder.append(kept.key, kept.value, into: &nodes) }
    return isChanged ? builder.finish(into: &nodes) : nil
  }
}
