import Primitives
import StateTrie
import Testing
import TestSupport

@Suite("Proofs")
struct ProofTests {
  /// A world with short nodes inside others, an extension, values in branches.
  private static let world: [NibblePath: [UInt8]] = {
    let entries: [([UInt8], Int)] = [
      ([0x12], 3), ([0x12, 0x34], 40), ([0x12, 0x35], 1), ([0x12, 0x45, 0x67], 2), ([0x12, 0x45, 0x68], 2),
      ([0x80], 33),
    ]
    return Dictionary(
      uniqueKeysWithValues: entries.map { (NibblePath(key: $0), [UInt8](repeating: $0.last ?? 0, count: $1)) })
  }()

  /// Keys that are there, that end on the way, that leave at every kind of node, that go on too long.
  private static let keys: [NibblePath] =
    Array(world.keys.sorted())
    + [
      [], [0x10], [0x12, 0x30], [0x12, 0x34, 0x00], [0x12, 0x45], [0x12, 0x45, 0x69], [0x20], [0x80, 0x00], [0x81],
    ]
    .map { NibblePath(key: $0) }

  @Test("every key is proven to hold what it holds, or nothing")
  func allKeys() throws {
    let (root, reader) = stored(Self.world)
    for key in Self.keys {
      let proof = try Trie.prove(key, root: root, reader: reader)
      #expect(try TrieProof.verify(root: root, key: key, proof: proof) == Self.world[key])
    }
  }

  @Test("a proof with any bit flipped is refused")
  func everyBit() throws {
    let (root, reader) = stored(Self.world)
    for key in Self.keys {
      let proof = try Trie.prove(key, root: root, reader: reader)
      for (index, node) in proof.enumerated() {
        for bit in 0..<8 * node.count {
          var forged = proof
          forged[index][bit / 8] ^= 1 << UInt8(bit % 8)
          #expect {
            try TrieProof.verify(root: root, key: key, proof: forged)
          } throws: { error in
            if case .hashMismatch(let named, _, _, _)? = error as? TrieProofError { named == index } else { false }
          }
        }
      }
    }
  }

  @Test("a proof with a node missing, added, doubled or out of place is refused")
  func wrongNodes() throws {
    let (root, reader) = stored(Self.world)
    for key in Self.keys {
      let proof = try Trie.prove(key, root: root, reader: reader)
      for index in proof.indices {
        var short = proof
        short.remove(at: index)
        #expect(throws: TrieProofError.self) { try TrieProof.verify(root: root, key: key, proof: short) }
        var doubled = proof
        doubled.insert(proof[index], at: index)
        #expect(throws: TrieProofError.self) { try TrieProof.verify(root: root, key: key, proof: doubled) }
      }
      #expect(throws: TrieProofError.extraNodes(1)) {
        try TrieProof.verify(root: root, key: key, proof: proof + [[0x80]])
      }
      if proof.count > 1 {
        #expect(throws: TrieProofError.self) { try TrieProof.verify(root: root, key: key, proof: proof.reversed()) }
      }
    }
  }

  @Test("one key's proof says nothing of a key that leaves it")
  func otherKey() throws {
    let (root, reader) = stored(Self.world)
    let proof = try Trie.prove(NibblePath(key: [0x80]), root: root, reader: reader)
    #expect(throws: TrieProofError.self) {
      try TrieProof.verify(root: root, key: NibblePath(key: [0x12, 0x34]), proof: proof)
    }
  }

  @Test("the empty trie proves that it holds nothing, with no node or with the empty one")
  func emptyTrie() throws {
    let key = NibblePath(key: [1, 2])
    #expect(try Trie.prove(key, root: Trie.emptyRoot, reader: MemoryNodes()) == [])
    #expect(try TrieProof.verify(root: Trie.emptyRoot, key: key, proof: []) == nil)
    #expect(try TrieProof.verify(root: Trie.emptyRoot, key: key, proof: [[0x80]]) == nil)
    #expect(throws: TrieProofError.self) { try TrieProof.verify(root: Trie.emptyRoot, key: key, proof: [[0x80], []]) }
    #expect(throws: TrieProofError.self) { try TrieProof.verify(root: .zero, key: key, proof: []) }
  }

  @Test("hashed keys of a larger world, there and not")
  func largeWorld() throws {
    var random = SeededGenerator()
    var world: [NibblePath: [UInt8]] = [:]
    for _ in 0..<300 { world[NibblePath(key: random.bytes(count: 32))] = random.bytes(count: 70) }
    let (root, reader) = stored(world)
    for key in world.keys.sorted() + (0..<100).map({ _ in NibblePath(key: random.bytes(count: 32)) }) {
      let proof = try Trie.prove(key, root: root, reader: reader)
      #expect(try TrieProof.verify(root: root, key: key, proof: proof) == world[key])
    }
  }
}
