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
      are in the process's memory.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Keys in the trie.", valueName: "n"))
  var accounts = 1_000_000

  @Option(help: ArgumentHelp("Keys that change in a round.", valueName: "n"))
  var changes = 2000

  @Option(help: ArgumentHelp("Rounds.", valueName: "n"))
  var rounds = 50

  func execute(_ console: Console) throws {
    let trie = MemoryTrie(keys: accounts)
    var update = Duration.zero
    var floor = Duration.zero
    var nodes = 0
    let clock = ContinuousClock()
    for round in 0..<rounds {
      let changes = trie.draw(changes, round: round)
      let start = clock.now
      let result = try Trie.update(root: trie.root, changes: changes, reader: trie, trust: .trusted)
      update += clock.now - start
      let (bytes, parts) = trie.apply(result)
      let middle = clock.now
      let hashes = Keccak256.hashEach(in: bytes, at: parts)
      floor += clock.now - middle
      nodes += hashes.count
    }
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

/// A trie of as many bytes as accounts have, its nodes found by their hashes, its leaves left out: what a projection keeps,
/// without a database.
private final class MemoryTrie: NodeReader {
  private let keys: [Hash256]
  private(set) var root = Trie.emptyRoot
  private var nodes = HashedNodes()

  /// Which children of each branch are leaves. Keys neither come nor go, so that this stays.
  private var leaves: [NibblePath: UInt16] = [:]

  /// By depth, the branch that was read last.
  private var recent: [(path: NibblePath, leaves: UInt16)?] = Array(repeating: nil, count: 65)

  init(keys count: Int) {
    var names: [UInt8] = []
    for index in 0..<count { names.append(bigEndian: UInt64(index)) }
    keys = Keccak256.hashEach(of: names, ends: (1...count).map { 8 * $0 }).sorted()
    var builder = TrieBuilder()
    var shapes = NodeShapes()
    var fresh = NodeBytes()
    func take(_ path: NibblePath, _ node: [UInt8]) {
      guard let shape = shapes.shape(of: path, node.rawSpan), shape != .leaf || path.isRoot else { return }
      if case .branch(let children) = shape { leaves[path] = children.leaves(before: 0, in: node.rawSpan) }
      fresh.append(node.rawSpan, leaves: leaves[path] ?? 0)
      if fresh.parts.count == 4096 { nodes.take(&fresh) }
    }
    for key in keys { builder.append(NibblePath(key), Self.value(key.word3), emit: take) }
    root = builder.finish(emit: take)
    nodes.take(&fresh)
  }

  func node(at path: NibblePath) -> [UInt8]? { nil }

  func appendNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) -> Bool {
    guard let leaves = nodes.append(hash, to: &bytes) else { return false }
    recent[path.count] = (path, leaves)
    return true
  }

  func hasLeaf(at path: NibblePath) -> Bool {
    guard !path.isRoot, let branch = recent[path.count - 1], path.hasPrefix(branch.path) else { return false }
    return branch.leaves >> UInt16(path[path.count - 1]) & 1 == 1
  }

  /// New values for some keys.
  func draw(_ count: Int, round: Int) -> [TrieChange] {
    var drawn: Set<Int> = []
    var state = UInt64(round + 1) &* 0x9e37_79b9_7f4a_7c15
    while drawn.count < min(count, keys.count) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      drawn.insert(Int(state >> 33) % keys.count)
    }
    return drawn.sorted().map {
      TrieChange(key: NibblePath(keys[$0]), value: Self.value(state ^ UInt64($0)), replaces: true)
    }
  }

  /// Takes an update over. Returns the encodings of its nodes.
  func apply(_ update: TrieUpdate) -> (bytes: [UInt8], parts: [Range<Int>]) {
    var all = NodeBytes()
    var branches = NodeBytes()
    update.changes.forEach(removed: { _ in }) { path, node, shape in
      all.append(node, leaves: 0)
      if shape != .leaf || path.isRoot { branches.append(node, leaves: leaves[path] ?? 0) }
    }
    nodes.take(&branches)
    root = update.root
    return (all.bytes, all.parts)
  }

  /// 76 bytes, as many as an account has.
  private static func value(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in 0..<9 { bytes.append(bigEndian: (number ^ UInt64(word)) &* 0x9e37_79b9_7f4a_7c15) }
    return bytes + [1, 2, 3, 4]
  }
}

/// Encodings of nodes, one after the other.
private struct NodeBytes {
  private(set) var bytes: [UInt8] = []
  private(set) var parts: [Range<Int>] = []
  private(set) var leaves: [UInt16] = []

  mutating func append(_ node: RawSpan, leaves: UInt16) {
    parts.append(bytes.count..<bytes.count + node.byteCount)
    bytes.append(contentsOf: node)
    self.leaves.append(leaves)
  }
}

/// Nodes by hash: in open addressing, for hashes are spread as they are.
private struct HashedNodes {
  private struct Entry {
    let hash: Hash256
    let part: Range<Int>
    let leaves: UInt16
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  /// Index of an entry + 1, or 0.
  private var slots = [Int32](repeating: 0, count: 1024)

  mutating func take(_ nodes: inout NodeBytes) {
    for (index, hash) in Keccak256.hashEach(in: nodes.bytes, at: nodes.parts).enumerated() {
      let part = nodes.parts[index]
      entries.append(Entry(hash: hash, part: bytes.count..<bytes.count + part.count, leaves: nodes.leaves[index]))
      bytes.append(contentsOf: nodes.bytes.rawSpan.extracting(part))
      if 2 * entries.count > slots.count { grow() } else { insert(entries.count - 1) }
    }
    nodes = NodeBytes()
  }

  /// Appends a node; nil when there is none of this hash, else which of its children are leaves.
  func append(_ hash: Hash256, to target: inout [UInt8]) -> UInt16? {
    var slot = Int(truncatingIfNeeded: hash.word0) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash {
        target.append(contentsOf: bytes.rawSpan.extracting(entry.part))
        return entry.leaves
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func insert(_ index: Int) {
    var slot = Int(truncatingIfNeeded: entries[index].hash.word0) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index + 1)
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: 2 * slots.count)
    for index in entries.indices { insert(index) }
  }
}
