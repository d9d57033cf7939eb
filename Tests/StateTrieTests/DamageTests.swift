import Hashing
import Primitives
@testable import StateTrie
import Testing
import TestSupport

@Suite("Damaged and hostile nodes")
struct DamageTests {
  private static let world: [NibblePath: [UInt8]] = {
    var random = SeededGenerator(seed: 7)
    var world: [NibblePath: [UInt8]] = [:]
    for _ in 0..<60 {
      world[KeyShape.ragged.key(&random)] = random.bytes(count: Int.random(in: 1...40, using: &random))
    }
    return world
  }()

  /// Changes that read every stored node: each key gets another value.
  private static let changes = world.keys.sorted().map { TrieChange(key: $0, value: [1, 2, 3]) }

  @Test("a missing node is named by its path and hash")
  func missing() {
    let (root, whole) = stored(Self.world)
    for (path, node) in whole.nodes {
      let reader = MemoryNodes()
      reader.nodes = whole.nodes
      reader.nodes[path] = nil
      #expect(throws: TrieError.missingNode(path: path, hash: Keccak256.hash(node))) {
        try Trie.update(root: root, changes: Self.changes, reader: reader)
      }
    }
  }

  @Test("a changed byte of a node is found where nodes are verified, and named by the node's path")
  func changedByte() {
    let (root, whole) = stored(Self.world)
    for (path, node) in whole.nodes {
      for index in node.indices {
        let reader = MemoryNodes()
        reader.nodes = whole.nodes
        reader.nodes[path]?[index] ^= 0x10
        #expect {
          try Trie.update(root: root, changes: Self.changes, reader: reader)
        } throws: { error in
          if case .hashMismatch(path, _, _)? = error as? TrieError { true } else { false }
        }
      }
    }
  }

  @Test("trusted nodes that are damaged give an error or another trie, and never a crash")
  func trusted() {
    var random = SeededGenerator()
    let (root, whole) = stored(Self.world)
    let paths = whole.nodes.keys.sorted()
    for _ in 0..<3000 {
      let reader = MemoryNodes()
      reader.nodes = whole.nodes
      let path = paths[Int.random(in: 0..<paths.count, using: &random)]
      var node = whole.nodes[path] ?? []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        node[Int.random(in: 0..<node.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      reader.nodes[path] = node
      let changes = Self.changes.filter { _ in Bool.random(using: &random) }.map {
        TrieChange(key: $0.key, value: Bool.random(using: &random) ? nil : $0.value)
      }
      do throws(TrieError) {
        _ = try Trie.update(root: root, changes: changes, reader: reader, trust: .trusted)
        _ = try Trie.prove(Self.changes[0].key, root: root, reader: reader, trust: .trusted)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test("what decodes as a node encodes to the same bytes")
  func canonical() {
    var random = SeededGenerator()
    let nodes = stored(Self.world).reader.nodes.sorted { $0.key < $1.key }
    var decoded = 0
    for round in 0..<20_000 {
      let (path, original) = nodes[round % nodes.count]
      var node = original
      if round >= nodes.count {
        node[Int.random(in: 0..<node.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      var arena = NodeArena()
      arena.bytes = [7, 7] + node
      let place = 2..<arena.count
      let plain = arena.plainBranch(in: place)
      guard let result = try? TrieNode.decode(node, at: path) else {
        #expect(plain == nil, "what is no node has no plain form")
        continue
      }
      decoded += 1
      let encoding: Range<Int>
      switch result {
      case .leaf(let suffix, let value):
        #expect(arena.leafValue(in: place, suffix: suffix).map { arena.copy(of: $0) } == value)
        #expect(arena.leafValue(in: place, suffix: suffix.appending(nibble: 1)) == nil)
        encoding = arena.appendLeaf(suffix: suffix, value: value)
      case .extension(let suffix, let child):
        #expect(arena.leafValue(in: place, suffix: suffix) == nil)
        encoding = arena.appendExtension(suffix: suffix, child: child)
      case .branch(let branch):
        for nibble in 0..<16 {
          guard let plain else { break }
          let hash = plain.has(nibble) ? arena.hash(at: plain.hashOffset(of: nibble)) : nil
          #expect(hash == branch.children[nibble].asHash && plain.has(nibble) != branch.children[nibble].isEmpty)
        }
        let isPlain = branch.value.isEmpty && branch.children.allSatisfy { $0.isEmpty || $0.isHash }
        #expect((plain != nil) == isPlain)
        encoding = arena.appendBranch(children: branch.children[...], value: branch.value)
      }
      #expect(arena.copy(of: encoding) == node)
    }
    #expect(decoded >= nodes.count)
  }

  @Test("each malformation of a node has its own error")
  func malformations() {
    let hash = [0xa0] + [UInt8](repeating: 3, count: 32)
    let cases: [(node: [UInt8], error: TrieNodeError)] = [
      ([0xc3, 0x20, 0x01, 0x01], .badChild),
      ([0xc2, 0x40, 0x01], .badHexPrefix),
      ([0xc2, 0x01, 0x01], .badHexPrefix),
      ([0xc2, 0xc0, 0x01], .badHexPrefix),
      ([0xc2, 0x20, 0x80], .emptyValue),
      ([0xc0 + 34, 0x00] + hash, .emptyExtension),
      ([0xc2, 0x11, 0x80], .badChild),
      ([0xc2, 0x11, 0x01], .badChild),
      ([0xc0 + 17] + [UInt8](repeating: 0x80, count: 17), .lonelyBranch),
      ([0xc0 + 18, 1] + [UInt8](repeating: 0x80, count: 17), .badChild),
      ([0xc0 + 18] + [UInt8](repeating: 0x80, count: 18), .badItemCount),
    ]
    for (node, expected) in cases {
      #expect(throws: expected) { try TrieNode.decode(node, at: .root) }
    }
    let deep = NibblePath(.zero)
    #expect(throws: TrieNodeError.pathTooLong) { try TrieNode.decode([0xc2, 0x31, 0x01], at: deep) }
    #expect(throws: TrieNodeError.notRLP(RLPError(offset: 0, reason: .expectedList))) {
      try TrieNode.decode([0x01], at: .root)
    }
  }
}
