import EventStore
import Foundation
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Repair")
struct RepairTests {
  /// The tables whose rows all follow from the records.
  private static let derivedTables = ["tree", "blocks", "observations"]

  @Test("every row that follows from the records is mended, whether it is changed or missing", arguments: derivedTables)
  func derived(table: String) throws {
    try withDamagedLog { directory, original in
      let keys = try rows(directory, table)
      try #require(!keys.isEmpty)
      for key in keys.enumerated().filter({ $0.offset.isMultiple(of: 7) || $0.offset == keys.count - 1 }).map(\.element)
      {
        for isMissing in [false, true] {
          let copy = try copied(directory, "damaged")
          try tamper(copy) { (transaction, tables) throws(LMDBError) in
            if isMissing {
              _ = try transaction.delete(key.rawSpan, in: tables(table))
            } else {
              var value = try transaction.get(key.rawSpan, in: tables(table))?.bytes ?? []
              if value.isEmpty { value = [1] } else { value[value.count / 2] ^= 4 }
              try transaction.put(value.rawSpan, for: key.rawSpan, in: tables(table))
            }
          }
          try expectMended(copy, original)
        }
      }
    }
  }

  @Test("a head row that is gone is made anew, and it is said that nothing confirms it")
  func head() throws {
    try withDamagedLog { directory, original in
      let copy = try copied(directory, "damaged")
      try flip(copy, table: "head", key: key(0), byte: 20)
      try expectMended(copy, original, isConfirmed: false)
    }
  }

  @Test("a head row that is missing is made anew likewise")
  func missingHead() throws {
    try withDamagedLog { directory, original in
      let copy = try copied(directory, "damaged")
      try tamper(copy) { (transaction, tables) throws(LMDBError) in
        _ = try transaction.delete(key(0).rawSpan, in: tables("head"))
      }
      try expectMended(copy, original, isConfirmed: false)
    }
  }

  @Test("a sound record behind the head, which nobody was told of, is refused at open, named, and dropped by a repair")
  func unacknowledgedTail() throws {
    try withDamagedLog { directory, original in
      let copy = try copied(directory, "damaged")
      let longer = directory.removingLastComponent().appending("longer")
      try EventLog.open(directory, mode: .readOnly).copy(to: longer)
      try EventLog.open(longer, mode: .readWrite).append([plain(pattern(20))])
      let end = UInt64(original.count)
      var row: [UInt8] = []
      try tamper(longer) { (transaction, tables) throws(LMDBError) in
        row = try transaction.get(key(end).rawSpan, in: tables("records"))?.bytes ?? []
      }
      try tamper(copy) { (transaction, tables) throws(LMDBError) in
        try transaction.put(row.rawSpan, for: key(end).rawSpan, in: tables("records"))
      }
      let stray = Damage(.strayRecord, position: Position(end))
      for mode in [EventLog.Mode.readOnly, .readWrite] {
        let error = try #require(throws: EventLog.OpenError.self) { try EventLog.open(copy, mode: mode) }
        guard case .unreadable(.damaged(stray)) = error else { return unexpected(error) }
      }
      #expect(try EventLog.open(copy, mode: .inspection).verify().damages.contains(stray))
      try expectMended(copy, original)
    }
  }

  @Test("a damaged record is not made up: the log is refused, and left as it was")
  func record() throws {
    try withDamagedLog { directory, _ in
      for (table, row) in [("records", key(3)), ("records", key(40)), ("chunks", key(5) + [0, 0])] {
        let copy = try copied(directory, "damaged")
        try flip(copy, table: table, key: row, byte: -1)
        let before = try Data(contentsOf: URL(fileURLWithPath: copy.appending("data.mdb").string))
        #expect(throws: RepairError.self) { try LogRepair.rebuild(copy, into: fresh(directory)) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy.appending("data.mdb").string)) == before)
      }
    }
  }

  @Test("a log is not made anew where one was already made")
  func begunBefore() throws {
    try withDamagedLog { directory, _ in
      let new = fresh(directory)
      let size = try LogRepair.rebuild(directory, into: new).head.size
      let error = try #require(throws: RepairError.self) { try LogRepair.rebuild(directory, into: new) }
      guard case .begunBefore(new, size) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(try EventLog.open(new, mode: .readOnly).head().size == size)
    }
  }

