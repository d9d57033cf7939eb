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
    var trie = MemoryTrie(keys: accounts)
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

/// A trie of as many bytes as accounts have, in dictionaries.
private struct MemoryTrie: NodeReader {
  private let keys: [Hash256]
  private var nodes: [NibblePath: [UInt8]] = [:]
  private(set) var root: Hash256

  init(keys count: Int) {
    var names: [UInt8] = []
    for index in 0..<count { names.append(bigEndian: UInt64(index)) }
    keys = Keccak256.hashEach(of: names, ends: (1...count).map { 8 * $0 }).sorted()
    var builder = TrieBuilder()
    var nodes: [NibblePath: [UInt8]] = [:]
    for key in keys { builder.append(NibblePath(key), Self.value(key.word3)) { nodes[$0] = $1 } }
    root = builder.finish { nodes[$0] = $1 }
    self.nodes = nodes
  }

  func node(at path: NibblePath) -> [UInt8]? { nodes[path] }

  /// New values for some keys.
  func draw(_ count: Int, round: Int) -> [TrieChange] {
    var drawn: Set<Int> = []
    var state = UInt64(round + 1) &* 0x9e37_79b9_7f4a_7c15
    while drawn.count < min(count, keys.count) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      drawn.insert(Int(state >> 33) % keys.count)
    }
    return drawn.sorted().map { TrieChange(key: NibblePath(keys[$0]), value: Self.value(state ^ UInt64($0))) }
  }

  /// Takes an update over. Returns the encodings of its nodes.
  mutating func apply(_ update: TrieUpdate) -> (bytes: [UInt8], parts: [Range<Int>]) {
    var bytes: [UInt8] = []
    var parts: [Range<Int>] = []
    update.changes.forEach { path, node in
      nodes[path] = node?.bytes
      guard let node else { return }
      parts.append(bytes.count..<bytes.count + node.byteCount)
      bytes.append(contentsOf: node)
    }
    root = update.root
    return (bytes, parts)
  }

  /// 76 bytes, as many as an account has.
  private static func value(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in 0..<9 { bytes.append(bigEndian: (number ^ UInt64(word)) &* 0x9e37_79b9_7f4a_7c15) }
    return bytes + [1, 2, 3, 4]
  }
}
