import ChainImport
import EventStore
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import StateTransition
import SystemPackage
import TestSupport
import Testing

@Suite("Sender index")
struct SenderIndexTests {
  /// Runs `body` with the demo chain in a log: signed transfers in most of its blocks.
  private func withDemoChain(_ body: (Scratch, MiniChain) throws -> Void) throws {
    let demo = try DemoChain()
    let chain = MiniChain(configuration: demo.configuration, blocks: demo.blocks)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try body(scratch, chain)
    }
  }

  private func index(_ scratch: Scratch) -> Projector<SenderIndex> {
    Projector(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
  }

  /// Changes every row of the live index behind its back.
  private func tamper(_ scratch: Scratch, _ change: (inout [UInt8]) -> Void) throws {
    let version = try index(scratch).openLive(.readWrite)
    let batch = WriteBatch()
    try version.read { (rows: any TableReader) throws(ProjectionError) in
      do throws(TableReadError) {
        try rows.scan(SenderIndex.senders, from: [UInt8]().rawSpan) { key, row in
          var bytes = row.bytes
          change(&bytes)
          batch.put(SenderIndex.senders, key: key, value: bytes.rawSpan)
          return true
        }
      } catch { throw ProjectionError.damaged(version.directory, "\(error)") }
    }
    try version.commit(batch, try version.cursor() ?? .start)
  }

  @Test("a rebuild of the state makes the index, and comes to the same rows with it and without")
  func sameRows() throws {
    try withDemoChain { scratch, chain in
      var without = Projector<ProposerState>.Options()
      without.usesUpstreams = false
      try scratch.projector().rebuild(without)
      #expect(index(scratch).versions.live == nil)
      let recovered = try scratch.projector().digest()
      for batchSize in [3, 10_000] {
        try scratch.projector().rebuild(.init(batchSize: batchSize))
        #expect(try scratch.projector().digest() == recovered)
      }
      let busy = chain.blocks.count { !$0.transactions.isEmpty }
      #expect(busy > 10)
      #expect(try index(scratch).digest().rowCounts == [.init(table: "senders", rows: busy)])
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test("the index is the same on one processor and on all, and for every batch size")
  func deterministic() throws {
    try withDemoChain { scratch, chain in
      let live = LiveFold<SenderIndex>(configuration: chain.configuration)
      for fact in chain.events { _ = try live.apply(fact) }
      for batchSize in [1, 7, 10_000] {
        try index(scratch).rebuild(.init(batchSize: batchSize))
        #expect(try index(scratch).digest().digest == live.digest)
      }
    }
  }

  @Test(
    "a state is computed with the senders of the index: a wrong one is not recovered again, and its verification tells")
  func wrongSender() throws {
    try withDemoChain { scratch, _ in
      try index(scratch).rebuild()
      try tamper(scratch) { $0[$0.count - 1] ^= 1 }
      let report = try index(scratch).verify()
      #expect(!report.agrees)
      #expect(report.difference?.table == "senders")
      #expect(throws: ProjectionError.self) { try scratch.projector().replay() }
      var without = Projector<ProposerState>.Options()
      without.usesUpstreams = false
      try scratch.projector().replay(without)
    }
  }

  @Test("what is verified is not what the index tells: one with wrong senders accuses nobody else")
  func verifiedWithout() throws {
    try withDemoChain { scratch, _ in
      try scratch.projector().rebuild()
      try tamper(scratch) { $0[$0.count - 1] ^= 1 }
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test(
    "an index that cannot be opened, or one row of which cannot be read, is left out and named; all else is as it was")
  func broken() throws {
    try withDemoChain { scratch, chain in
      func run(_ options: inout Projector<ProposerState>.Options, _ leftOut: @escaping (String) -> Void) {
        options.onLeftOut = { projection, error in
          #expect("\(error)".contains("senders") || "\(error)".contains("data.mdb"), "\(error)")
          leftOut(projection)
        }
      }
      let outputs = UInt64(chain.blocks.count)
      try scratch.projector().rebuild()
      let right = try scratch.projector().digest()
      try tamper(scratch) { $0 = [0xc2, 1] }
      for batchSize in [7, 10_000] {
        var (names, options): ([String], _) = ([], Projector<ProposerState>.Options(batchSize: batchSize))
        run(&options) { names.append($0) }
        #expect(try scratch.projector().replay(options).outputs == outputs, "each is counted once")
        #expect(names == [SenderIndex.name], "batches of \(batchSize)")
        #expect(try scratch.projector().digest() == right)
      }
      let file = index(scratch).versions.path(of: try #require(index(scratch).versions.live)).appending("data.mdb")
      let size = try #require(try Files.status(file)?.size)
      try Files.replace(file, with: [UInt8](repeating: 7, count: size))
      var (names, options): ([String], _) = ([], Projector<ProposerState>.Options())
      run(&options) { names.append($0) }
      try scratch.projector().catchUp(options)
      try scratch.projector().rebuild(options, resume: false)
      #expect(names == [SenderIndex.name, SenderIndex.name])
      #expect(try scratch.projector().digest() == right)
    }
  }

  @Test("while a rebuild reads the index, the same process brings the index up")
  func twoModes() throws {
    let demo = try DemoChain()
    let chain = MiniChain(configuration: demo.configuration, blocks: demo.blocks)
    try Scratch.with { scratch in
      try chain.write(0..<30, to: scratch.log)
      try index(scratch).rebuild()
      var followed: UInt64 = 0
      try scratch.projector().rebuild(
        .init(batchSize: 10) { progress in
          guard followed == 0, progress.position > 50 else { return }
          #expect(throws: Never.self) {
            try chain.write(30..<40, to: scratch.log)
            followed = try index(scratch).catchUp().nextPosition
          }
        })
      #expect(try scratch.log.head().size == followed)
      #expect(try scratch.projector().verify().agrees)
    }
  }

  @Test("a row about another block than the one at its place is not believed")
  func otherBlock() throws {
    try withDemoChain { scratch, _ in
      try scratch.projector().rebuild()
      let right = try scratch.projector().digest()
      // A wrong sender, under the name of a block that is not this one.
      try tamper(scratch) {
        $0[$0.count - 1] ^= 1
        $0[10] ^= 1
      }
      try scratch.projector().replay()
      #expect(try scratch.projector().digest() == right)
    }
  }

  @Test("catching up takes a live index along, and makes none")
  func following() throws {
    let demo = try DemoChain()
    let chain = MiniChain(configuration: demo.configuration, blocks: demo.blocks)
    try Scratch.with { scratch in
      try chain.write(0..<20, to: scratch.log)
      var without = Projector<ProposerState>.Options()
      without.usesUpstreams = false
      try scratch.projector().rebuild(without)
      try chain.write(20..<40, to: scratch.log)
      try scratch.projector().catchUp()
      #expect(index(scratch).versions.live == nil)
      try index(scratch).rebuild()
      try chain.write(40..<chain.blocks.count, to: scratch.log)
      try scratch.projector().catchUp()
      let size = try scratch.log.head().size
      #expect(try index(scratch).digest().cursor.nextPosition == size)
      #expect(try scratch.projector().digest().digest == Scratch.digest(of: chain))
    }
  }

  @Test("a rollup's transactions have their senders in the index, and what nobody can have signed has none")
  func rollup() throws {
    let key = Hash256(0, 0, 0, 8)
    let probe = try Transaction(nonce: 0, gasPrice: 1, gasLimit: 21_000, to: .zero, value: 1).signed(
      by: key, chainID: 99)
    let payer = try #require(probe.signer)
    let configuration = RollupLedger.configuration(
      allocation: [GenesisAccount(address: payer, balance: ForkRules.ether)])
    var ledger = try RollupLedger(configuration: configuration)
    try Scratch.with { scratch in
      for nonce in UInt64(0)..<6 {
        try ledger.beginL1Block(salt: nonce)
        let payment = Transaction(
          nonce: nonce, gasPrice: 1_000_000_000, gasLimit: 21_000, to: MiniChain.address(77), value: 5)
        let signed = try payment.signed(by: key, chainID: nil)
        try ledger.deliverBatch([ledger.block(transactions: [[0xc1, 1], signed.encode()])])
      }
      try write(ledger, to: scratch.log)
      try scratch.projector().rebuild()
      let found = try scratch.projector().digest()
      #expect(try index(scratch).digest().rowCounts == [.init(table: "senders", rows: 6)])
      let fold = LiveFold<ProposerState>(configuration: configuration)
      for fact in ledger.facts { _ = try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
      #expect(found.digest == fold.digest)
      let result = try #require(try ProposerState.result(of: 6, in: fold.view))
      #expect(result.receipts.count == 1)
    }
  }

  private func write(_ ledger: RollupLedger, to log: EventLog) throws {
    try log.append([NewRecord(ledger.facts[0].event, at: ledger.facts[0].coordinates)])
    for header in ledger.l1Blocks {
      let facts = ledger.facts.dropFirst().filter { $0.coordinates.blockNumber == header.number }
      try log.appendBlock(
        number: header.number, hash: header.hash, records: facts.map { NewRecord($0.event, at: $0.coordinates) })
    }
  }
}
