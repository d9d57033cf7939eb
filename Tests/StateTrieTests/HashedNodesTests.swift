import Hashing
import Primitives
import StateTrie
import TestSupport
import Testing

@Suite("Nodes found by hash")
struct HashedNodesTests {
  /// A reader that goes by the parent's name for a node and has no paths at all.
  private struct ByHash: NodeReader {
    var nodes: [Hash256: [UInt8]] = [:]

    func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
      throw .unreadable(path: path, reason: "there are no paths here")
    }

    func node(at path: NibblePath, hash: Hash256) -> [UInt8]? { nodes[hash] }
  }

  @Test("a reader by hash gives the values, proofs and updates that a reader by path gives")
  func readersAgree() throws {
    var random = SeededGenerator(seed: 3)
    for count in 1...40 {
      var world: [NibblePath: [UInt8]] = [:]
      for _ in 0..<count { world[NibblePath(key: random.bytes(count: 32))] = random.bytes(count: count) }
      let (root, byPath) = stored(world)
      var byHash = ByHash()
      for node in byPath.nodes.values { byHash.nodes[Keccak256.hash(node)] = node }
      for (key, value) in world {
        #expect(try Trie.value(of: key, root: root, reader: byHash) == value)
        #expect(try Trie.value(of: key, root: root, reader: byPath) == value)
        #expect(try Trie.prove(key, root: root, reader: byHash) == Trie.prove(key, root: root, reader: byPath))
        let deletion = [TrieChange(key: key, value: nil)]
        #expect(
          try Trie.update(root: root, changes: deletion, reader: byHash)
            == Trie.update(root: root, changes: deletion, reader: byPath))
      }
      let absent = NibblePath(key: random.bytes(count: 32))
      #expect(try Trie.value(of: absent, root: root, reader: byHash) == nil)
    }
  }

  @Test("a value whose node is missing or another's is an error that names the node")
  func missingNodes() throws {
    let world = [NibblePath(key: [0x10]): [UInt8](repeating: 1, count: 40), NibblePath(key: [0x20]): [2, 2]]
    let (root, nodes) = stored(world)
    let path = NibblePath(key: [0x10]).prefix(1)
    let hash = Keccak256.hash(try #require(nodes.nodes[path]))
    nodes.nodes[path] = nil
    #expect(throws: TrieError.missingNode(path: path, hash: hash)) {
      try Trie.value(of: NibblePath(key: [0x10]), root: root, reader: nodes)
    }
    nodes.nodes[path] = [0xc0]
    #expect(throws: TrieError.hashMismatch(path: path, expected: hash, actual: Keccak256.hash([0xc0]))) {
      try Trie.value(of: NibblePath(key: [0x10]), root: root, reader: nodes)
    }
    #expect(try Trie.value(of: NibblePath(key: [0x20]), root: root, reader: nodes) == [2, 2])
  }
}
