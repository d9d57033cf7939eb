import EventStore
import Hashing
import LMDB
import Primitives
@testable import ProjectionStore
@testable import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

@Suite("QueryIndex")
struct QueryIndexTests {
  private func projector(_ scratch: Scratch) -> Projector<QueryIndex> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  @Test("on disk it follows every reorg, whatever the batches, and is then what a fresh fold gives")
  func follows() throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<3 {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed &+ round, log: scratch.log)
        let index = projector(scratch)
        var options = Projector<QueryIndex>.Options()
        options.keepsHistory = round == 0
        try index.rebuild(options)
        for salt in UInt64(1)..<40 {
          try play.step(salt)
          if play.random.next() % 6 == 0 { try play.reorganise() }
          if play.random.next() % 8 == 0 { try play.finalize() }
          if play.random.next() % 3 == 0 {
            try index.catchUp(.init(batchSize: Int(play.random.next() % 20) + 1))
            #expect(try index.status().live?.lag == 0)
          }
        }
        try index.catchUp()
        let followed = try index.digest().digest
        #expect(try index.verify().agrees, "seed \(seed) round \(round)")
        try index.rebuild(.init(batchSize: 7), resume: false)
        #expect(try index.digest().digest == followed, "seed \(seed) round \(round)")
        try check(index, play.ledger)
      }
    }
  }

  /// Holds the rows against what derivation made of the ledger.
  private func check(_ index: Projector<QueryIndex>, _ ledger: RollupLedger) throws {
    try index.read { view, _ throws(FoldError) in
      var consumed = Set<UInt64>()
      for case .block(let derived) in ledger.steps {
        let number = derived.block.number
        let row = try QueryIndex.block(number, in: view)
        #expect(row?.place == derived.cursor && row?.isForced == derived.isForced)
        #expect(row?.messageCount == UInt64(derived.messages.count))
        var hashes: [Hash256] = []
        for messageIndex in derived.messages {
          consumed.insert(messageIndex)
          let message = ledger.messages[Int(messageIndex)]
          hashes.append(Keccak256.hash(InboxCall(message).transaction))
          let fate = try QueryIndex.message(messageIndex, in: view)
          #expect(fate?.message == message)
          #expect(fate?.consumed?.block == number && fate?.consumed?.index == UInt64(hashes.count - 1))
          #expect(fate?.consumed?.isForced == derived.isForced)
        }
        hashes += derived.block.transactions.map { Keccak256.hash($0) }
        let malformed = Keccak256.hash(RollupPlay.malformed)
        for (place, hash) in hashes.enumerated() {
          let found = try QueryIndex.inclusions(of: hash, in: view).first {
            $0.block == number && $0.index == UInt64(place)
          }
          let isMessage = place < derived.messages.count
          #expect(found?.transaction.messageIndex == (isMessage ? derived.messages.lowerBound + UInt64(place) : nil))
          switch found?.transaction.outcome {
          case .executed(_, let success, let gasUsed, _): #expect(hash != malformed && success != nil && gasUsed > 0)
          case .invalid(let reason): #expect(hash == malformed && reason == "malformed")
          case nil: Issue.record("block \(number) has no row \(place)")
          }
        }
      }
      for message in ledger.messages where !consumed.contains(message.messageIndex) {
        let row = try QueryIndex.message(message.messageIndex, in: view)
        #expect(row != nil && row?.consumed == nil)
      }
      let sender = try QueryIndex.entries(of: MiniChain.address(50), in: view)
      #expect(sender.count == consumed.count && sender.allSatisfy { $0.roles == .sender })
    }
  }

  @Test("it goes no further than ProposerState has come, and asks for it where there is none")
  func requirement() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(0..<10, to: scratch.log)
      let index = projector(scratch)
      // A rebuild makes what it needs.
      try index.rebuild()
      #expect(try scratch.projector().status().live?.cursor?.l1BlockNumber == 9)
      // Two versions of it stand there.
      try scratch.projector().rebuild()
      try chain.write(10..<20, to: scratch.log)
      // Somebody else is writing the state, and has not come far.
      let lock = try ProjectionError.lock(scratch.versions.directory)
      try index.catchUp()
      #expect(try index.status().live?.cursor?.l1BlockNumber == 9)
      let live = index.versions.live
      try expectBehind { () throws(ProjectionError) in _ = try index.rebuild() }
      #expect(index.versions.live == live, "what is not whole is not published")
      _ = consume lock
      try index.catchUp(.init(batchSize: 3))
      #expect(try index.status().live?.cursor?.l1BlockNumber == 19)
      #expect(try index.verify().agrees)
      try scratch.projector().rollBack()
      try expectBehind { () throws(ProjectionError) in _ = try index.verify() }
      try Files.removeDirectory(scratch.versions.directory)
      let error = #expect(throws: ProjectionError.self) { try index.catchUp() }
      guard case .notBuilt(projection: ProposerState.name) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  private func expectBehind(_ body: () throws(ProjectionError) -> Void) throws {
    let error = #expect(throws: ProjectionError.self, performing: body)
    guard case .requirementBehind(projection: QueryIndex.name, reached: _, of: _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("outputs about a block, and all that happens to them, up to the one that is final")
  func outputs() throws {
    try Scratch.with { scratch in
      var ledger = try RollupLedger()
      func propose(_ index: UInt64, block: UInt64) throws {
        try ledger.add(
          .outputProposed(
            OutputProposed(
              outputIndex: index, outputVersion: 0, outputRoot: Hash256(UInt256(index)), claim: .zero, stateRoot: .zero,
              blockHash: .zero, l2BlockNumber: block, l1Head: ledger.l1Head, parentOutput: nil,
              proposer: MiniChain.address(60), bond: 1)))
      }
      try ledger.beginL1Block()
      try ledger.beginL1Block()
      try ledger.deliverBatch([ledger.block(transactions: [[0xc1, 1]])])
      try ledger.beginL1Block()
      try propose(0, block: 1)
      try ledger.add(
        .disputeGameCreated(
          DisputeGameCreated(gameId: 7, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
      let disputed = ledger
      try ledger.add(.resolved(Resolved(gameId: 7, status: .challengerWins)))
      try ledger.add(.outputsDeleted(OutputsDeleted(prevNextOutputIndex: 1, newNextOutputIndex: 0)))
      try propose(1, block: 1)
      try ledger.beginL1Block(after: 500)
      try ledger.add(.outputFinalized(OutputFinalized(outputIndex: 1, outputRoot: .zero, l2BlockNumber: 1)))
      try propose(2, block: 1)

      try disputed.write(to: scratch.log)
      let index = projector(scratch)
      try index.rebuild()
      try index.read { view, _ throws(FoldError) in
        let outputs = try QueryIndex.outputs(covering: 1, in: view)
        #expect(outputs.map(\.index) == [0] && outputs[0].output.openGame == 7)
        #expect(outputs[0].output.changes.map(\.kind) == [.proposed, .disputed])
        #expect(outputs[0].output.challengeEnd == disputed.l1Time + 100)
        #expect(try QueryIndex.outputs(covering: 2, in: view).isEmpty)
      }
      try ledger.write(to: scratch.log, after: disputed)
      try index.catchUp()
      try index.read { view, _ throws(FoldError) in
        let outputs = try QueryIndex.outputs(covering: 1, in: view)
        #expect(outputs.map(\.index) == [0, 1])
        #expect(outputs[0].output.changes.map(\.kind) == [.proposed, .disputed, .defeated, .deleted])
        #expect(outputs[0].output.isDeleted && outputs[0].output.openGame == nil)
        #expect(outputs[1].output.isFinal)
        #expect(outputs[1].output.changes.last?.at.timestamp == ledger.l1Time)
        #expect(outputs[1].output.changes.last?.at.blockHash == ledger.l1Head.hash)
      }
    }
  }
}

extension RollupLedger {
  /// Appends all facts to a log, or those behind the ones of an earlier copy.
  fileprivate func write(to log: EventLog, after earlier: RollupLedger? = nil) throws {
    var (block, records): (BlockHeader?, [NewRecord]) = (nil, [])
    func flush() throws {
      if let block {
        try log.appendBlock(number: block.number, hash: block.hash, records: records)
      } else if !records.isEmpty {
        try log.append(records)
      }
      (block, records) = (nil, [])
    }
    for fact in facts.dropFirst(earlier?.facts.count ?? 0) {
      if fact.event.kind == .l1BlockAppended {
        try flush()
        block = l1Blocks[Int(fact.coordinates.blockNumber)]
      }
      records.append(NewRecord(fact.event, at: fact.coordinates))
    }
    try flush()
  }
}
