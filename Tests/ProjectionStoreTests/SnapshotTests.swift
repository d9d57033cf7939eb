import EventStore
import Foundation
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Snapshots")
struct SnapshotTests {
  /// A store whose log is a copy of another one's, up to some L1 block.
  private static func withCopy<R>(
    of chain: MiniChain, _ blocks: Int, _ body: (Scratch) throws -> R
  ) throws -> R {
    try Scratch.with { scratch in
      try chain.write(0..<blocks, to: scratch.log)
      return try body(scratch)
    }
  }

  private static func reason(_ error: ProjectionError?) -> SnapshotError? {
    guard case .snapshot(_, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return nil
    }
    return reason
  }

  @Test("an imported snapshot has the digest of a rebuild, follows the log, and verifies", arguments: [false, true])
  func roundTrip(keepsHistory: Bool) throws {
    let chain = try MiniChain(blockCount: 20)
    try Scratch.with { scratch in
      try chain.write(0..<12, to: scratch.log)
      let file = scratch.dataDirectory.appending("state.snapshot")
      var options = Projector<ProposerState>.Options()
      options.keepsHistory = keepsHistory
      try scratch.projector().rebuild(options)
      let made = try scratch.projector().exportSnapshot(to: file)
      #expect(made.digest == (try scratch.projector().digest().digest))
      #expect(made.byteCount == (try Files.status(file)?.size))
      for blocks in [12, 15] {
        try Self.withCopy(of: chain, blocks) { other in
          // Other stores than the one that it was made in take it, as long as the log is the same.
          let projector = other.projector(storeID: "another-store")
          let report = try projector.importSnapshot(from: file, digest: made.digest, hash: made.hash)
          #expect(report.digest == made.digest && report.rows == made.rows && report.header == made.header)
          #expect(report.isWhole && report.hash == made.hash)
          #expect(try projector.status().live?.snapshot == "\(made.hash)")
          #expect(try projector.digest().cursor == scratch.projector().digest().cursor)
          #expect(try projector.openLive(.readOnly).keepsHistory == keepsHistory)
          try chain.write(blocks..<20, to: other.log)
          try projector.catchUp(.init(batchSize: 7))
          #expect(try projector.digest().digest == Scratch.digest(of: chain))
          #expect(try projector.verify().agrees, "its history too")
        }
      }
    }
  }

