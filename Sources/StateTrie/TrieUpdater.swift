import Primitives

/// One run of `Trie.update`.
///
/// Walks down with ever smaller ranges of the changes; each step returns the subtree as it is afterwards, or nil when
/// nothing in it changed.
struct TrieUpdater {
  private let changes: [TrieChange]
  private let source: NodeSource
  private var nodes = UnsealedNodes()

  /// Paths of stored nodes that the walk has taken apart. Those that no new node takes over are to be removed.
  private var consumed: [NibblePath] = []

  init(changes: [TrieChange], trust: NodeTrust) {
    for (change, next) in zip(changes, changes.dropFirst()) {
      precondition(change.key < next.key, "changes come in strictly ascending order")
    }
    self.changes = changes
    self.source = NodeSource(trust: trust)
  }

  mutating func run<Reader: NodeReader & ~Copyable & ~Escapable>(
    root: Hash256, reader: borrowing Reader
  ) throws(TrieError) -> TrieUpdate {
    let unchanged = TrieUpdate(root: root, nodeChanges: [])
    if changes.isEmpty { return unchanged }
    let before = try resolve(root == Trie.emptyRoot ? .empty : .hash(root), at: .root, reader)
    guard let after = try apply(changes.indices, to: before, reader) else { return unchanged }
    let reference = nodes.place(after, depth: 0)
    nodes.seal()
    return TrieUpdate(root: nodes.sealed(reference).asHash ?? Trie.emptyRoot, nodeChanges: nodeChanges())
  }
}

// MARK: - Walking

extension TrieUpdater {
  /// The subtree that a reference names.
  private mutating func resolve<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    if reference.isEmpty { return .empty }
    let isStored = reference.asHash != nil
    switch try source.read(reference, at: path, from: reader).node {
    case .leaf(let suffix, let value):
      if isStored { consumed.append(path) }
      return Subtree(path: path.appending(suffix), content: .leaf(value))
    case .extension(let suffix, let child):
      if isStored { consumed.append(path) }
      return Subtree(path: path.appending(suffix), content: .branch(child, decoded: nil))
    case .branch(let branch):
      return Subtree(path: path, content: .branch(reference, decoded: branch))
    }
  }

  /// Applies the changes of `range` to a subtree; all their keys may lie in it.
  private mutating func apply<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ range: Range<Int>, to subtree: Subtree, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    let path = subtree.path
    switch subtree.content {
    case .empty:
      return build(range, with: nil)
    case .leaf(let value):
      return build(range, with: (path, value))
    case .branch(let reference, let decoded):
      let depth = depthOfParting(range, from: path)
      let range = trim(range, to: path.prefix(depth))
      if range.isEmpty { return nil }
      if depth < path.count {
        return try split(path.prefix(depth), above: subtree, at: path[depth], range, reader)
      }
      return try open(path, reference, decoded, range, reader)
    }
  }

  /// How many nibbles of `path` all keys that get a value begin with.
  private func depthOfParting(_ range: Range<Int>, from path: NibblePath) -> Int {
    // Keys are sorted, so the first and the last stray farthest.
    guard let first = range.first(where: { value(at: $0) != nil }),
      let last = range.last(where: { value(at: $0) != nil })
    else { return path.count }
    return min(path.commonPrefixCount(with: changes[first].key), path.commonPrefixCount(with: changes[last].key))
  }

  /// The changes in `range` whose keys begin with `path`; the others are known to delete keys that are not there.
  private func trim(_ range: Range<Int>, to path: NibblePath) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, !changes[lower].key.hasPrefix(path) { lower += 1 }
    while upper > lower, !changes[upper - 1].key.hasPrefix(path) { upper -= 1 }
    return lower..<upper
  }

  /// The value that a change sets; nil when it deletes.
  private func value(at index: Int) -> [UInt8]? {
    guard let value = changes[index].value, !value.isEmpty else { return nil }
    return value
  }
}

// MARK: - Leaves

extension TrieUpdater {
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

// MARK: - Branches

extension TrieUpdater {
  /// A branch while its children change: those not touched, by reference, and those that may end at another depth.
  private struct Workpiece {
    let path: NibblePath
    var branch: TrieNode.Branch
    var loose: [(nibble: Int, subtree: Subtree)] = []
    var isChanged = false
  }

  /// Applies changes to the branch at `path`.
  private mutating func open<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ path: NibblePath, _ reference: NodeReference, _ decoded: TrieNode.Branch?, _ range: Range<Int>,
    _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    let branch = if let decoded { decoded } else { try branch(reference, at: path, reader) }
    if reference.asHash != nil { consumed.append(path) }
    var work = Workpiece(path: path, branch: branch)
    try applyGroups(range, to: &work, besides: nil, reader)
    return work.isChanged ? try close(work, reader) : nil
  }