  @Test("keys of branch pages that lead look-ups astray lose no record")
  func branchKeys() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path).appending("ledger")
      var original: [StoredRecord] = []
      do {
        let log = try EventLog.open(directory, mode: .create)
        try log.fill(600)
        original = try log.all()
      }
      #expect(try turnBranchKeys(of: directory.appending("data.mdb"), bit: 0x40, all: true) > 10)
      let log = try EventLog.open(directory, mode: .inspection)
      #expect(try log.verify(options: .init(damageLimit: 1000)).damages.contains { $0.fault == .unreachable })
      try expectMended(directory, original)
    }
  }

  @Test("a disk that refuses a repair is not taken for damage of the records")
  func notOfRecords() {
    let full = LMDBError.diskFull(needed: 8192, available: 0)
    #expect(!RepairError.rerecording(.append(.store(full))).isOfRecords)
    #expect(!RepairError.lost(.store(.system(EIO))).isOfRecords)
    #expect(RepairError.lost(.damaged(Damage(.checksum))).isOfRecords)
    #expect(RepairError.rerecording(.append(.blockGap(expected: 1, given: 3))).isOfRecords)
  }

  @Test("a record that was replaced by another sound one does not pass, as the head row is of the old one")
  func replaced() throws {
    try withDamagedLog { directory, _ in
      let copy = try copied(directory, "damaged")
      let other = directory.removingLastComponent().appending("other")
      try EventLog.open(other, mode: .create).append((0..<4).map { plain([UInt8($0), 7]) })
      var foreign: [UInt8] = []
      try tamper(other) { (transaction, tables) throws(LMDBError) in
        foreign = try transaction.get(key(2).rawSpan, in: tables("records"))?.bytes ?? []
      }
      try tamper(copy) { (transaction, tables) throws(LMDBError) in
        try transaction.put(foreign.rawSpan, for: key(2).rawSpan, in: tables("records"))
      }
      #expect(throws: RepairError.self) { try LogRepair.rebuild(copy, into: fresh(directory)) }
    }
  }

  private func expectMended(_ copy: FilePath, _ original: [StoredRecord], isConfirmed: Bool = true) throws {
    let new = fresh(copy)
    let outcome = try LogRepair.rebuild(copy, into: new)
    #expect(outcome.isConfirmed == isConfirmed)
    try requireSound(new)
    #expect(try EventLog.open(new, mode: .readOnly).all() == original)
  }

  /// A directory beside another that is not there.
  private func fresh(_ directory: FilePath) -> FilePath {
    let path = directory.removingLastComponent().appending("rebuilt")
    try? FileManager.default.removeItem(atPath: path.string)
    return path
  }

  private func copied(_ directory: FilePath, _ name: String) throws -> FilePath {
    let path = directory.removingLastComponent().appending(name)
    try? FileManager.default.removeItem(atPath: path.string)
    try EventLog.open(directory, mode: .readOnly).copy(to: path)
    return path
  }

  private func rows(_ directory: FilePath, _ table: String) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try tamper(directory) { (transaction, tables) throws(LMDBError) in
      var cursor = try transaction.cursor(in: tables(table))
      var entry = try cursor.first()
      while let found = entry {
        keys.append(found.key.bytes)
        entry = try cursor.next()
      }
    }
    return keys
  }

  /// A log with blocks, a reorganisation, observations and long payloads, closed.
  private func withDamagedLog(_ body: (FilePath, [StoredRecord]) throws -> Void) throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path).appending("ledger")
      var records: [StoredRecord] = []
      do {
        let log = try EventLog.open(directory, mode: .create)
        try log.fill(5)
        try log.append([plain(pattern(9000))])
        let blocks = (1...20).map { l1Block(UInt64($0), records: $0 % 3 + 1) }
        try log.appendBlocks(blocks)
        let other = (16...18).map { l1Block(UInt64($0), fork: 1) }
        try log.appendReorg(oldTip: blocks[19].id, newTip: other[2].id, commonAncestor: blocks[14].id)
        try log.appendBlocks(other)
        try log.append([NewRecord(.l1Finalized(L1Finalized(block: other[0].id)), at: .observed(at: 18))])
        records = try log.all()
      }
      try body(directory, records)
    }
  }
}
