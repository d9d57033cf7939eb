import EventStore
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

/// A log against an array: whatever is done to both, they hold the same.
@Suite("Model")
struct ModelTests {
  @Test("random appends, conflicts, blocks, reorganisations and restarts leave what an array would hold")
  func random() throws {
    var random = SeededGenerator()
    for _ in 0..<6 {
      try withTemporaryDirectory { path in
        var world = try World(FilePath(path))
        for _ in 0..<60 { try world.step(&random) }
        try world.compare()
        try requireSound(FilePath(path))
      }
    }
  }
}

private struct World {
  let directory: FilePath
  var log: EventLog
  /// What the log must hold, and whether it stands.
  var records: [(record: NewRecord, isCanonical: Bool)] = []
  /// The canonical blocks, with their records.
  var chain: [(block: NewBlock, positions: Range<Int>)] = []
  var finalized: UInt64 = 0
  var forks: UInt8 = 0

  init(_ directory: FilePath) throws {
    self.directory = directory
    log = try EventLog.open(directory, mode: .create)
  }

  mutating func step(_ random: inout SeededGenerator) throws {
    switch UInt64.random(in: 0..<12, using: &random) {
    case 0...3: try appendPlain(&random)
    case 4...7: try appendBlocks(&random)
    case 8: try appendStaleBlock(&random)
    case 9: try reorganise(&random)
    case 10: try finalize(&random)
    default: try restart()
    }
  }

  mutating func appendPlain(_ random: inout SeededGenerator) throws {
    let sizes = [0, 1, 30, 200, 1954, 1955, 3980, 4080, 9000]
    let new = (0..<Int.random(in: 1...12, using: &random)).map { _ in
      plain(random.bytes(count: sizes.randomElement(using: &random) ?? 0), block: 1 << 40)
    }
    let head = try log.head()
    if Bool.random(using: &random) {
      var stale = head
      stale.size += 1
      #expect(throws: AppendError.self) { try log.append(new, expecting: stale) }
    }
    let range = try log.append(new, expecting: head).positions[0]
    #expect(range == Position(UInt64(records.count))..<Position(UInt64(records.count + new.count)))
    records += new.map { ($0, true) }
  }

  mutating func appendBlocks(_ random: inout SeededGenerator) throws {
    let first = chain.last.map { $0.block.number + 1 } ?? 100
    let new = (0..<UInt64.random(in: 1...4, using: &random)).map {
      l1Block(first + $0, fork: forks, records: Int.random(in: 1...5, using: &random))
    }
    let known = chain.suffix(2)
    let appended = try log.appendBlocks(known.map(\.block) + new)
    #expect(appended.newCount == new.count)
    for (old, range) in zip(known, appended.positions) {
      #expect(Int(range.lowerBound.rawValue)..<Int(range.upperBound.rawValue) == old.positions)
    }
    for block in new {
      chain.append((block, records.count..<records.count + block.records.count))
      records += block.records.map { ($0, true) }
    }
  }

  mutating func appendStaleBlock(_ random: inout SeededGenerator) throws {
    guard let stored = chain.randomElement(using: &random) else { return }
    let other = l1Block(stored.block.number, fork: 255)
    #expect(throws: AppendError.self) { try log.appendBlocks([other]) }
  }

  mutating func reorganise(_ random: inout SeededGenerator) throws {
    guard chain.count > 1, let tip = chain.last else { return }
    let depth = Int.random(in: 1..<min(chain.count, 8), using: &random)
    let ancestor = chain[chain.count - 1 - depth].block
    forks += 1
    let new = l1Block(ancestor.number + 1, fork: forks).id
    guard ancestor.number >= finalized else {
      #expect(throws: AppendError.self) {
        try log.appendReorg(oldTip: tip.block.id, newTip: new, commonAncestor: ancestor.id)
      }
      return
    }
    try log.appendReorg(oldTip: tip.block.id, newTip: new, commonAncestor: ancestor.id)
    let revoked = chain[chain.count - depth].positions.lowerBound..<tip.positions.upperBound
    for position in revoked where !records[position].record.kind.isObservation {
      records[position].isCanonical = false
    }
    chain.removeLast(depth)
    let event = L1Reorged(
      oldTip: tip.block.id, newTip: new, commonAncestor: ancestor.id,
      revokedFrom: Position(UInt64(revoked.lowerBound)), revokedTo: Position(UInt64(revoked.upperBound - 1)))
    records.append((NewRecord(.l1Reorged(event), at: .observed(at: new.number)), true))
  }

  mutating func finalize(_ random: inout SeededGenerator) throws {
    guard let block = chain.dropLast(3).last?.block, block.number > finalized else { return }
    finalized = block.number
    let record = EventStoreTests.finalized(block)
    try log.append([record])
    records.append((record, true))
  }

  mutating func restart() throws {
    let head = try log.head()
    // The lock goes with the last reference, so the old log must be gone before the new one opens.
    log = try EventLog.open(directory, mode: .readOnly)
    log = try EventLog.open(directory, mode: .readWrite)
    #expect(try log.head() == head)
  }

  func compare() throws {
    let stored = try log.all()
    #expect(stored.count == records.count)
    for (stored, expected) in zip(stored, records) {
      #expect(stored.payload == expected.record.payload)
      #expect(stored.header.coordinates == expected.record.coordinates)
      #expect(stored.kind == expected.record.kind)
    }
    let canonical = records.indices.filter { records[$0].isCanonical }
    #expect(try log.all(.canonical).map { Int($0.position.rawValue) } == canonical)
    let root = MerkleTree.root(ofLeaves: stored.map(\.header.leafHash))
    #expect(try log.head().root == root)
    for (block, positions) in chain {
      let found = try log.block(block.number)
      #expect(found?.id == block.id)
      #expect(found.map { Int($0.positions.lowerBound.rawValue) } == positions.lowerBound)
    }
    #expect(try log.newestBlock()?.id == chain.last?.block.id)
  }
}
