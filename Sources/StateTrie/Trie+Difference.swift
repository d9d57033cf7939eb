public import Primitives

extension Trie {
  /// Calls `body` with every key that does not hold the same in two tries, in ascending order, and with what it holds in
  /// each: nil for nothing.
  ///
  /// Subtrees with the same hash are passed over. O((differences + 1) · depth) nodes read from each trie.
  ///
  /// - Parameters:
  ///   - before: the root of one trie, whose nodes `reader` gives.
  ///   - after: the root of the other, whose nodes `laterReader` gives.
  public static func forEachDifference<Reader: NodeReader, LaterReader: NodeReader>(
    _ before: Hash256, _ reader: Reader, _ after: Hash256, _ laterReader: LaterReader, trust: NodeTrust = .verified,
    _ body: (_ key: NibblePath, _ before: [UInt8]?, _ after: [UInt8]?) -> Void
  ) throws(TrieError) {
    let comparison = TrieComparison(before: reader, after: laterReader, source: NodeSource(trust: trust))
    try comparison.compare(.root(before), .root(after), at: .root, body)
  }
}

/// What of a trie is below a path: both tries are taken apart nibble by nibble, however their nodes are cut.
private enum Remainder {
  case empty
  /// One key, which goes on with `suffix`.
  case leaf(suffix: NibblePath, value: [UInt8])
  /// All keys go on with `suffix`, which may be nothing, to a node that has not been read.
  case node(suffix: NibblePath, NodeReference)
  case branch(TrieNode.Branch)

  static func root(_ hash: Hash256) -> Remainder {
    hash == Trie.emptyRoot ? .empty : .node(suffix: .root, .hash(hash))
  }

  /// Known to be the same without a look at any node.
  func isSame(as other: Remainder) -> Bool {
    switch (self, other) {
    case (.empty, .empty): true
    case (.leaf(let suffix, let value), .leaf(let otherSuffix, let otherValue)):
      suffix == otherSuffix && value == otherValue
    case (.node(let suffix, let node), .node(let otherSuffix, let otherNode)):
      suffix == otherSuffix && node.asHash == otherNode.asHash && node.embeddedEncoding == otherNode.embeddedEncoding
    default: false
    }
  }

  /// What the key that ends here holds.
  var value: [UInt8]? {
    switch self {
    case .leaf(let suffix, let value): suffix.isRoot ? value : nil
    case .branch(let branch): branch.value.isEmpty ? nil : branch.value
    case .empty, .node: nil
    }
  }

  /// What is below one nibble more.
  func child(_ nibble: UInt8) -> Remainder {
    switch self {
    case .empty: .empty
    case .leaf(let suffix, let value):
      !suffix.isRoot && suffix[0] == nibble ? .leaf(suffix: suffix.dropFirst(1), value: value) : .empty
    case .node(let suffix, let node):
      !suffix.isRoot && suffix[0] == nibble ? .node(suffix: suffix.dropFirst(1), node) : .empty
    case .branch(let branch):
      branch.children[Int(nibble)].isEmpty ? .empty : .node(suffix: .root, branch.children[Int(nibble)])
    }
  }
}

private struct TrieComparison<Reader: NodeReader, LaterReader: NodeReader> {
  let before: Reader
  let after: LaterReader
  let source: NodeSource

  /// Recursion is as deep as keys have nibbles.
  func compare(
    _ left: Remainder, _ right: Remainder, at path: NibblePath,
    _ body: (NibblePath, [UInt8]?, [UInt8]?) -> Void
  ) throws(TrieError) {
    if left.isSame(as: right) { return }
    let left = try opened(left, at: path, before)
    let right = try opened(right, at: path, after)
    if left.isSame(as: right) { return }
    if left.value != right.value { body(path, left.value, right.value) }
    guard path.count < NibblePath.maximumCount else { return }
    for nibble in UInt8(0)..<16 {
      try compare(left.child(nibble), right.child(nibble), at: path.appending(nibble: nibble), body)
    }
  }

  /// The same with its node read, if that is the next thing.
  private func opened(
    _ remainder: Remainder, at path: NibblePath, _ reader: some NodeReader
  ) throws(TrieError) -> Remainder {
    guard case .node(let suffix, let reference) = remainder, suffix.isRoot else { return remainder }
    switch try source.read(reference, at: path, from: reader).node {
    case .leaf(let suffix, let value): return .leaf(suffix: suffix, value: value)
    case .branch(let branch): return .branch(branch)
    case .extension(let suffix, let child): return .node(suffix: suffix, child)
    }
  }
}
