import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import TestSupport
import Testing

@Suite("Unwinding")
struct UnwindTests {
  private func play<P: Projection>(_ type: P.Type, keepingHistory keepsHistory: Bool = false) throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<4 {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed &+ round, log: scratch.log)
        let projector = Projector<P>(
          dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
        var options = Projector<P>.Options()
        options.keepsHistory = keepsHistory
        try projector.rebuild(options)
        for salt in UInt64(1)..<40 {
          try play.step(salt)
          if play.random.next() % 6 == 0 { try play.reorganise() }
          if play.random.next() % 8 == 0 { try play.finalize() }
          if play.random.next() % 3 == 0 {
            try projector.catchUp(.init(batchSize: Int(play.random.next() % 20) + 1))
            #expect(try projector.digest().digest == play.fresh(P.self), "seed \(seed) round \(round) step \(salt)")
          }
        }
        try projector.catchUp()
        #expect(try projector.digest().digest == play.fresh(P.self), "seed \(seed) round \(round)")
        #expect(try projector.verify().agrees)
      }
    }
  }

  @Test("ProposerState on disk follows every reorg, and is then what a fresh fold gives")
  func proposerState() throws { try play(ProposerState.self) }

  @Test("ChallengerView on disk follows every reorg, and is then what a fresh fold gives")
  func challengerView() throws { try play(ChallengerView.self) }

  @Test("SenderIndex on disk follows every reorg, and is then what a fresh fold gives")
  func senderIndex() throws { try play(SenderIndex.self) }

  @Test("an archive follows every reorg too, and has then the history that a fresh fold leaves")
  func archives() throws {
    try play(ProposerState.self, keepingHistory: true)
    try play(ChallengerView.self, keepingHistory: true)
    try play(SenderIndex.self, keepingHistory: true)
  }

  @Test("what is reorganised here changes accounts and slots in every way")
  func traffic() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 7, log: scratch.log)
      let (before, accounts) = (try play.rows(of: ProposerState.storage), try play.rows(of: ProposerState.accounts))
      for salt in UInt64(1)..<40 { try play.step(salt) }
      let after = try play.rows(of: ProposerState.storage)
      #expect(after.keys.contains { before[$0] == nil }, "slots are written")
      #expect(before.contains { (after[$0.key] ?? $0.value) != $0.value }, "slots are changed")
      #expect(before.keys.contains { after[$0] == nil }, "slots are cleared")
      let accountsAfter = try play.rows(of: ProposerState.accounts)
      #expect(accounts.keys.contains { accountsAfter[$0] == nil }, "contracts are destroyed")
      #expect(accountsAfter.keys.contains { accounts[$0] == nil }, "accounts are made")
    }
  }

  @Test("what is final is forgotten, and only that")
  func finality() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 7, log: scratch.log)
      for salt in UInt64(1)..<12 { try play.step(salt) }
      try scratch.projector().rebuild()
      try play.finalize()
      try play.step(99)
      try scratch.projector().catchUp()
      let version = try scratch.projector().openLive(.readOnly)
      for number in UInt64(0)...12 {
        #expect((try version.journalHeader(number) != nil) == (number > play.finalized), "L1 block \(number)")
      }
    }
  }

  @Test("nothing stands behind a block that L1 has left, whatever has come in its place since it was looked for")
  func behindBlock() throws {
    let old = try MiniChain(blockCount: 20)
    let new = try MiniChain(blockCount: 20, branchedAt: 15)
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      let (kept, left) = (old.blocks[14].header.id, old.blocks[17].header.id)
      let before = try #require(try scratch.log.cursor(behind: left))
      #expect(before.nextPosition == (try scratch.log.block(17)?.positions.upperBound.rawValue))
      #expect(before.l1Block == left && before.skippedRecords == 0)
      #expect(before.lastLeafHash == (try scratch.log.leafHash(at: Position(before.nextPosition - 1))))
      try scratch.log.appendReorg(
        oldTip: old.blocks[19].header.id, newTip: new.blocks[19].header.id, commonAncestor: kept)
      #expect(try scratch.log.cursor(behind: left) == nil, "no block has its height")
      try new.write(15..<20, to: scratch.log)
      #expect(try scratch.log.cursor(behind: left) == nil, "another block has its height")
      #expect(try scratch.log.cursor(behind: kept)?.skippedRecords == 0)
      let after = try #require(try scratch.log.cursor(behind: new.blocks[17].header.id))
      #expect(after.skippedRecords == 5 * 4, "four records of each block that L1 has left")
    }
  }

  @Test("every block that is not final can be taken back, before anything is final and after a reorganisation too")
  func journalIsWhole() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 7, log: scratch.log)
      for salt in UInt64(1)..<6 { try play.step(salt) }
      try scratch.projector().rebuild()
      #expect(try scratch.projector().firstBlockWithoutJournal() == nil)
      try play.reorganise(depth: 2)
      let status = try #require(try scratch.projector().status().live)
      #expect(status.problem == nil && status.revoked ?? 0 > 0, "it can follow L1, and will")
      #expect(try scratch.projector().firstBlockWithoutJournal() == nil)
      try play.step(99)
      try scratch.projector().catchUp()
      #expect(try scratch.projector().status().live?.revoked == 0)
      #expect(try scratch.projector().firstBlockWithoutJournal() == nil)
      let version = try scratch.projector().openLive(.readWrite)
      try version.commit(WriteBatch(), try #require(try version.cursor()), forgettingThrough: 2)
      #expect(try scratch.projector().firstBlockWithoutJournal() == 1)
      try play.reorganise(depth: 3)
      #expect(try scratch.projector().status().live?.problem?.contains("must be rebuilt") == true)
    }
  }

  @Test("a log that begins behind the block that is final has a journal for all that L1 can leave")
  func journalBehindFirstBlock() throws {
    let chain = try MiniChain(blockCount: 10)
    try Scratch.with { scratch in
      try chain.write(5..<10, to: scratch.log)
      try scratch.log.append([
        NewRecord(.l1Finalized(L1Finalized(block: chain.blocks[2].header.id)), at: .observed(at: 9))
      ])
      let projector = Projector<SenderIndex>(
        dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
      try projector.rebuild()
      #expect(try projector.firstBlockWithoutJournal() == nil)
      let version = try projector.openLive(.readWrite)
      try version.commit(WriteBatch(), try #require(try version.cursor()), forgettingThrough: 7)
      #expect(try projector.firstBlockWithoutJournal() == 6)
    }
  }

  @Test("a projection that cannot take back what L1 left asks for a rebuild")
  func tooDeep() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 7, log: scratch.log)
      for salt in UInt64(1)..<6 { try play.step(salt) }
      try scratch.projector().rebuild()
      let version = try scratch.projector().openLive(.readWrite)
      try version.commit(WriteBatch(), try #require(try version.cursor()), forgettingThrough: 5)
      play.atBlock = play.atBlock.filter { $0.key == 3 }
      try play.reorganise()
      let error = #expect(throws: ProjectionError.self) { try scratch.projector().catchUp() }
      guard case .rebuildRequired = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try scratch.projector().rebuild()
      #expect(try scratch.projector().digest().digest == play.fresh(ProposerState.self))
    }
  }
}
