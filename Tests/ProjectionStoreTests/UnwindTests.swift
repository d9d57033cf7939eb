import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import TestSupport
import Testing

/// A rollup's ledger on disk, which an L1 reorganises at random.
private struct Play {
  var random: SeededGenerator
  var ledger: RollupLedger
  var atBlock: [UInt64: RollupLedger] = [:]
  var finalized: UInt64 = 0
  let log: EventLog

  init(seed: UInt64, log: EventLog) throws {
    random = SeededGenerator(seed: seed)
    ledger = try RollupLedger()
    self.log = log
    let first = ledger.facts[0]
    try log.append([NewRecord(first.event, at: first.coordinates)])
    try write()
  }

  /// Appends the newest L1 block.
  private func write() throws {
    let number = ledger.l1Head.number
    let facts = ledger.facts.filter { $0.coordinates.blockNumber == number && $0.event.kind != .chainConfigured }
    try log.appendBlock(
      number: number, hash: ledger.l1Head.hash, records: facts.map { NewRecord($0.event, at: $0.coordinates) })
  }

  /// The next L1 block with something in it.
  mutating func step(_ salt: UInt64) throws {
    atBlock[ledger.l1Head.number] = ledger
    try ledger.beginL1Block(after: random.next() % 10 + 3, salt: salt)
    for _ in 0..<random.next() % 4 {
      switch random.next() % 5 {
      case 0: try ledger.deliverMessage()
      case 1:
        if !ledger.messages.isEmpty { try ledger.force(lastMessage: random.next() % UInt64(ledger.messages.count)) }
      case 2: if let index = ledger.withheld.keys.sorted().first { try ledger.deliverData(of: index) }
      default: try ledger.deliverBatch([ledger.block(transactions: [[0xc1, 1]])], isWithheld: random.next() % 4 == 0)
      }
    }
    try write()
  }

  /// L1 leaves what came after an earlier block that is not final.
  mutating func reorganise() throws {
    let candidates = atBlock.keys.filter { $0 >= finalized && $0 + 5 > ledger.l1Head.number }.sorted()
    guard let back = candidates.randomElement(using: &random), let earlier = atBlock[back] else { return }
    let tip = ledger.l1Head
    try log.appendReorg(oldTip: tip, newTip: earlier.l1Head, commonAncestor: earlier.l1Head)
    ledger = earlier
    atBlock = atBlock.filter { $0.key < back }
  }

  mutating func finalize() throws {
    guard ledger.l1Head.number > finalized + 3 else { return }
    finalized = ledger.l1Head.number - 3
    let hash = ledger.l1Blocks[Int(finalized)].hash
    let event = L1Finalized(block: BlockID(number: finalized, hash: hash))
    try log.append([NewRecord(.l1Finalized(event), at: .observed(at: ledger.l1Head.number))])
  }

  func fresh<P: Projection>(_ type: P.Type) throws -> Hash256 {
    let fold = LiveFold<P>(configuration: ledger.configuration)
    for fact in ledger.facts { try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
    return fold.digest
  }
}

@Suite("Unwinding")
struct UnwindTests {
  private func play<P: Projection>(_ type: P.Type) throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<4 {
      try Scratch.with { scratch in
        var play = try Play(seed: seed &+ round, log: scratch.log)
        let projector = Projector<P>(
          dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
        try projector.rebuild()
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

  @Test("what is final is forgotten, and only that")
  func finality() throws {
    try Scratch.with { scratch in
      var play = try Play(seed: 7, log: scratch.log)
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

  @Test("a projection that cannot take back what L1 left asks for a rebuild")
  func tooDeep() throws {
    try Scratch.with { scratch in
      var play = try Play(seed: 7, log: scratch.log)
      for salt in UInt64(1)..<6 { try play.step(salt) }
      try scratch.projector().rebuild()
      let version = try scratch.projector().openLive(.readWrite)
      try version.commit(WriteBatch(), try #require(try version.cursor()), finalized: 5)
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
