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
    if last.isEmpty {
      last = Subtree(path: key, content: .leaf(value))
      return
    }
    precondition(last.path < key, "leaves come in strictly ascending order")
    let shared = last.path.commonPrefixCount(with: key)
    closeBranches(deeperThan: shared, in: &nodes)
    if open.isEmpty || open[open.count - 1].path.count != shared {
      open.append(OpenBranch(path: key.prefix(shared), branch: .empty))
    }
    hangLast(in: &nodes)
    if key.count == shared {
      // Longer keys came before, so this branch is complete.
      open[open.count - 1].branch.value = value
      closeBranch(in: &nodes)
    } else {
      last = Subtree(path: key, content: .leaf(value))
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
      open[index].branch.children = open[index].branch.children.map { nodes.sealed($0) }
    }
    if case .branch(let reference, let opened) = last.content {
      last = Subtree(path: last.path, content: .branch(nodes.sealed(reference), opened: opened))
    }
  }

  private mutating func closeBranches(deeperThan depth: Int, in nodes: inout UnsealedNodes) {
    while !open.isEmpty, open[open.count - 1].path.count > depth {
      hangLast(in: &nodes)
      closeBranch(in: &nodes)
    }
  }

  /// Puts `last` into the deepest open branch.
  private mutating func hangLast(in nodes: inout UnsealedNodes) {
    let top = open.count - 1
    let depth = open[top].path.count
    open[top].branch.children[Int(last.path[depth])] = nodes.place(last, depth: depth + 1)
  }

  /// Makes the deepest open branch, now complete, the last subtree.
  private mutating func closeBranch(in nodes: inout UnsealedNodes) {
    let top = open.removeLast()
    last = Subtree(path: top.path, content: .branch(nodes.addBranch(top.branch, at: top.path), opened: nil))
  }
}
