import EVM
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
      let lock = try ProjectionError.lock(scratch.versions.directory, .writer)
      try index.catchUp()
      #expect(try index.status().live?.cursor?.l1BlockNumber == 9)
      let live = index.versions.live
      var impatient = Projector<QueryIndex>.Options()
      impatient.lockPatience = .milliseconds(30)
      try expectBehind { () throws(ProjectionError) in _ = try index.rebuild(impatient) }
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
        try ledger.add(.outputProposed(ledger.wrongOutput(index, block: block)))
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
      try ledger.add(
        .claimResolved(ClaimResolved(gameId: 7, claimIndex: 0, counteredBy: MiniChain.address(61))))
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

  @Test("a game that decided nothing is not told as lost: its output went with another, or the guardian took it out")
  func undecidedGames() throws {
    try Scratch.with { scratch in
      var ledger = try RollupLedger()
      try ledger.beginL1Block()
      try ledger.beginL1Block()
      try ledger.deliverBatch([ledger.block(transactions: [[0xc1, 1]])])
      try ledger.beginL1Block()
      for index in UInt64(0)..<3 {
        try ledger.add(.outputProposed(ledger.wrongOutput(index, block: 1)))
        try ledger.add(
          .disputeGameCreated(
            DisputeGameCreated(
              gameId: index, outputIndex: index, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
      }
      // What a contract emits when the guardian takes out game 0, and output 1 had built on output 0; and an honest end.
      try ledger.add(.gameBlacklisted(GameBlacklisted(gameId: 0)))
      try ledger.add(.resolved(Resolved(gameId: 0, status: .challengerWins)))
      try ledger.add(.resolved(Resolved(gameId: 1, status: .challengerWins)))
      try ledger.add(.outputsDeleted(OutputsDeleted(prevNextOutputIndex: 2, newNextOutputIndex: 0)))
      try ledger.add(.claimResolved(ClaimResolved(gameId: 2, claimIndex: 0, counteredBy: .zero)))
      try ledger.add(.resolved(Resolved(gameId: 2, status: .defenderWins)))
      try ledger.write(to: scratch.log)
      let index = projector(scratch)
      try index.rebuild()
      try index.read { view, _ throws(FoldError) in
        let outputs = try QueryIndex.outputs(covering: 1, in: view).map(\.output)
        #expect(outputs[0].changes.map(\.kind) == [.proposed, .disputed, .blacklisted, .deleted])
        #expect(outputs[1].changes.map(\.kind) == [.proposed, .disputed, .cancelled, .deleted])
        #expect(outputs[2].changes.map(\.kind) == [.proposed, .disputed, .defended])
        #expect(outputs.allSatisfy { $0.openGame == nil })
      }
      let challenges = LiveFold<ChallengerView>(configuration: ledger.configuration)
      for fact in ledger.facts { try challenges.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
      let outcomes = try (UInt64(0)..<3).map { id in
        try ChallengerView.outcome(
          of: id, try #require(try ChallengerView.game(id, in: challenges.view)), in: challenges.view)
      }
      #expect(outcomes == [.blacklisted, .cancelled, .defenderWins])
    }
  }

  @Test("a contract that a deposit makes is listed under its address; what has no nonce has none")
  func depositedContract() throws {
    try Scratch.with { scratch in
      var ledger = try RollupLedger()
      try ledger.deliverMessage()
      // Init code that leaves one byte, STOP, as code; then one that reverts.
      for code in [[0x60, 0x01, 0x60, 0x00, 0xf3], [0x60, 0x00, 0x60, 0x00, 0xfd]] as [[UInt8]] {
        try ledger.deliverMessage(data: code, makesContract: true)
      }
      try ledger.beginL1Block()
      try ledger.beginL1Block()
      try ledger.deliverBatch([ledger.block(transactions: [RollupPlay.malformed])])
      try ledger.beginL1Block()
      try ledger.write(to: scratch.log)
      let index = projector(scratch)
      try index.rebuild()
      let sender = MiniChain.address(50)
      try index.read { view, _ throws(FoldError) in
        // The deposit before it has used nonce 0.
        let made = ContractAddress.create(sender: sender, nonce: 1)
        let entries = try QueryIndex.entries(of: made, in: view)
        #expect(entries.map(\.roles) == [.created])
        let hash = Keccak256.hash(InboxCall(ledger.messages[1]).transaction)
        #expect(entries.first?.hash == hash)
        let inclusion = try QueryIndex.inclusions(of: hash, in: view).first
        #expect(inclusion?.transaction.contract == made && inclusion?.transaction.nonce == nil)
        let failed = ContractAddress.create(sender: sender, nonce: 2)
        #expect(try QueryIndex.entries(of: failed, in: view).isEmpty)
        let nothing = try QueryIndex.inclusions(of: Keccak256.hash(RollupPlay.malformed), in: view).first
        #expect(nothing != nil && nothing?.transaction.nonce == nil)
      }
      try scratch.projector().read { view, place throws(FoldError) in
        let account = try ProposerState.account(ContractAddress.create(sender: sender, nonce: 1), in: view)
        #expect(account?.hasCode == true)
      }
      #expect(try index.verify().agrees)
    }
  }
}
