import Primitives
import StateTrie
import TestSupport
import Testing

/// The nodes of a store in one piece of memory.
private struct Shelf {
  var bytes: [UInt8] = []
  private var places: [NibblePath: (node: Range<Int>, leaves: UInt16)] = [:]

  init(_ reader: LeaflessNodes) {
    for (path, row) in reader.rows {
      places[path] = (bytes.count..<bytes.count + row.node.count, row.leaves)
      bytes += row.node
    }
  }

  /// Applies what of the changes can be applied here.
  ///
  /// - Parameter moves: whether nodes are moved before they are changed.
  mutating func apply(_ update: inout InPlaceUpdate, moves: Bool) -> (root: Hash256?, changed: [NibblePath: [UInt8]]) {
    var step = 0
    while step < update.stepCount {
      if let (node, leaves) = places[update.path(of: step)] {
        if let branch = PlainBranch(bytes.rawSpan.extracting(node), at: node.lowerBound) {
          update.take(step, branch.mask, at: node.lowerBound, leaves: leaves)
        } else {
          update.take(step, bytes.rawSpan.extracting(node), at: node.lowerBound)
        }
      } else {
        update.leave(step)
      }
      step += 1
    }
    let paths = (0..<update.stepCount).map { update.path(of: $0) }
    var settled: [NibblePath: Range<Int>] = [:]
    update.settle { step in
      let node = places[paths[step]]?.node ?? 0..<0
      let start = moves ? bytes.count : node.lowerBound
      if moves { bytes += bytes[node] }
      #expect(settled.updateValue(start..<start + node.count, forKey: paths[step]) == nil)
      return start
    }
    let before = bytes
    var hashes: [Range<Int>] = []
    var outside = 0
    update.forEachHash { step, range in
      let node = settled[paths[step]] ?? 0..<0
      if range.lowerBound <= node.lowerBound || range.upperBound > node.upperBound { outside += 1 }
      hashes.append(range)
    }
    #expect(outside == 0)
    let root = update.seal(in: &bytes)
    expect(before, toDifferFrom: bytes, onlyIn: hashes)
    return (root, settled.mapValues { Array(bytes[$0]) })
  }

  private func expect(_ before: [UInt8], toDifferFrom after: [UInt8], onlyIn hashes: [Range<Int>]) {
    var (next, others) = (0, 0)
    for range in hashes.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.count != 32 || range.lowerBound < next { others += 1 }
      let between = min(next, range.lowerBound)..<range.lowerBound
      if before[between] != after[between] { others += 1 }
      next = range.upperBound
    }
    #expect(others == 0)
    #expect(before[next...] == after[next...])
  }
}

@Suite("Updates in place")
struct InPlaceUpdateTests {
  @Test(
    "with what is set aside applied afterwards, they leave the nodes of a fresh build, wherever branches stand",
    arguments: KeyShape.allCases)
  func worlds(shape: KeyShape) throws {
    var random = SeededGenerator(name: "inPlace(\(shape))")
    var (appliedCount, restCount) = (0, 0)
    for _ in 0..<8 {
      let reader = LeaflessNodes()
      var root = Trie.emptyRoot
      for round in 0..<25 {
        let changes = changes(of: reader.world, shape, round: round, &random)
        var update = InPlaceUpdate(changes)
        var shelf = Shelf(reader)
        let (changedRoot, changed) = shelf.apply(&update, moves: round.isMultiple(of: 2))
        for (path, node) in changed { reader.replace(node, at: path) }
        #expect((changedRoot == nil) == changed.isEmpty)
        root = changedRoot ?? root
        let rest = update.setAside()
        #expect(zip(rest, rest.dropFirst()).allSatisfy { $0.key < $1.key })
        appliedCount += changes.count - rest.count
        restCount += rest.count
        let left = Set(rest.map(\.key))
        for change in changes where !left.contains(change.key) { reader.world[change.key] = change.value }
        expect(reader, toBeOf: root)
        let afterwards = try Trie.update(root: root, changes: rest, reader: reader)
        reader.apply(afterwards.changes)
        root = afterwards.root
        for change in rest { reader.world[change.key] = change.value }
        expect(reader, toBeOf: root)
      }
    }
    print("\(shape): \(appliedCount) changes in place, \(restCount) set aside")
    #expect(restCount > 0)
    // Where keys begin others, hardly a branch has hashes alone.
    if shape != .ragged { #expect(appliedCount > 200) }
  }

  /// Values of lengths with which leaves live inside their branches, and others; new keys, deleted ones, and some that are
  /// not said to have a value.
  private func changes(
    of world: [NibblePath: [UInt8]], _ shape: KeyShape, round: Int, _ random: inout SeededGenerator
  ) -> [TrieChange] {
    let known = world.keys.sorted()
    var picked: [NibblePath: [UInt8]?] = [:]
    for _ in 0..<Int.random(in: 1...24, using: &random) {
      let isKnown = !known.isEmpty && Int.random(in: 0..<8, using: &random) > 0
      let key = isKnown ? known[Int.random(in: 0..<known.count, using: &random)] : shape.key(&random)
      let isShort = Int.random(in: 0..<12, using: &random) == 0
      let length = isShort ? Int.random(in: 1...4, using: &random) : 40
      let isDeleted = Int.random(in: 0..<16, using: &random) == 0
      picked[key] = .some(isDeleted ? nil : random.bytes(count: length))
    }
    return picked.sorted { $0.key < $1.key }.map { key, value in
      let replaces = world[key] != nil && (round < 20 || Bool.random(using: &random))
      return TrieChange(key: key, value: value, replaces: replaces)
    }
  }

  @Test("changes of keys that get other values ask for the nodes above them and no others, extensions included")
  func steps() throws {
    var random = SeededGenerator()
    let reader = LeaflessNodes()
    for _ in 0..<3000 { reader.world[NibblePath(Hash256(random.bytes(count: 32).rawSpan))] = random.bytes(count: 40) }
    let all = reader.world.sorted { $0.key < $1.key }.map { TrieChange(key: $0.key, value: $0.value) }
    reader.apply(try Trie.update(root: Trie.emptyRoot, changes: all, reader: LeaflessNodes()).changes)
    let changes = all.indices.filter { $0.isMultiple(of: 9) }.map {
      TrieChange(key: all[$0].key, value: random.bytes(count: 40), replaces: true)
    }
    var update = InPlaceUpdate(changes)
    var shelf = Shelf(reader)
    let (root, changed) = shelf.apply(&update, moves: false)
    let above = reader.rows.keys.filter { path in changes.contains { $0.key.hasPrefix(path) } }
    #expect(update.stepCount == above.count && changed.count == above.count)
    #expect(changed.values.contains { PlainBranch($0.rawSpan, at: 0) == nil })
    #expect(update.setAside().isEmpty)
    for change in changes { reader.world[change.key] = change.value }
    #expect(root == build(reader.world).root)
  }
}
