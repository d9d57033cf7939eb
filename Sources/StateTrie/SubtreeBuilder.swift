/// Builds a subtree from leaves in the order of `NibblePath`, holding only the branches on the way to the last one.
struct SubtreeBuilder {
  /// A branch that may still get children.
  private struct OpenBranch {
    let path: NibblePath
    var branch: TrieNode.Branch
  }

  /// From the root down; each path begins with the one before.
  private var open: [OpenBranch] = []

  /// What came last: not yet in any branch, since it is not known where it parts from the next key.
  private var last = Subtree.empty

  /// Takes the next leaf. Traps unless `key` comes after all keys before.
  mutating func append(_ key: NibblePath, _ value: [UInt8], into nodes: inout UnsealedNodes) {
    guard let lastPath = pathOfLast else {
      last = .leaf(key: key, value: value)
      return
    }
    precondition(lastPath < key, "leaves come in strictly ascending order")
    let shared = lastPath.commonPrefixCount(with: key)
    closeBranches(deeperThan: shared, in: &nodes)
    if open.last?.path.count != shared {
      open.append(OpenBranch(path: key.prefix(shared), branch: .empty))
    }
    hangLast(in: &nodes)
    if key.count == shared {
      // Longer keys came before, so this branch is complete.
      open[open.count - 1].branch.value = value
      closeBranch(in: &nodes)
    } else {
      last = .leaf(key: key, value: value)
    }
  }

  /// Everything that was appended, as one subtree; the builder is empty again.
  mutating func finish(into nodes: inout UnsealedNodes) -> Subtree {
    closeBranches(deeperThan: -1, in: &nodes)
    defer { last = .empty }
    return last
  }

  /// Follows `UnsealedNodes.seal`.
  mutating func replaceReferences(from nodes: borrowing UnsealedNodes) {
    for index in open.indices {
      for nibble in 0..<16 {
        open[index].branch.children[nibble] = nodes.sealed(open[index].branch.children[nibble])
      }
    }
    if case .branch(let path, let reference, let content) = last {
      last = .branch(path: path, reference: nodes.sealed(reference), content: content)
    }
  }

  private var pathOfLast: NibblePath? {
    switch last {
    case .empty: nil
    case .leaf(let key, _): key
    case .branch(let path, _, _): path
    }
  }

  private mutating func closeBranches(deeperThan depth: Int, in nodes: inout UnsealedNodes) {
    while let top = open.last, top.path.count > depth {
      hangLast(in: &nodes)
      closeBranch(in: &nodes)
    }
  }

  /// Puts `last` into the deepest open branch.
  private mutating func hangLast(in nodes: inout UnsealedNodes) {
    guard let path = pathOfLast, let depth = open.last?.path.count else { return }
    open[open.count - 1].branch.children[Int(path[depth])] = nodes.place(last, depth: depth + 1)
  }

  /// Makes the deepest open branch, now complete, the last subtree.
  private mutating func closeBranch(in nodes: inout UnsealedNodes) {
    let top = open.removeLast()
    last = .branch(path: top.path, reference: nodes.addBranch(top.branch, at: top.path), content: nil)
  }
}
