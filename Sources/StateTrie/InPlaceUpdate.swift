import Hashing
public import Primitives

/// An update that gives keys of a trie other values, and changes its nodes where they stand in memory.
///
/// Of most changes it is known that their key has a value: then no node comes, goes or gets another length. Hashes in the
/// nodes above are all that changes, so whoever keeps these in memory need not have them read into another place, looked up
/// again, and written back. Changes that turn out to be of another kind are `setAside`, for `Trie.update` to apply
/// afterwards.
///
/// The way down goes level by level. Steps are numbered in that order from 0, the root: whoever holds the nodes answers
/// each step in turn with `take` or `leave`, which may add a step behind it for each child. The way up, `seal`, goes level
/// by level as well, so that many nodes are hashed at a time.
public struct InPlaceUpdate {
  /// A node on the way to some changes: a branch, or an extension above one.
  @usableFromInline
  struct Step {
    /// The step of the node above, and which of its children this one is.
    @usableFromInline let parent: Int32
    @usableFromInline let nibble: UInt8

    /// How many steps are above this one, and how many nibbles its path has.
    let level, depth: UInt8

    /// The changes whose keys begin with the node's path.
    let lower, upper: Int32

    /// Where its encoding stands.
    var offset = 0

    /// Of the encoding; 0 before the step has been taken.
    var byteCount: Int32 = 0

    /// The children of a branch; 0 for an extension.
    @usableFromInline var mask: UInt16 = 0

    var isPatched = false

    /// Where its hash stands in the node above, once that is settled.
    var place = 0

    var encoding: Range<Int> { offset..<offset + Int(byteCount) }

    /// Where the hash of a child stands.
    func hashOffset(of nibble: UInt8) -> Int {
      if mask == 0 { return offset + Int(byteCount) - Hash256.byteCount }
      return PlainBranch(mask: mask, at: offset).hashOffset(of: Int(nibble))
    }
  }

  /// A leaf with another value.
  private struct Leaf {
    /// The step of the branch above, and which of its children this one is.
    let parent: Int32
    let nibble: UInt8
  }

  private let changes: [TrieChange]

  /// How many nibbles each key shares with the one before; 0 for the first, and behind the last.
  private var shared: [UInt8] = []

  @usableFromInline var steps: [Step] = []
  private var leaves: [Leaf] = []

  /// Encodings of the leaves.
  private var leafArena = NodeArena()
  private var leafParts: [Range<Int>] = []

  /// Where the leaves' hashes stand in the branches above, once that is settled.
  private var leafPlaces: [Int] = []

  /// Changes that are left for `Trie.update`, in no order.
  private var rest: [TrieChange] = []

  /// - Parameter changes: in strictly ascending order of keys.
  public init(_ changes: [TrieChange]) {
    func isReplacement(_ change: TrieChange) -> Bool { change.replaces && change.value?.isEmpty == false }
    if changes.allSatisfy(isReplacement) {
      self.changes = changes
    } else {
      self.changes = changes.filter(isReplacement)
      rest = changes.filter { !isReplacement($0) }
    }
    if self.changes.isEmpty { return }
    leaves.reserveCapacity(self.changes.count)
    leafParts.reserveCapacity(self.changes.count)
    leafArena.bytes.reserveCapacity(Self.bytesPerLeaf * self.changes.count)
    steps.reserveCapacity(Self.stepsPerChange * self.changes.count)
    shared.reserveCapacity(self.changes.count + 1)
    shared.append(0)
    for index in self.changes.indices.dropFirst() {
      let count = self.changes[index].key.commonPrefixCount(with: self.changes[index - 1].key)
      shared.append(UInt8(truncatingIfNeeded: count))
    }
    shared.append(0)
    steps.append(Step(parent: -1, nibble: 0, level: 0, depth: 0, lower: 0, upper: Int32(self.changes.count)))
  }

  /// About as many nodes as there are above a changed key of a large trie and above none of the others.
  private static var stepsPerChange: Int { 3 }

  /// About as many bytes as the leaf of an account has.
  private static var bytesPerLeaf: Int { 128 }

  /// How many nodes are asked for so far.
  public var stepCount: Int { steps.count }

  /// The step of the branch right above the node that a step asks for, and which of its children that node is; nil for the
  /// root, and below an extension.
  @inlinable
  public func branch(above step: Int) -> (step: Int, nibble: Int)? {
    let parent = Int(steps[step].parent)
    if parent < 0 || steps[parent].mask == 0 { return nil }
    return (parent, Int(steps[step].nibble))
  }

  /// The path of the node that a step asks for.
  public func path(of step: Int) -> NibblePath {
    changes[Int(steps[step].lower)].key.prefix(Int(steps[step].depth))
  }

  /// Answers a step with the branch that its node is.
  ///
  /// - Parameters:
  ///   - mask: its children.
  ///   - offset: where its encoding stands.
  ///   - leafMask: which of its children are leaves.
  public mutating func take(_ step: Int, _ mask: UInt16, at offset: Int, leaves leafMask: UInt16) {
    steps[step].mask = mask
    steps[step].offset = offset
    steps[step].byteCount = Int32(truncatingIfNeeded: PlainBranch.byteCount(mask: mask))
    let (depth, end) = (Int(steps[step].depth), Int(steps[step].upper))
    var lower = Int(steps[step].lower)
    while lower < end {
      guard changes[lower].key.count > depth else { return setAside(lower..<end) }
      let nibble = changes[lower].key[depth]
      // The key at `end` shares less with those before.
      var upper = lower + 1
      while shared[upper] > depth { upper += 1 }
      let bit = (1 as UInt16) &<< UInt16(truncatingIfNeeded: nibble)
      if mask & bit == 0 || (leafMask & bit != 0 && upper - lower > 1) {
        setAside(lower..<upper)
      } else if leafMask & bit != 0 {
        addLeaf(lower, below: step, nibble, depth: depth)
      } else {
        addStep(below: step, nibble, depth: depth + 1, lower..<upper)
      }
      lower = upper
    }
  }