  /// Makes a branch at `path`, above `rest`, which goes on with `nibble` and which some changes part from.
  private mutating func split<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ path: NibblePath, above rest: Subtree, at nibble: UInt8, _ range: Range<Int>, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    var work = Workpiece(path: path, branch: .empty)
    try applyGroups(range, to: &work, besides: (Int(nibble), rest), reader)
    return try close(work, reader)
  }

  /// Applies the changes of `range`, all with keys that begin with the branch's path, to its children and value.
  ///
  /// `existing` is a child that stands for itself instead of in the branch.
  private mutating func applyGroups<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ range: Range<Int>, to work: inout Workpiece, besides existing: (nibble: Int, subtree: Subtree)?,
    _ reader: borrowing Reader
  ) throws(TrieError) {
    var lower = range.lowerBound
    var existing = existing
    while lower < range.upperBound, changes[lower].key.count > work.path.count {
      let nibble = Int(changes[lower].key[work.path.count])
      let group = group(from: lower, below: range.upperBound, depth: work.path.count)
      let mark = consumed.count
      var before = existing?.nibble == nibble ? existing?.subtree : nil
      if before != nil { existing = nil }
      let isLoose = before != nil
      if before == nil {
        before = try resolve(work.branch.children[nibble], at: work.path.appending(nibble: UInt8(nibble)), reader)
      }
      if let after = try apply(group, to: before ?? .empty, reader) {
        work.branch.children[nibble] = .empty
        work.loose.append((nibble, after))
        work.isChanged = true
      } else {
        consumed.removeLast(consumed.count - mark)
        if isLoose, let before { work.loose.append((nibble, before)) }
      }
      lower = group.upperBound
    }
    if let existing { work.loose.append(existing) }
    if lower < range.upperBound { setValue(value(at: lower) ?? [], of: &work) }
  }

  /// The changes from `lower` on whose keys have the same nibble at `depth`.
  private func group(from lower: Int, below limit: Int, depth: Int) -> Range<Int> {
    let nibble = changes[lower].key[depth]
    var upper = lower + 1
    while upper < limit, changes[upper].key.count > depth, changes[upper].key[depth] == nibble { upper += 1 }
    return lower..<upper
  }

  private func setValue(_ value: [UInt8], of work: inout Workpiece) {
    if work.branch.value == value { return }
    work.branch.value = value
    work.isChanged = true
  }

  /// What a changed branch has become: still a branch, or the only thing that is left of it.
  private mutating func close<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ work: consuming Workpiece, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    let loose = work.loose.filter { !$0.subtree.isEmpty }
    if loose.count + work.branch.occupancy < 2 { return try onlyRest(of: work, loose.first?.subtree, reader) }
    for (nibble, subtree) in loose {
      work.branch.children[nibble] = nodes.place(subtree, depth: work.path.count + 1)
    }
    return Subtree(path: work.path, content: .branch(nodes.addBranch(work.branch, at: work.path), decoded: nil))
  }

  private mutating func onlyRest<Reader: NodeReader & ~Copyable & ~Escapable>(
    of work: Workpiece, _ loose: Subtree?, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    if let loose { return loose }
    if !work.branch.value.isEmpty { return Subtree(path: work.path, content: .leaf(work.branch.value)) }
    for nibble in 0..<16 where !work.branch.children[nibble].isEmpty {
      // Nobody asked for this child; but a leaf or an extension now begins higher up, so it has to be read.
      return try resolve(
        work.branch.children[nibble], at: work.path.appending(nibble: UInt8(nibble)), reader)
    }
    return .empty
  }

  private func branch<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, _ reader: borrowing Reader
  ) throws(TrieError) -> TrieNode.Branch {
    guard case .branch(let branch) = try source.read(reference, at: path, from: reader).node else {
      throw .malformedNode(path: path, reason: .extensionWithoutBranch)
    }
    return branch
  }
}

// MARK: - Result

extension TrieUpdater {
  /// New nodes and removals, merged in order; empties `nodes`.
  private mutating func nodeChanges() -> [NodeChange] {
    var written: [NodeChange] = []
    nodes.drain { path, encoding in written.append(NodeChange(path: path, node: encoding)) }
    written.sort { $0.path < $1.path }
    consumed.sort()
    var merged: [NodeChange] = []
    merged.reserveCapacity(written.count)
    var next = consumed[...]
    for change in written {
      while let path = next.first, path < change.path {
        merged.append(NodeChange(path: path, node: nil))
        next.removeFirst()
      }
      if next.first == change.path { next.removeFirst() }
      merged.append(change)
    }
    return merged + next.map { NodeChange(path: $0, node: nil) }
  }
}
