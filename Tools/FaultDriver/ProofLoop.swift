import EventStore
import MerkleLog
import Primitives

/// Every proof of every tree up to some size, whole and with every bit of it changed: of its hashes, of the leaf or the
/// earlier root, of the root, of index and sizes. What holds must be what is proved, and nothing else.
///
/// One kind of change proves the same: another size whose tree has the same steps between leaf and root, in the same order,
/// on the same sides. A proof does not tell such sizes apart; the signed checkpoint that names size and root does. Which
/// sizes these are is found by the recursive definition (RFC 9162, sections 2.1.3.1 and 2.1.4.1), not by the verifier.
struct ProofLoop {
  /// The size of the largest tree.
  let largest: Int

  /// Whether a proof is taken for good when only its root is wrong: whoever counts must find out.
  let isBlind: Bool

  private struct Counts: Sendable {
    var inclusion = 0
    var consistency = 0
    var refused = 0
    var equivalent = 0
    var violations: [String] = []
  }

  /// Goes through all of it on all processors, and prints what was found. False when something was violated.
  func run() -> Bool {
    let start = Victim.now()
    let tree = SmallTree(size: largest)
    // The largest trees first, so that no processor is left with one at the end.
    let counts = ParallelMap(grain: 1).map(largest + 1) { index in
      var counts = Counts()
      checkTree(ofSize: largest - index, tree, &counts)
      return counts
    }
    func sum(_ part: (Counts) -> Int) -> Int { counts.reduce(0) { $0 + part($1) } }
    let violations = counts.flatMap(\.violations)
    for violation in violations.prefix(20) { print("VIOLATION \(violation)") }
    print(
      """
      \(sum(\.inclusion)) proofs of inclusion and \(sum(\.consistency)) of consistency, of all trees to \(largest) leaves, \
      in \(Int((Victim.now() - start) / 1000)) s
      \(sum(\.refused)) changes of one bit refused, \(sum(\.equivalent)) of a size that prove the same, \
      \(violations.count) violations
      """)
    return violations.isEmpty
  }

  private func checkTree(ofSize size: Int, _ tree: SmallTree, _ counts: inout Counts) {
    for index in 0..<size { checkInclusion(of: index, size, tree, &counts) }
    for old in 0...size { checkConsistency(old, size, tree, &counts) }
  }

  /// Counts what a changed proof was taken for; `isSame` says whether it proves what the whole one does.
  private func note(_ isAccepted: Bool, isSame: Bool = false, _ what: @autoclosure () -> String, _ counts: inout Counts)
  {
    switch (isAccepted, isSame) {
    case (false, false): counts.refused += 1
    case (true, true): counts.equivalent += 1
    case (true, false): counts.violations.append("\(what()) holds")
    case (false, true): counts.violations.append("\(what()) is refused")
    }
  }

  /// Whether the check goes through.
  private func holds(_ check: () throws(ProofError) -> Void) -> Bool {
    do throws(ProofError) { try check() } catch {
      guard isBlind, case .wrongRoot = error else { return false }
    }
    return true
  }

  private func checkInclusion(of index: Int, _ size: Int, _ tree: SmallTree, _ counts: inout Counts) {
    let name = "inclusion of \(index) in \(size)"
    let (leaf, root) = (tree.levels[0][index], tree.roots[size])
    let whole = InclusionProof(index: UInt64(index), size: UInt64(size)) { tree.levels[$0][Int($1)] }
    func holds(_ proof: InclusionProof, leaf: Hash256, root: Hash256) -> Bool {
      self.holds { () throws(ProofError) in try proof.verify(leafHash: leaf, root: root) }
    }
    counts.inclusion += 1
    if !holds(whole, leaf: leaf, root: root) { counts.violations.append("\(name) is refused") }
    var hashes = whole.hashes
    for place in hashes.indices {
      for bit in 0..<256 {
        hashes[place].flip(bit)
        let isAccepted = holds(
          InclusionProof(index: whole.index, size: whole.size, hashes: hashes), leaf: leaf, root: root)
        note(isAccepted, "\(name), bit \(bit) of hash \(place)", &counts)
        hashes[place].flip(bit)
      }
    }
    for bit in 0..<256 {
      note(holds(whole, leaf: leaf.flipped(bit), root: root), "\(name), bit \(bit) of the leaf", &counts)
      note(holds(whole, leaf: leaf, root: root.flipped(bit)), "\(name), bit \(bit) of the root", &counts)
    }
    let steps = Step.inclusion(of: whole.index, in: whole.size)
    for bit in 0..<64 {
      let (index, size) = (whole.index ^ 1 << UInt64(bit), whole.size ^ 1 << UInt64(bit))
      let moved = InclusionProof(index: index, size: whole.size, hashes: whole.hashes)
      note(holds(moved, leaf: leaf, root: root), "\(name), bit \(bit) of the index", &counts)
      let resized = InclusionProof(index: whole.index, size: size, hashes: whole.hashes)
      note(
        holds(resized, leaf: leaf, root: root), isSame: Step.inclusion(of: whole.index, in: size) == steps,
        "\(name), bit \(bit) of the size", &counts)
    }
  }