  /// Answers a step with a node of another kind, which stands at `offset`.
  public mutating func take(_ step: Int, _ node: RawSpan, at offset: Int) {
    let path = path(of: step)
    let range = Int(steps[step].lower)..<Int(steps[step].upper)
    // What is wrong with a node that is malformed, `Trie.update` finds out.
    guard case .extension(let suffix, let child)? = try? TrieNode.decode(node.bytes, at: path), child.isHash,
      range.allSatisfy({ changes[$0].key.hasPrefix(path.appending(suffix)) })
    else { return setAside(range) }
    steps[step].offset = offset
    steps[step].byteCount = Int32(truncatingIfNeeded: node.byteCount)
    addStep(below: step, 0, depth: path.count + suffix.count, range)
  }

  /// Answers a step whose node is not there.
  public mutating func leave(_ step: Int) {
    setAside(Int(steps[step].lower)..<Int(steps[step].upper))
  }

  private mutating func addStep(below parent: Int, _ nibble: UInt8, depth: Int, _ range: Range<Int>) {
    steps.append(
      Step(
        parent: Int32(truncatingIfNeeded: parent), nibble: nibble, level: steps[parent].level + 1,
        depth: UInt8(truncatingIfNeeded: depth), lower: Int32(truncatingIfNeeded: range.lowerBound),
        upper: Int32(truncatingIfNeeded: range.upperBound)))
  }

  private mutating func addLeaf(_ index: Int, below step: Int, _ nibble: UInt8, depth: Int) {
    guard let value = changes[index].value else { return }
    let part = leafArena.appendLeaf(suffix: changes[index].key.dropFirst(depth + 1), value: value)
    // A short leaf lives inside its branch.
    guard part.count >= Hash256.byteCount else { return setAside(index..<index + 1) }
    leaves.append(Leaf(parent: Int32(truncatingIfNeeded: step), nibble: nibble))
    leafParts.append(part)
    steps[step].isPatched = true
  }

  private mutating func setAside(_ range: Range<Int>) {
    rest.append(contentsOf: changes[range])
  }
}

// The way up.
extension InPlaceUpdate {
  /// Asks once for each node that is about to change, children after their parents, where it stands from now on.
  public mutating func settle(_ place: (_ step: Int) -> Int) {
    var steps = self.steps.mutableSpan
    for index in steps.indices.reversed() where steps[index].isPatched && index > 0 {
      steps[Int(steps[index].parent)].isPatched = true
    }
    for index in steps.indices where steps[index].isPatched {
      steps[index].offset = place(index)
      if index > 0 { steps[index].place = steps[Int(steps[index].parent)].hashOffset(of: steps[index].nibble) }
    }
    leafPlaces = leaves.map { self.steps[Int($0.parent)].hashOffset(of: $0.nibble) }
  }

  /// Calls `body` with the bytes that `seal` is going to write over, each once, and the step whose node has them. After
  /// `settle`.
  public func forEachHash(_ body: (_ step: Int, _ bytes: Range<Int>) -> Void) {
    precondition(leafPlaces.count == leaves.count, "where nodes stand is settled first")
    for (leaf, place) in zip(leaves, leafPlaces) { body(Int(leaf.parent), place..<place + Hash256.byteCount) }
    for step in steps where step.isPatched && step.parent >= 0 {
      body(Int(step.parent), step.place..<step.place + Hash256.byteCount)
    }
  }

  /// Writes the new hashes into the nodes where they stand in `bytes`. Returns the new root; nil when nothing has changed.
  /// After `settle`.
  /// Cost: one Keccak-256 for each node that changes, and each leaf.
  public func seal(in bytes: inout [UInt8]) -> Hash256? {
    guard let first = steps.first, first.isPatched else { return nil }
    bytes.setHashes(Keccak256.hashEach(in: leafArena.bytes, at: leafParts), at: leafPlaces)
    var parts: [Range<Int>] = []
    var places: [Int] = []
    var end = steps.count
    while end > 1 {
      let level = steps[end - 1].level
      var start = end
      while steps[start - 1].level == level { start -= 1 }
      parts.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
      for step in steps[start..<end] where step.isPatched {
        parts.append(step.encoding)
        places.append(step.place)
      }
      bytes.setHashes(Keccak256.hashEach(in: bytes, at: parts), at: places)
      end = start
    }
    return Keccak256.hash(bytes.rawSpan.extracting(first.encoding))
  }

  /// The encodings of the leaves with other values.
  public var leafEncodings: (bytes: [UInt8], parts: [Range<Int>]) { (leafArena.bytes, leafParts) }

  /// The changes that have not been applied, in ascending order of keys.
  public consuming func setAside() -> [TrieChange] { rest.sorted { $0.key < $1.key } }
}
