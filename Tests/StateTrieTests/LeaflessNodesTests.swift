import Primitives
import StateTrie
import TestSupport
import Testing

/// Stored nodes without leaves, each with a note of which of its children are leaves, beside the values.
final class LeaflessNodes: NodeReader {
  var world: [NibblePath: [UInt8]] = [:]
  private(set) var rows: [NibblePath: Row] = [:]
  private(set) var leavesRead = 0

  struct Row: Equatable {
    var leaves: UInt16
    var node: [UInt8]
  }

  func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    guard hasLeaf(at: path) else { return rows[path]?.node }
    let keys = world.keys.filter { $0.hasPrefix(path) }
    guard keys.count == 1, let value = world[keys[0]] else { return nil }
    leavesRead += 1
    var node: [UInt8] = []
    Trie.appendLeaf(suffix: keys[0].dropFirst(path.count), value: value, to: &node)
    return node
  }

  func hasLeaf(at path: NibblePath) -> Bool {
    guard !path.isRoot, let row = rows[path.prefix(path.count - 1)] else { return false }
    return row.leaves >> UInt16(path[path.count - 1]) & 1 == 1
  }

  /// Writes over the encoding of a branch.
  func replace(_ node: [UInt8], at path: NibblePath) { rows[path]?.node = node }

  func apply(_ changes: NodeChanges) {
    changes.forEach(
      removed: { rows[$0] = nil },
      { path, node, shape in
        switch shape {
        case .leaf: if path.isRoot { rows[path] = Row(leaves: 0, node: node.bytes) }
        case .extension: rows[path] = Row(leaves: 0, node: node.bytes)
        case .branch(let children):
          let leaves = children.leaves(before: rows[path]?.leaves ?? 0, in: node)
          rows[path] = Row(leaves: leaves, node: node.bytes)
        }
      })
  }
}

@Suite("A store that keeps values and no leaves")
struct LeaflessNodesTests {
  @Test(
    "it has the nodes of a fresh build and knows their leaves after every update, whether the update came as one or as a list",
    arguments: KeyShape.allCases)
  func updates(shape: KeyShape) throws {
    var random = SeededGenerator(name: "leafless(\(shape))")
    for _ in 0..<6 {
      let (reader, listed) = (LeaflessNodes(), LeaflessNodes())
      var root = Trie.emptyRoot
      for _ in 0..<25 {
        let known = reader.world.keys.sorted()
        var picked: [NibblePath: [UInt8]?] = [:]
        for _ in 0..<Int.random(in: 1...24, using: &random) {
          let isKnown = !known.isEmpty && Int.random(in: 0..<3, using: &random) > 0
          let key = isKnown ? known[Int.random(in: 0..<known.count, using: &random)] : shape.key(&random)
          let length = Bool.random(using: &random) ? Int.random(in: 1...4, using: &random) : 40
          picked[key] = .some(Int.random(in: 0..<3, using: &random) == 0 ? nil : random.bytes(count: length))
        }
        let changes = picked.sorted { $0.key < $1.key }.map {
          TrieChange(key: $0.key, value: $0.value, replaces: reader.world[$0.key] != nil)
        }
        let update = try Trie.update(root: root, changes: changes, reader: reader)
        reader.apply(update.changes)
        listed.apply(NodeChanges(update.nodeChanges))
        root = update.root
        for change in changes { reader.world[change.key] = change.value }
        expect(reader, toBeOf: root)
        #expect(listed.rows == reader.rows)
      }
    }
  }

  @Test("keys that get other values do not have their leaves read; others do")
  func reads() throws {
    var random = SeededGenerator()
    let reader = LeaflessNodes()
    for _ in 0..<500 { reader.world[NibblePath(Hash256(random.bytes(count: 32).rawSpan))] = random.bytes(count: 40) }
    let all = reader.world.sorted { $0.key < $1.key }
    let start = try Trie.update(
      root: Trie.emptyRoot, changes: all.map { TrieChange(key: $0.key, value: $0.value) }, reader: LeaflessNodes())
    reader.apply(start.changes)
    let some = all.indices.filter { $0.isMultiple(of: 7) }
    let values = some.map { _ in random.bytes(count: 40) }
    func update(replaces: Bool) throws -> TrieUpdate {
      let changes = zip(some, values).map { TrieChange(key: all[$0].key, value: $1, replaces: replaces) }
      return try Trie.update(root: start.root, changes: changes, reader: reader)
    }
    let known = try update(replaces: true)
    #expect(reader.leavesRead == 0)
    #expect(try update(replaces: false) == known)
    #expect(reader.leavesRead == some.count)
  }
}

/// Expects the nodes of a fresh build over the reader's values, and which of them are leaves.
func expect(_ reader: LeaflessNodes, toBeOf root: Hash256) {
  let built = build(reader.world)
  #expect(root == built.root)
  var shapes = NodeShapes()
  var expected: [NibblePath: LeaflessNodes.Row] = [:]
  var leaves: Set<NibblePath> = []
  for (path, node) in built.nodes {
    if shapes.shape(of: path, node.rawSpan) == .leaf { leaves.insert(path) }
  }
  for (path, node) in built.nodes where path.isRoot || !leaves.contains(path) {
    let children = (0..<16).filter { path.count < 64 && leaves.contains(path.appending(nibble: UInt8($0))) }
    expected[path] = LeaflessNodes.Row(leaves: children.reduce(0) { $0 | 1 << UInt16($1) }, node: node)
  }
  #expect(reader.rows == expected)
}