  private func checkConsistency(_ old: Int, _ new: Int, _ tree: SmallTree, _ counts: inout Counts) {
    let name = "growth from \(old) to \(new)"
    let (oldRoot, newRoot) = (tree.roots[old], tree.roots[new])
    let whole = ConsistencyProof(oldSize: UInt64(old), newSize: UInt64(new)) { tree.levels[$0][Int($1)] }
    func holds(_ proof: ConsistencyProof, _ oldRoot: Hash256, _ newRoot: Hash256) -> Bool {
      self.holds { () throws(ProofError) in try proof.verify(oldRoot: oldRoot, newRoot: newRoot) }
    }
    counts.consistency += 1
    if !holds(whole, oldRoot, newRoot) { counts.violations.append("\(name) is refused") }
    var hashes = whole.hashes
    for place in hashes.indices {
      for bit in 0..<256 {
        hashes[place].flip(bit)
        let isAccepted = holds(
          ConsistencyProof(oldSize: whole.oldSize, newSize: whole.newSize, hashes: hashes), oldRoot, newRoot)
        note(isAccepted, "\(name), bit \(bit) of hash \(place)", &counts)
        hashes[place].flip(bit)
      }
    }
    // Every tree has grown from the one without leaves: that says nothing about the later one.
    let saysNothing = old == 0 && new > 0
    for bit in 0..<256 {
      note(holds(whole, oldRoot.flipped(bit), newRoot), "\(name), bit \(bit) of the earlier root", &counts)
      note(
        holds(whole, oldRoot, newRoot.flipped(bit)), isSame: saysNothing, "\(name), bit \(bit) of the later root",
        &counts)
    }
    let steps = Step.growth(from: whole.oldSize, to: whole.newSize)
    for bit in 0..<64 {
      let (older, newer) = (whole.oldSize ^ 1 << UInt64(bit), whole.newSize ^ 1 << UInt64(bit))
      for (older, newer, what) in [(older, whole.newSize, "earlier"), (whole.oldSize, newer, "later")] {
        let resized = ConsistencyProof(oldSize: older, newSize: newer, hashes: whole.hashes)
        let isSame = old == 0 && older == 0 ? newer > 0 : Step.growth(from: older, to: newer) == steps
        note(
          holds(resized, oldRoot, newRoot), isSame: isSame,
          "\(name), bit \(bit) of the \(what) size", &counts)
      }
    }
  }
}

/// All hashes of the complete subtrees of a small tree, and its root at every size.
private struct SmallTree: Sendable {
  /// The hash of subtree i of level l at `levels[l][i]`.
  let levels: [[Hash256]]

  /// The root of the first n leaves at place n.
  let roots: [Hash256]

  init(size: Int) {
    var levels = [(0..<size).map { MerkleHash.leaf([UInt8($0 >> 8), UInt8($0 & 0xff)]) }]
    while let below = levels.last, below.count > 1 {
      levels.append((0..<below.count / 2).map { MerkleHash.node(below[2 * $0], below[2 * $0 + 1]) })
    }
    self.levels = levels
    var frontier = Frontier()
    roots =
      [frontier.root]
      + levels[0].map { leaf in
        frontier.append(leafHash: leaf)
        return frontier.root
      }
  }
}

/// What is done with a hash of a proof, on the way from the bottom of the tree to its root.
private enum Step {
  /// The way begins with it.
  case first
  /// It is joined from the left, or from the right.
  case left, right
  /// Nothing: there are no leaves whose growth could be shown.
  case none

  /// Nil when there is no such leaf.
  static func inclusion(of index: UInt64, in size: UInt64) -> [Step]? {
    guard index < size else { return nil }
    guard size > 1 else { return [] }
    let split = largestPower(below: size)
    return index < split
      ? inclusion(of: index, in: split).map { $0 + [.right] }
      : inclusion(of: index - split, in: size - split).map { $0 + [.left] }
  }

  /// Nil when a tree would have to shrink.
  static func growth(from old: UInt64, to new: UInt64) -> [Step]? {
    guard old <= new else { return nil }
    return old == 0 ? [.none] : growth(from: old, to: new, isWhole: true)
  }

  /// - Parameter isWhole: whether the earlier tree is all that is to the left, so that its hash is known.
  private static func growth(from old: UInt64, to new: UInt64, isWhole: Bool) -> [Step] {
    guard old < new else { return isWhole ? [] : [.first] }
    let split = largestPower(below: new)
    return old <= split
      ? growth(from: old, to: split, isWhole: isWhole) + [.right]
      : growth(from: old - split, to: new - split, isWhole: false) + [.left]
  }

  /// The largest power of two below a number above one.
  private static func largestPower(below number: UInt64) -> UInt64 {
    1 << UInt64(63 - (number - 1).leadingZeroBitCount)
  }
}

extension Hash256 {
  /// Changes one bit.
  fileprivate mutating func flip(_ bit: Int) { self = flipped(bit) }

  /// With one bit changed.
  fileprivate func flipped(_ bit: Int) -> Hash256 {
    let mask: UInt64 = 1 << UInt64(bit & 63)
    return Hash256(
      bit >> 6 == 0 ? word0 ^ mask : word0, bit >> 6 == 1 ? word1 ^ mask : word1,
      bit >> 6 == 2 ? word2 ^ mask : word2, bit >> 6 == 3 ? word3 ^ mask : word3)
  }
}