  @Test(
    "of a snapshot whose rows are known by their digest nothing else is believed: no journal, no history, no cursor")
  func byDigest() throws {
    for keepsHistory in [false, true] {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: 11, log: scratch.log)
        for salt in UInt64(1)..<12 { try play.step(salt) }
        var options = Projector<ProposerState>.Options()
        options.keepsHistory = keepsHistory
        try scratch.projector().rebuild(options)
        let right = try scratch.projector().digest().digest
        // Whoever made the file has taken out of the journal what the newest blocks changed.
        let version = try scratch.projector().openLive(.readWrite)
        let newest = play.ledger.l1Head.number
        let journal = try #require(version.kept.first { $0.number == SnapshotTable.journal }).table
        try version.environment.write { (transaction: inout WriteTransaction) throws(LMDBError) in
          for key in try transaction.journalKeys(journal, from: newest - 5, through: newest)
          where JournalKey.isRows(key) {
            _ = try transaction.delete(key.rawSpan, in: journal)
          }
        }
        let file = scratch.dataDirectory.appending("state.snapshot")
        let made = try scratch.projector().exportSnapshot(to: file)
        #expect(made.digest == right, "the digest does not tell")
        func afterwards() throws -> Hash256 {
          try scratch.projector().catchUp()
          return try scratch.projector().digest().digest
        }
        let report = try scratch.projector().importSnapshot(from: file, digest: right)
        #expect(!report.isWhole && report.rows < made.rows)
        #expect(try !scratch.projector().openLive(.readOnly).keepsHistory)
        #expect(try scratch.projector().verify().agrees)
        #expect(try scratch.projector().firstBlockWithoutJournal() == 1)
        let whole = try scratch.projector().importSnapshot(from: file, switches: false)
        #expect(whole.isWhole && whole.rows == made.rows)
        try play.reorganise(depth: 6)
        try play.step(99)
        let error = #expect(throws: ProjectionError.self) { try afterwards() }
        guard case .rebuildRequired = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        // One that believes the file goes wrong.
        try scratch.projector().switchTo()
        #expect(try (try? afterwards()) != play.fresh(ProposerState.self))
        try scratch.projector().rebuild()
        #expect(try scratch.projector().digest().digest == play.fresh(ProposerState.self))
      }
    }
  }

  @Test("rows that are known by their digest stand behind an L1 block that this log has, or the file is refused")
  func byDigestOfLeftBlock() throws {
    let old = try MiniChain(blockCount: 10)
    let new = try MiniChain(blockCount: 10, branchedAt: 6)
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      try scratch.projector().rebuild()
      let file = scratch.dataDirectory.appending("state.snapshot")
      let made = try scratch.projector().exportSnapshot(to: file)
      try scratch.log.appendReorg(
        oldTip: old.blocks[9].header.id, newTip: new.blocks[9].header.id, commonAncestor: old.blocks[5].header.id)
      try new.write(6..<10, to: scratch.log)
      let error = #expect(throws: ProjectionError.self) {
        try scratch.projector().importSnapshot(from: file, digest: made.digest)
      }
      #expect(Self.reason(error) == .notAtBlockEnd(l1Block: 9))
      // With its journal it takes back what L1 has left.
      _ = try scratch.projector().importSnapshot(from: file, hash: made.hash)
      try scratch.projector().catchUp()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: new))
    }
  }

  @Test("a projection that has folded a part of an L1 block has no digest, which would pass for that of all of it")
  func withinBlock() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(0..<4, to: scratch.log)
      try scratch.projector().rebuild()
      let whole = try scratch.projector().exportSnapshot(to: scratch.dataDirectory.appending("whole.snapshot"))
      #expect(!whole.isWithinBlock)
      try chain.write(4..<6, to: scratch.log)
      let end = try #require(try scratch.log.cursor(behind: chain.blocks[4].header.id))
      // Cancelled ever later, until that is within the block: its upstream asks as well.
      var part = try #require(try scratch.projector().openLive(.readOnly).cursor())
      for limit in 1..<30 where part.l1Block != end.l1Block {
        var asked = 0
        var options = Projector<ProposerState>.Options()
        options.batchSize = 1
        options.isCancelled = {
          asked += 1
          return asked > limit
        }
        #expect(throws: ProjectionError.self) { try scratch.projector().catchUp(options) }
        part = try #require(try scratch.projector().openLive(.readOnly).cursor())
      }
      #expect(part.l1Block == end.l1Block && part.nextPosition < end.nextPosition)
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().digest() }
      guard case .withinBlock(ProposerState.name, l1Block: 4) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let file = scratch.dataDirectory.appending("part.snapshot")
      let made = try scratch.projector().exportSnapshot(to: file)
      #expect(made.isWithinBlock)
      // All of the file says where it stands.
      #expect(try scratch.projector().importSnapshot(from: file, hash: made.hash).isWithinBlock)
      try scratch.projector().catchUp()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test(
    "rows that are known by their digest are not taken for those of no record, which all would be folded into again")
  func byDigestAtStart() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let right = try scratch.projector().digest()
      // Whoever made the file has set its position back.
      var forged = right.cursor
      (forged.nextPosition, forged.lastLeafHash) = (0, .zero)
      try scratch.projector().openLive(.readWrite).commit(WriteBatch(), forged)
      let file = scratch.dataDirectory.appending("state.snapshot")
      #expect(try scratch.projector().exportSnapshot(to: file).digest == right.digest)
      let error = #expect(throws: ProjectionError.self) {
        try scratch.projector().importSnapshot(from: file, digest: right.digest)
      }
      #expect(Self.reason(error) == .notAtBlockEnd(l1Block: 5))
    }
  }

  @Test("what was imported says so, and neither a rebuild nor a replay goes on with it")
  func imported() throws {
    let chain = try MiniChain(blockCount: 8)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      try scratch.tamper { $0.put(ProposerState.hashes, key: ProposerState.key(77).rawSpan, value: [1].rawSpan) }
      let file = scratch.dataDirectory.appending("state.snapshot")
      let made = try scratch.projector().exportSnapshot(to: file)
      _ = try scratch.projector().importSnapshot(from: file, switches: false)
      let beside = try #require(try scratch.projector().status().unfinished)
      #expect(beside.snapshot == "\(made.hash)" && beside.isFinished)
      #expect(try scratch.projector().replay(resume: true).start == 0)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      _ = try scratch.projector().importSnapshot(from: file, switches: false)
      var starts: [UInt64] = []
      try scratch.projector().rebuild(.init { starts.append($0.start) })
      #expect(starts.first == 0)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
      #expect(try scratch.projector().status().live?.snapshot == nil)
    }
  }

  @Test("an import that is refused leaves an interrupted rebuild alone; one that is taken takes its place")
  func besideUnfinished() throws {
    let chain = try MiniChain(blockCount: 8)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let file = scratch.dataDirectory.appending("state.snapshot")
      let made = try scratch.projector().exportSnapshot(to: file)
      var options = Projector<ProposerState>.Options()
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try scratch.projector().rebuild(options) }
      let unfinished = try #require(scratch.versions.unfinished)
      let wrong = Hash256(1, 2, 3, 4)
      let byDigest = #expect(throws: ProjectionError.self) {
        try scratch.projector().importSnapshot(from: file, digest: wrong)
      }
      #expect(Self.reason(byDigest) == .otherDigest(found: made.digest, expected: wrong))
      let byHash = #expect(throws: ProjectionError.self) {
        try scratch.projector().importSnapshot(from: file, digest: made.digest, hash: wrong)
      }
      #expect(Self.reason(byHash) == .otherHash(found: made.hash, expected: wrong))
      #expect(scratch.versions.unfinished == unfinished && scratch.versions.all.count == 2)
      _ = try scratch.projector().importSnapshot(from: file, switches: false)
      #expect(!scratch.versions.all.contains(unfinished) && scratch.versions.all.count == 2)
    }
  }

  @Test("an imported snapshot takes back what L1 leaves afterwards")
  func unwinds() throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<3 {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed &+ round, log: scratch.log)
        for salt in UInt64(1)..<20 { try play.step(salt) }
        try play.finalize()
        try scratch.projector().rebuild()
        let file = scratch.dataDirectory.appending("state.snapshot")
        _ = try scratch.projector().exportSnapshot(to: file)
        try scratch.projector().drop()
        _ = try scratch.projector().importSnapshot(from: file)
        try play.reorganise()
        for salt in UInt64(20)..<30 { try play.step(salt) }
        try scratch.projector().catchUp()
        #expect(
          try scratch.projector().digest().digest == play.fresh(ProposerState.self), "seed \(seed) round \(round)")
      }
    }
  }

  @Test("of an archive a snapshot can be made as of any L1 block")
  func earlier() throws {
    let chain = try MiniChain(blockCount: 16)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      var options = Projector<ProposerState>.Options()
      options.keepsHistory = true
      try scratch.projector().rebuild(options)
      for block in [0, 5, 15] as [UInt64] {
        let file = scratch.dataDirectory.appending("at-\(block).snapshot")
        let made = try scratch.projector().exportSnapshot(to: file, afterL1Block: block)
        #expect(made.digest == (try scratch.projector().digest(afterL1Block: block).digest))
        try Self.withCopy(of: chain, 16) { other in
          _ = try other.projector().importSnapshot(from: file)
          #expect(try other.projector().digest().digest == made.digest)
          try other.projector().catchUp()
          #expect(try other.projector().digest().digest == Scratch.digest(of: chain))
          #expect(try other.projector().verify().agrees)
        }
      }
      options.keepsHistory = false
      try scratch.projector().rebuild(options)
      let file = scratch.dataDirectory.appending("pruned.snapshot")
      #expect(throws: ProjectionError.self) { try scratch.projector().exportSnapshot(to: file, afterL1Block: 5) }
      #expect(try Files.status(file) == nil)
      #expect(try Files.status(Files.temporary(file)) == nil)
    }
  }

  @Test("a snapshot of a fold over both logs is bound to both")
  func bothLogs() throws {
    let chain = try MiniChain(blockCount: 10)
    try BothLogs.with { logs in
      for number in 0..<10 {
        try chain.write(number..<number + 1, to: logs.scratch.log)
        try logs.hear(UInt64(number))
      }
      try logs.projector().rebuild()
      let file = logs.scratch.dataDirectory.appending("diary.snapshot")
      let made = try logs.projector().exportSnapshot(to: file)
      try logs.projector().drop()
      let refused = #expect(throws: ProjectionError.self) {
        try logs.projector().importSnapshot(from: file, digest: made.digest)
      }
      #expect(Self.reason(refused) == .digestIsNotEnough(projection: Diary.name))
      #expect(try logs.projector().importSnapshot(from: file, hash: made.hash).digest == made.digest)
      try logs.hear(99)
      try logs.projector().catchUp()
      #expect(try logs.projector().digest().digest == logs.fresh(chain.configuration))
      try BothLogs.with { other in
        try chain.write(to: other.scratch.log)
        let behind = #expect(throws: ProjectionError.self) { try other.projector().importSnapshot(from: file) }
        #expect(Self.reason(behind) == .logBehind(log: "testimony", size: 0, needed: 10))
        for number in UInt64(0)..<12 { try other.hear(number) }
        let foreign = #expect(throws: ProjectionError.self) { try other.projector().importSnapshot(from: file) }
        guard case .otherLog("testimony", 10, _, _) = Self.reason(foreign) else {
          Issue.record("\(String(describing: foreign))")
          return
        }
      }
    }
  }

  @Test("a file with a byte changed, or cut, is refused, and nothing is live or left")
  func damaged() throws {
    let chain = try MiniChain(blockCount: 2)
    try BothLogs.with { logs in
      try chain.write(to: logs.scratch.log)
      let last = chain.blocks[1].header.id
      try logs.scratch.log.append([
        NewRecord(.l1Finalized(L1Finalized(block: last)), at: .observed(at: last.number))
      ])
      try logs.projector().rebuild()
      let file = logs.scratch.dataDirectory.appending("diary.snapshot")
      _ = try logs.projector().exportSnapshot(to: file)
      let before = logs.projector().versions.all
      let bytes = try #require(try Files.read(file))
      let wrong = logs.scratch.dataDirectory.appending("wrong.snapshot")
      var random = SeededGenerator()
      func expectRefused(_ bytes: [UInt8], _ what: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: wrong.string))
        let error = #expect(throws: ProjectionError.self, "\(what)") {
          // All of the file is read before anything is made of it.
          if random.next() % 20 > 0 {
            try SnapshotSource.check(wrong)
          } else {
            _ = try logs.projector().importSnapshot(from: wrong)
          }
        }
        switch Self.reason(error) {
        case .damaged, .noSnapshot: break
        default: Issue.record("\(what): \(String(describing: error))")
        }
      }
      // A sample of beginning, end and rows, all of which one hash covers.
      let sample = (0..<4).map { _ in Int(random.next() % UInt64(bytes.count)) }
      let ends = Array(bytes.indices.prefix(24)) + Array(bytes.indices.suffix(12))
      for index in stride(from: 0, to: ends.count, by: 3).map({ ends[$0] }) + sample {
        var changed = bytes
        changed[index] ^= 1 << UInt8(random.next() % 8)
        try expectRefused(changed, "byte \(index)")
      }
      for length in stride(from: 0, to: bytes.count, by: bytes.count / 4) {
        try expectRefused(Array(bytes[..<length]), "\(length) bytes")
      }
      try expectRefused(bytes + [0], "one byte more")
      #expect(logs.projector().versions.all == before)
      try Data(bytes).write(to: URL(fileURLWithPath: wrong.string))
      #expect(throws: Never.self) { try logs.projector().importSnapshot(from: wrong) }
    }
  }

  @Test("a snapshot of another log, schema or projection, or with another digest than asked for, is refused")
  func foreign() throws {
    let chain = try MiniChain(blockCount: 10)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let file = scratch.dataDirectory.appending("state.snapshot")
      let made = try scratch.projector().exportSnapshot(to: file)
      let again = #expect(throws: ProjectionError.self) { try scratch.projector().exportSnapshot(to: file) }
      #expect(Self.reason(again) == .exists)
      let size = try scratch.log.head().size
      try Self.withCopy(of: chain, 9) { other in
        let error = #expect(throws: ProjectionError.self) { try other.projector().importSnapshot(from: file) }
        let here = try other.log.head().size
        #expect(Self.reason(error) == .logBehind(log: "ledger", size: here, needed: size))
      }
      try Self.withCopy(of: try MiniChain(blockCount: 12, seed: 2), 12) { other in
        let error = #expect(throws: ProjectionError.self) { try other.projector().importSnapshot(from: file) }
        guard case .otherLog("ledger", size, _, made.header.ledgerRoot) = Self.reason(error) else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      let asked = Hash256(1, 2, 3, 4)
      let error = #expect(throws: ProjectionError.self) {
        try scratch.projector().importSnapshot(from: file, digest: asked)
      }
      #expect(Self.reason(error) == .otherDigest(found: made.digest, expected: asked))
      let senders = Projector<SenderIndex>(
        dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
      let other = #expect(throws: ProjectionError.self) { try senders.importSnapshot(from: file) }
      guard case .otherProjection("proposer-state", _, _) = Self.reason(other) else {
        Issue.record("\(String(describing: other))")
        return
      }
      #expect(scratch.versions.live?.sequence == 1, "what was live is live")
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test("rows that are in place of others, with all hashes right, are told by verify, or by a digest from elsewhere")
  func forged() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let right = try scratch.projector().digest().digest
      try scratch.tamper { $0.put(ProposerState.hashes, key: ProposerState.key(77).rawSpan, value: [1].rawSpan) }
      let file = scratch.dataDirectory.appending("state.snapshot")
      _ = try scratch.projector().exportSnapshot(to: file)
      try Self.withCopy(of: chain, 6) { other in
        #expect(throws: ProjectionError.self) { try other.projector().importSnapshot(from: file, digest: right) }
        #expect(other.versions.live == nil)
        _ = try other.projector().importSnapshot(from: file)
        #expect(try !other.projector().verify().agrees)
      }
    }
  }

  @Test("an import that was cut short is not gone on with by a rebuild")
  func cutShort() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      // What a kill leaves before the last step: rows, and no manifest.
      let name = VersionName(sequence: 1, schemaVersion: ProposerState.schemaVersion)
      let directory = scratch.versions.path(of: name)
      try Files.createDirectory(directory)
      let version = try ProjectionVersion(
        directory, tables: ProposerState.tables, mode: .create, durability: .unsynced)
      let batch = WriteBatch()
      batch.put(ProposerState.hashes, key: ProposerState.key(77).rawSpan, value: [1].rawSpan)
      try version.commit(batch, .start)
      #expect(throws: ProjectionError.self) { try scratch.projector().switchTo() }
      try scratch.projector().rebuild()
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }
}
