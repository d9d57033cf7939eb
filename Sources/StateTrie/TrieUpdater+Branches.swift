import Primitives

/// A child of a branch that has changed, or that may have to end at another depth.
struct LooseChild {
  let nibble: Int
  let subtree: Subtree

  /// Whether it takes the place of a stored leaf, which is not noted as consumed.
  var replacesLeaf = false
}

extension TrieUpdater {
  /// A branch while its children change: its changed ones are the last of `loose`.
  private struct Workpiece {
    let path: NibblePath
    let before: OpenedBranch

    /// Whether a node is stored at its path.
    let isStored: Bool

    let firstLoose: Int
    var isChanged = false

    /// The value that it gets; nil: the one it has.
    var newValue: [UInt8]?
  }

  /// Applies changes to the branch at `path`.
  mutating func open<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ path: NibblePath, _ reference: NodeReference, _ opened: OpenedBranch?, _ range: Range<Int>,
    _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    let before = if let opened { opened } else { try readBranch(reference, at: path, reader) }
    var work = Workpiece(path: path, before: before, isStored: reference.isHash, firstLoose: loose.count)
    try applyGroups(range, to: &work, besides: nil, reader)
    return work.isChanged ? try close(work, reader) : nil
  }

  /// Makes a branch at `path`, above `rest`, which goes on with `nibble` and which some changes part from.
  mutating func split<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ path: NibblePath, above rest: Subtree, at nibble: UInt8, _ range: Range<Int>, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree? {
    var work = Workpiece(path: path, before: .decoded(.empty), isStored: false, firstLoose: loose.count)
    try applyGroups(range, to: &work, besides: (Int(nibble), rest), reader)
    return try close(work, reader)
  }

  private mutating func readBranch<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ reference: NodeReference, at path: NibblePath, _ reader: borrowing Reader
  ) throws(TrieError) -> OpenedBranch {
    guard case .branch(_, let opened?) = try resolve(reference, at: path, reader).content else {
      throw .malformedNode(path: path, reason: .extensionWithoutBranch)
    }
    return opened
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
    let depth = work.path.count
    while lower < range.upperBound, changes[lower].key.count > depth {
      let nibble = Int(changes[lower].key[depth])
      let group = group(from: lower, below: range.upperBound, depth: depth)
      lower = group.upperBound
      if let (place, rest) = existing, place == nibble {
        existing = nil
        let mark = consumed.count
        let after = try apply(group, to: rest, reader)
        if after == nil { consumed.removeLast(consumed.count - mark) }
        loose.append(LooseChild(nibble: nibble, subtree: after ?? rest))
        work.isChanged = work.isChanged || after != nil
      } else if let child = try changedChild(nibble, of: work, group, reader) {
        loose.append(child)
        work.isChanged = true
      }
    }
    if let existing { loose.append(LooseChild(nibble: existing.nibble, subtree: existing.subtree)) }
    if lower < range.upperBound { setValue(value(at: lower) ?? [], of: &work) }
  }

  /// A child of a branch with changes applied; nil when they change nothing.
  private mutating func changedChild<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ nibble: Int, of work: Workpiece, _ group: Range<Int>, _ reader: borrowing Reader
  ) throws(TrieError) -> LooseChild? {
    let reference = child(nibble, of: work)
    let path = work.path.appending(nibble: UInt8(nibble))
    let mark = consumed.count
    var before = Subtree.empty
    if !reference.isEmpty {
      if let value = knownValue(group, reference), try reader.hasLeaf(at: path) {
        let leaf = Subtree(path: changes[group.lowerBound].key, content: .leaf(value))
        return LooseChild(nibble: nibble, subtree: leaf, replacesLeaf: true)
      }
      let encoding = try source.read(reference, at: path, from: reader, into: &nodes.arena)
      // Most of all, one key gets another value.
      if group.count == 1, reference.isHash, let value = value(at: group.lowerBound),
        let stored = nodes.arena.leafValue(in: encoding, suffix: changes[group.lowerBound].key.dropFirst(path.count))
      {
        if nodes.arena.holds(value, at: stored) { return nil }
        let leaf = Subtree(path: changes[group.lowerBound].key, content: .leaf(value))
        return LooseChild(nibble: nibble, subtree: leaf, replacesLeaf: true)
      }
      before = try subtree(in: encoding, reference, at: path)
    }
    if let after = try apply(group, to: before, reader) { return LooseChild(nibble: nibble, subtree: after) }
    consumed.removeLast(consumed.count - mark)
    return nil
  }

  /// The value that one key gets that has one already, where the node on its way is named by a hash.
  private func knownValue(_ group: Range<Int>, _ reference: NodeReference) -> [UInt8]? {
    guard group.count == 1, reference.isHash, changes[group.lowerBound].replaces else { return nil }
    return value(at: group.lowerBound)
  }

  private func child(_ nibble: Int, of work: Workpiece) -> NodeReference {
    switch work.before {
    case .plain(let branch, _):
      branch.has(nibble) ? .hash(nodes.arena.hash(at: branch.hashOffset(of: nibble))) : .empty
    case .decoded(let branch): branch.children[nibble]
    }
  }

  /// The changes from `lower` on whose keys have the same nibble at `depth`.
  private func group(from lower: Int, below limit: Int, depth: Int) -> Range<Int> {
    let nibble = changes[lower].key[depth]
    var upper = lower + 1
    while upper < limit, changes[upper].key.count > depth, changes[upper].key[depth] == nibble { upper += 1 }
    return lower..<upper
  }

  private func setValue(_ value: [UInt8], of work: inout Workpiece) {
    switch work.before {
    case .plain: if value.isEmpty { return }
    case .decoded(let branch): if value == branch.value { return }
    }
    work.newValue = value
    work.isChanged = true
  }

  /// What a changed branch has become: still a branch, or the only thing that is left of it.
  private mutating func close<Reader: NodeReader & ~Copyable & ~Escapable>(
    _ work: Workpiece, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    defer { loose.removeLast(loose.count - work.firstLoose) }
    if let patched = patched(work) { return patched }
    var branch = decoded(work)
    if let value = work.newValue { branch.value = value }
    for child in loose[work.firstLoose...] {
      branch.children[child.nibble] = .empty
      if child.replacesLeaf { consumed.append(work.path.appending(nibble: UInt8(child.nibble))) }
    }
    let left = loose[work.firstLoose...].filter { !$0.subtree.isEmpty }
    if left.count + branch.occupancy < 2 {
      if work.isStored { consumed.append(work.path) }
      return try onlyRest(of: branch, at: work.path, left.first?.subtree, reader)
    }
    for child in left {
      branch.children[child.nibble] = nodes.place(child.subtree, depth: work.path.count + 1)
    }
    let reference = nodes.addBranch(branch, at: work.path, isStored: work.isStored)
    return Subtree(path: work.path, content: .branch(reference, opened: nil))
  }

  /// The branch with other hashes in it, where that is all that changes.
  private mutating func patched(_ work: Workpiece) -> Subtree? {
    guard case .plain(let branch, let encoding) = work.before, work.newValue == nil,
      loose[work.firstLoose...].allSatisfy({ branch.has($0.nibble) && !$0.subtree.isEmpty })
    else { return nil }
    let first = nodes.patchCount
    for child in loose[work.firstLoose...] {
      let reference = nodes.place(child.subtree, depth: work.path.count + 1)
      nodes.patch(branch, child.nibble, with: reference)
    }
    let reference = nodes.addPatched(encoding, at: work.path, patches: first..<nodes.patchCount)
    return Subtree(path: work.path, content: .branch(reference, opened: nil))
  }

  private func decoded(_ work: Workpiece) -> TrieNode.Branch {
    switch work.before {
    case .decoded(let branch): return branch
    case .plain(let plain, _):
      var branch = TrieNode.Branch.empty
      for nibble in 0..<16 where plain.has(nibble) {
        branch.children[nibble] = .hash(nodes.arena.hash(at: plain.hashOffset(of: nibble)))
      }
      return branch
    }
  }

  private mutating func onlyRest<Reader: NodeReader & ~Copyable & ~Escapable>(
    of branch: TrieNode.Branch, at path: NibblePath, _ loose: Subtree?, _ reader: borrowing Reader
  ) throws(TrieError) -> Subtree {
    if let loose { return loose }
    if !branch.value.isEmpty { return Subtree(path: path, content: .leaf(branch.value)) }
    for nibble in 0..<16 where !branch.children[nibble].isEmpty {
      // Nobody asked for this child; but a leaf or an extension now begins higher up, so it has to be read.
      return try resolve(branch.children[nibble], at: path.appending(nibble: UInt8(nibble)), reader)
    }
    return .empty
  }
}
