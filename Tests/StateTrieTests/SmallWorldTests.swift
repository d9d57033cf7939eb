import Primitives
import StateTrie
import Testing

/// All tries over six keys, some of which begin others.
@Suite("Every small world")
struct SmallWorldTests {
  private static let keys = [[], [0x12], [0x12, 0x34], [0x12, 0x35], [0x13], [0x52, 0x34]].map { NibblePath(key: $0) }

  /// The world of the keys whose bit is set; values embed or not.
  private func world(_ bits: Int, valueLength: Int) -> [NibblePath: [UInt8]] {
    var world: [NibblePath: [UInt8]] = [:]
    for (index, key) in Self.keys.enumerated() where bits & 1 << index != 0 {
      world[key] = [UInt8](repeating: UInt8(index + 1), count: valueLength)
    }
    return world
  }

  @Test("from every world to every other in one update", arguments: [1, 12, 40])
  func everyTransition(valueLength: Int) throws {
    let count = 1 << Self.keys.count
    let worlds = (0..<count).map { world($0, valueLength: valueLength) }
    let tries = worlds.map(NaiveTrie.init)
    for before in 0..<count {
      for after in 0..<count {
        let reader = stored(worlds[before]).reader
        let changes = Self.keys.sorted().map { TrieChange(key: $0, value: worlds[after][$0]) }
        let update = try Trie.update(root: tries[before].root, changes: changes, reader: reader)
        reader.apply(update)
        #expect(update.root == tries[after].root)
        #expect(update.nodeChanges.isEmpty == (before == after))
        #expect(Dictionary(uniqueKeysWithValues: reader.nodes.map { ($0.key.digits, $0.value) }) == tries[after].nodes)
      }
    }
  }

  @Test("an empty trie has the known root and no nodes, and is what deleting everything leaves")
  func empty() throws {
    #expect(Trie.emptyRoot.description == "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
    #expect(build([:]).root == Trie.emptyRoot)
    #expect(build([:]).nodes.isEmpty)
    let key = NibblePath(key: [1])
    let reader = MemoryNodes()
    let absent = try Trie.update(root: Trie.emptyRoot, changes: [TrieChange(key: key, value: nil)], reader: reader)
    #expect(absent == TrieUpdate(root: Trie.emptyRoot, nodeChanges: []))
    let (root, filled) = stored([key: [7]])
    let gone = try Trie.update(root: root, changes: [TrieChange(key: key, value: [])], reader: filled)
    #expect(gone == TrieUpdate(root: Trie.emptyRoot, nodeChanges: [NodeChange(path: .root, node: nil)]))
  }

  @Test("an update reads the nodes on the way, and the child that a branch is left with, each once")
  func reads() throws {
    let value = [UInt8](repeating: 9, count: 40)
    let world = Dictionary(
      uniqueKeysWithValues: [[0x11, 0x11], [0x11, 0x22], [0x22, 0x11], [0x33, 0x33]].map {
        (NibblePath(key: $0), value)
      })
    let (root, reader) = stored(world)
    let overwritten = TrieChange(key: NibblePath(key: [0x22, 0x11]), value: [1])
    _ = try Trie.update(root: root, changes: [overwritten], reader: reader)
    #expect(reader.readPaths.map(\.description) == ["root", "2"])
    reader.forgetReads()
    let deleted = TrieChange(key: NibblePath(key: [0x11, 0x11]), value: nil)
    let update = try Trie.update(root: root, changes: [deleted], reader: reader)
    #expect(reader.readPaths.map(\.description) == ["root", "1", "11", "111", "112"])
    #expect(update.nodeChanges.map(\.path.description) == ["111", "112", "11", "1", "root"])
    #expect(update.nodeChanges.map { $0.node == nil } == [true, true, true, false, false])
  }
}
