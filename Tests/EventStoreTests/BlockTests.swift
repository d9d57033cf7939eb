import EventStore
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("L1 blocks and reorganisations")
struct BlockTests {
  @Test("a reorganisation goes by the records: an index row that names another record is refused")
  func reorgByRecords() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      let blocks = (1...4).map { l1Block($0) }
      try EventLog.open(directory, mode: .create).appendBlocks(blocks)
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        let second = try transaction.get(2, in: tables("blocks"))?.bytes ?? []
        try transaction.put(second.rawSpan, for: 3, in: tables("blocks"))
      }
      let log = try EventLog.open(directory, mode: .readWrite)
      let head = try log.head()
      let error = try #require(throws: AppendError.self) {
        try log.appendReorg(oldTip: blocks[3].id, newTip: l1Block(4, fork: 1).id, commonAncestor: blocks[1].id)
      }
      guard case .unreadable(.damaged) = error else { return unexpected(error) }
      #expect(try log.head() == head)
    }
  }

  @Test("a block that is there already is a no-op with the same positions")
  func idempotent() throws {
    try withLog(decodesEvents: true) { log, _ in
      let blocks = (0...9).map { l1Block($0, records: Int($0) % 3 + 1) }
      let first = try log.appendBlocks(blocks)
      #expect(first.newCount == 10)
      let again = try log.appendBlocks(blocks)
      #expect(again.newCount == 0)
      #expect(again.positions == first.positions)
      #expect(again.head == first.head)
      let more = try log.appendBlocks([blocks[8], blocks[9], l1Block(10)])
      #expect(more.newCount == 1)
      #expect(Array(more.positions.prefix(2)) == Array(first.positions.suffix(2)))
      #expect(try log.block(9)?.id == blocks[9].id)
      #expect(try log.block(9)?.positions == first.positions[9])
      #expect(try log.newestBlock()?.id.number == 10)
      #expect(try log.block(11) == nil)
    }
  }

  @Test("another block at a stored height is a conflict, and of a batch with one nothing is kept")
  func conflict() throws {
    try withLog(decodesEvents: true) { log, _ in
      let head = try log.appendBlocks([l1Block(5), l1Block(6)]).head
      let other = l1Block(6, fork: 1)
      let error = try #require(throws: AppendError.self) { try log.appendBlocks([l1Block(5), other, l1Block(7)]) }
      guard case .blockConflict(6, let stored, let given) = error else { return unexpected(error) }
      #expect(stored == l1Block(6).hash)
      #expect(given == other.hash)
      #expect(try log.head() == head)
    }
  }

  @Test("a block that does not follow the newest one, or stands before the first, is refused")
  func gap() throws {
    try withLog(decodesEvents: true) { log, _ in
      try log.appendBlocks([l1Block(5)])
      for number in [7, 4] as [UInt64] {
        let error = try #require(throws: AppendError.self) { try log.appendBlocks([l1Block(number)]) }
        guard case .blockGap(6, number) = error else { return unexpected(error) }
      }
    }
  }

  @Test("what comes later for the newest block belongs to it, until something else stands between")
  func lateRecords() throws {
    try withLog(decodesEvents: true) { log, _ in
      try log.appendBlocks([l1Block(0, records: 1)])
      let late = NewRecord(.outputProposed(.sample(1)), at: .block(0))
      try log.append([late, late])
      #expect(try log.block(0)?.positions == Position(0)..<Position(3))
      try log.append([finalized(l1Block(0))])
      try log.append([late])
      #expect(try log.block(0)?.positions == Position(0)..<Position(3))
      #expect(try log.finalizedBlock() == l1Block(0).id)
    }
  }

  @Test("a reorganisation revokes what stands above the ancestor; canonical readers skip it, physical ones do not")
  func reorg() throws {
    try withLog(decodesEvents: true) { log, directory in
      let old = (0...4).map { l1Block($0) }
      try log.appendBlocks(old)
      try log.append([finalized(old[1])])
      let new = (3...5).map { l1Block($0, fork: 1) }
      try log.appendReorg(oldTip: old[4].id, newTip: new[2].id, commonAncestor: old[2].id)
      #expect(try log.revokedRanges() == [Position(6)..<Position(10)])
      #expect(try log.newestBlock()?.id == old[2].id)
      #expect(try log.block(3) == nil)
      try log.appendBlocks(new)
      let physical = try log.all()
      #expect(physical.count == 18)
      for log in [log, try EventLog.open(directory, mode: .readOnly)] {
        let canonical = try log.all(.canonical).map(\.position.rawValue)
        #expect(canonical == Array(0..<6) + Array(10..<18))
      }
    }
  }

  @Test("observations inside a revoked range stay in the canonical view")
  func observations() throws {
    try withLog(decodesEvents: true) { log, _ in
      let old = (0...3).map { l1Block($0, records: 1) }
      try log.appendBlocks(Array(old[0...2]))
      try log.append([finalized(old[0])])
      try log.appendBlocks([old[3]])
      try log.appendReorg(oldTip: old[3].id, newTip: l1Block(1, fork: 1).id, commonAncestor: old[0].id)
      #expect(try log.all(.canonical).map(\.position.rawValue) == [0, 3, 5])
      #expect(try log.statistics().revokedRecords == 3)
    }
  }

  @Test("a revoked block that comes back is appended anew; nested reorganisations add up")
  func backAgain() throws {
    try withLog(decodesEvents: true) { log, _ in
      let a = (0...3).map { l1Block($0, records: 1) }
      let b = (1...3).map { l1Block($0, fork: 1, records: 1) }
      try log.appendBlocks(a)
      try log.appendReorg(oldTip: a[3].id, newTip: b[2].id, commonAncestor: a[1].id)
      try log.appendBlocks([l1Block(2, fork: 2, records: 1)])
      try log.appendReorg(oldTip: l1Block(2, fork: 2).id, newTip: a[3].id, commonAncestor: a[0].id)
      let again = try log.appendBlocks(Array(a[1...3]))
      #expect(again.newCount == 3)
      #expect(again.positions[0] == Position(7)..<Position(8))
      let canonical = try log.all(.canonical).map(\.position.rawValue)
      #expect(canonical == [0, 4, 6, 7, 8, 9])
    }
  }

  @Test("a reorganisation that L1 has ruled out, or that names unknown blocks, is refused")
  func refusedReorgs() throws {
    try withLog(decodesEvents: true) { log, _ in
      let blocks = (0...4).map { l1Block($0) }
      try log.appendBlocks(blocks)
      try log.append([finalized(blocks[2])])
      let head = try log.head()
      let new = l1Block(4, fork: 1).id
      let below = try #require(throws: AppendError.self) {
        try log.appendReorg(oldTip: blocks[4].id, newTip: new, commonAncestor: blocks[1].id)
      }
      guard case .reorgBelowFinalized(1, 2) = below else { return unexpected(below) }
      for (tip, ancestor) in [
        (new, blocks[3].id), (blocks[3].id, blocks[2].id), (blocks[4].id, l1Block(3, fork: 1).id),
        (blocks[4].id, blocks[4].id),
      ] {
        let unknown = try #require(throws: AppendError.self) {
          try log.appendReorg(oldTip: tip, newTip: new, commonAncestor: ancestor)
        }
        guard case .reorgUnknown = unknown else { return unexpected(unknown) }
      }
      #expect(try log.head() == head)
      try log.appendReorg(oldTip: blocks[4].id, newTip: new, commonAncestor: blocks[2].id)
    }
  }
}

/// An observation that a block is final.
func finalized(_ block: NewBlock) -> NewRecord {
  NewRecord(.l1Finalized(L1Finalized(block: block.id)), at: .observed(at: block.number))
}
