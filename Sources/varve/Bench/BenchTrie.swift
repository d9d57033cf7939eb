import ArgumentParser
import Hashing
import Primitives
import StateTrie

/// `varve bench trie`: what a new state root costs beside the hashing in it.
struct BenchTrieCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "trie",
    abstract: "Measure the update of a trie in memory against its own hashing.",
    discussion: """
      Each round gives new values to keys drawn uniformly, computes the root, and
      then hashes the same new nodes once more by themselves: the floor. The nodes
      are in the process's memory and are changed there, as a replay does.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Keys in the trie.", valueName: "n"))
  var accounts = 1_000_000

  @Option(help: ArgumentHelp("Keys that change in a round.", valueName: "n"))
  var changes = 2000

  @Option(help: ArgumentHelp("Rounds.", valueName: "n"))
  var rounds = 50

  func execute(_ console: Console) throws {
    var trie = MemoryTrie(keys: accounts)
    var update = Duration.zero
    var floor = Duration.zero
    var nodes = 0
    let clock = ContinuousClock()
    for round in 0..<rounds {
      let changes = trie.draw(changes, round: round)
      let start = clock.now
      let changed = trie.update(changes)
      update += clock.now - start
      let (bytes, parts) = trie.encodings(of: changed)
      let middle = clock.now
      let hashes = Keccak256.hashEach(in: bytes, at: parts)
      floor += clock.now - middle
      nodes += hashes.count
    }
    try trie.check()
    StandardStream.output.write(
      JSON.line(
        TrieFigure(
          keys: accounts, changes: changes, rounds: rounds, nodes: nodes,
          microsecondsPerRoot: update / .microseconds(rounds), floorMicroseconds: floor / .microseconds(rounds),
          ratio: update / floor)) + "\n")
  }
}

private struct TrieFigure: Encodable {
  let figure = "trie"
  let keys, changes, rounds, nodes: Int
  let microsecondsPerRoot, floorMicroseconds: Double
  /// Update over hashing alone.
  let ratio: Double
}

/// A trie of as many bytes as accounts have, its nodes one after the other and linked, its leaves left out: what a replay
/// keeps in memory, without a database.
private struct MemoryTrie {
  private struct Node {
    let encoding: Range<Int>
    /// The children of a branch; 0 for an extension.
    let mask: UInt16
    /// Which of them are leaves.
    let leaves: UInt16
  }

  /// A node and those below it, which are asked for next: in one place, since each place in memory is far from others.
  private struct Place {
    let node: Node
    var links = InlineArray<16, Int32>(repeating: -1)
  }

  /// What an update has changed.
  struct Changed {
    var nodes: [Int] = []
    var leaves: (bytes: [UInt8], parts: [Range<Int>]) = ([], [])
  }

  private let keys: [Hash256]
  private var values: [UInt64]
  private var root = Trie.emptyRoot
  private var bytes: [UInt8] = []
  private var nodes: [Place] = []

  /// The root, and those below extensions.
  private var others: [NibblePath: Int] = [:]

  init(keys count: Int) {
    var names: [UInt8] = []
    for index in 0..<count { names.append(bigEndian: UInt64(index)) }
    keys = Keccak256.hashEach(of: names, ends: (1...count).map { 8 * $0 }).sorted()
    values = keys.map(\.word3)
    var builder = TrieBuilder()
    var shapes = NodeShapes()
    var paths: [NibblePath] = []
    for (key, value) in zip(keys, values) {
      builder.append(NibblePath(key), Self.value(value)) { take($0, $1, &shapes, &paths) }
    }
    root = builder.finish { take($0, $1, &shapes, &paths) }
    link(paths)
  }

  private mutating func take(
    _ path: NibblePath, _ node: [UInt8], _ shapes: inout NodeShapes, _ paths: inout [NibblePath]
  ) {
    guard let shape = shapes.shape(of: path, node.rawSpan), shape != .leaf || path.isRoot else { return }
    var leaves: UInt16 = 0
    if case .branch(let children) = shape { leaves = children.leaves(before: 0, in: node.rawSpan) }
    let mask = PlainBranch(node.rawSpan, at: 0)?.mask ?? 0
    let encoding = bytes.count..<bytes.count + node.count
    nodes.append(Place(node: Node(encoding: encoding, mask: mask, leaves: leaves)))
    paths.append(path)
    bytes += node
  }

  /// Children come before their parent, so that a node's are the last ones that have no parent yet.
  private mutating func link(_ paths: [NibblePath]) {
    var open: [Int] = []
    for index in nodes.indices {
      let path = paths[index]
      while let child = open.last, paths[child].hasPrefix(path) {
        open.removeLast()
        if nodes[index].node.mask == 0 {
          others[paths[child]] = child
        } else {
          nodes[index].links[Int(paths[child][path.count])] = Int32(child)
        }
      }
      open.append(index)
    }
    others[.root] = open.last
  }

  /// New values for some keys.
  mutating func draw(_ count: Int, round: Int) -> [TrieChange] {
    var drawn: Set<Int> = []
    var state = UInt64(round + 1) &* 0x9e37_79b9_7f4a_7c15
    while drawn.count < min(count, keys.count) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      drawn.insert(Int(state >> 33) % keys.count)
    }
    return drawn.sorted().map { index in
      values[index] = state ^ UInt64(index)
      return TrieChange(key: NibblePath(keys[index]), value: Self.value(values[index]), replaces: true)
    }
  }

  mutating func update(_ changes: [TrieChange]) -> Changed {
    var update = InPlaceUpdate(changes)
    var found: [Int] = []
    // Where the encodings begin.
    var starts: [Int] = []
    var changed = Changed()
    var level = 0..<update.stepCount
    while !level.isEmpty {
      for step in level {
        var index = -1
        if let (parent, nibble) = update.branch(above: step) { index = Int(nodes[found[parent]].links[nibble]) }
        found.append(index >= 0 ? index : others[update.path(of: step)] ?? 0)
      }
      // Nodes far apart are fetched at the same time when nothing else is done in between.
      let reached = level.map { nodes[found[$0]].node }
      starts += reached.map(\.encoding.lowerBound)
      for (step, node) in zip(level, reached) {
        if node.mask == 0 {
          update.take(step, bytes.rawSpan.extracting(node.encoding), at: node.encoding.lowerBound)
        } else {
          update.take(step, node.mask, at: node.encoding.lowerBound, leaves: node.leaves)
        }
      }
      level = level.upperBound..<update.stepCount
    }
    update.settle {
      changed.nodes.append(found[$0])
      return starts[$0]
    }
    root = update.seal(in: &bytes) ?? root
    changed.leaves = update.leafEncodings
    return changed
  }

  /// The encodings of what an update has changed, in one piece.
  func encodings(of changed: Changed) -> (bytes: [UInt8], parts: [Range<Int>]) {
    var (all, parts) = changed.leaves
    for index in changed.nodes {
      let encoding = nodes[index].node.encoding
      parts.append(all.count..<all.count + encoding.count)
      all.append(contentsOf: bytes.rawSpan.extracting(encoding))
    }
    return (all, parts)
  }

  /// Holds the root against that of a trie built from nothing. Ends with 3 when they differ.
  func check() throws {
    var builder = TrieBuilder()
    for (key, value) in zip(keys, values) { builder.append(NibblePath(key), Self.value(value)) { _, _ in } }
    let expected = builder.finish { _, _ in }
    guard root == expected else { throw ExitCode(3) }
  }

  /// 76 bytes, as many as an account has.
  private static func value(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in 0..<9 { bytes.append(bigEndian: (number ^ UInt64(word)) &* 0x9e37_79b9_7f4a_7c15) }
    return bytes + [1, 2, 3, 4]
  }
}
