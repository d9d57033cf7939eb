import Primitives
import StateTrie
import Testing
import TestSupport

/// What the keys of a random world look like.
enum KeyShape: String, CaseIterable {
  /// 32 bytes that mostly share their beginning: long extensions.
  case clustered
  /// 32 bytes, as hashes are.
  case hashed
  /// Up to 3 bytes, so that many keys begin others, and one may be empty.
  case ragged
  /// 2 bytes: full branches.
  case short

  func key(_ random: inout SeededGenerator) -> NibblePath {
    switch self {
    case .clustered:
      let depth = Int.random(in: 0..<32, using: &random)
      var key = [UInt8](repeating: 0x77, count: 32)
      key[depth] = UInt8.random(in: 0...255, using: &random)
      return NibblePath(key: key)
    case .hashed:
      return NibblePath(key: random.bytes(count: 32))
    case .ragged:
      let count = Int.random(in: 0...3, using: &random)
      return NibblePath(key: random.bytes(count: count).map { $0 & 0x31 })
    case .short:
      return NibblePath(key: random.bytes(count: 2).map { $0 & 0x3f })
    }
  }
}

@Suite("Random worlds against a naive trie")
struct RandomWorldTests {
  /// Sets some old and new keys, deletes some that are there and some that are not.
  private func changes(
    of world: [NibblePath: [UInt8]], _ shape: KeyShape, _ random: inout SeededGenerator
  ) -> [TrieChange] {
    let shrinks = Int.random(in: 0..<4, using: &random) == 0
    var picked: [NibblePath: [UInt8]?] = [:]
    let known = world.keys.sorted()
    for _ in 0..<Int.random(in: 1...24, using: &random) {
      let isKnown = !known.isEmpty && Bool.random(using: &random)
      let key = isKnown ? known[Int.random(in: 0..<known.count, using: &random)] : shape.key(&random)
      let isDelete = shrinks || Int.random(in: 0..<3, using: &random) == 0
      let length = Bool.random(using: &random) ? Int.random(in: 1...4, using: &random) : 40
      picked[key] = .some(isDelete ? nil : random.bytes(count: length))
    }
    return picked.sorted { $0.key < $1.key }.map { TrieChange(key: $0.key, value: $0.value) }
  }

  @Test(
    "after every update root and nodes are those of the naive trie and of a fresh build", arguments: KeyShape.allCases)
  func updates(shape: KeyShape) throws {
    var random = SeededGenerator(name: "updates(\(shape))")
    for _ in 0..<6 {
      var world: [NibblePath: [UInt8]] = [:]
      var root = Trie.emptyRoot
      let reader = MemoryNodes()
      for _ in 0..<25 {
        let changes = changes(of: world, shape, &random)
        let update = try Trie.update(root: root, changes: changes, reader: reader)
        #expect(zip(update.nodeChanges, update.nodeChanges.dropFirst()).allSatisfy { $0.path < $1.path })
        #expect(update.nodeChanges.allSatisfy { reader.nodes[$0.path] != $0.node }, "a change that changes nothing")
        reader.apply(update)
        root = update.root
        for change in changes { world[change.key] = change.value }
        check(root, reader, against: world)
      }
    }
  }

  private func check(_ root: Hash256, _ reader: MemoryNodes, against world: [NibblePath: [UInt8]]) {
    let naive = NaiveTrie(world)
    #expect(root == naive.root)
    #expect(Dictionary(uniqueKeysWithValues: reader.nodes.map { ($0.key.digits, $0.value) }) == naive.nodes)
    let built = build(world)
    #expect(built.root == naive.root)
    #expect(zip(built.nodes, built.nodes.dropFirst()).allSatisfy { $0.path < $1.path }, "given out in order")
    #expect(Dictionary(uniqueKeysWithValues: built.nodes.map { ($0.path, $0.node) }) == reader.nodes)
  }

  @Test("a world larger than a batch of the builder is built in order and right")
  func largeBuild() {
    var random = SeededGenerator()
    var world: [NibblePath: [UInt8]] = [:]
    for _ in 0..<4000 {
      world[NibblePath(key: random.bytes(count: 32))] = random.bytes(count: Int.random(in: 1...70, using: &random))
    }
    let naive = NaiveTrie(world)
    let (root, nodes) = build(world)
    #expect(root == naive.root)
    #expect(zip(nodes, nodes.dropFirst()).allSatisfy { $0.path < $1.path })
    #expect(Dictionary(uniqueKeysWithValues: nodes.map { ($0.path.digits, $0.node) }) == naive.nodes)
  }

  @Test("changes in one go and one by one lead to the same trie")
  func grouping() throws {
    var random = SeededGenerator()
    var world: [NibblePath: [UInt8]] = [:]
    for _ in 0..<60 { world[KeyShape.ragged.key(&random)] = random.bytes(count: 33) }
    let (root, together) = stored(world)
    let single = MemoryNodes()
    single.nodes = together.nodes
    let changes = changes(of: world, .ragged, &random)
    let atOnce = try Trie.update(root: root, changes: changes, reader: together)
    together.apply(atOnce)
    var stepRoot = root
    for change in changes.shuffled(using: &random) {
      let step = try Trie.update(root: stepRoot, changes: [change], reader: single)
      single.apply(step)
      stepRoot = step.root
    }
    #expect(stepRoot == atOnce.root)
    #expect(single.nodes == together.nodes)
  }
}
