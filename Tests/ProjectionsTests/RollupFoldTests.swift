import Hashing
import Primitives
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

/// The folds of a rollup over random ledgers that an L1 reorganises.
@Suite("Folds of a rollup")
struct RollupFoldTests {
  private func configuration() -> ChainConfiguration {
    RollupLedger.configuration(allocation: [GenesisAccount(address: MiniChain.address(50), balance: 1_000_000)])
  }

  /// Adds one random thing to a ledger: L1 blocks, messages, batches with and without data, forced inclusions, outputs.
  private func act(_ ledger: inout RollupLedger, _ random: inout SeededGenerator, salt: UInt64) throws {
    switch random.next() % 9 {
    case 0...2: try ledger.beginL1Block(after: random.next() % 10 + 3, salt: salt)
    case 3: try ledger.deliverMessage()
    case 4:
      if !ledger.messages.isEmpty, ledger.l1Head.number > 0 {
        try ledger.force(lastMessage: random.next() % UInt64(ledger.messages.count))
      }
    case 5: if let index = ledger.withheld.keys.sorted().first { try ledger.deliverData(of: index) }
    case 6: try propose(&ledger, &random)
    default:
      var block = ledger.block(transactions: [[0xc2, UInt8(random.next() % 100) + 1, 7]])
      if random.next() % 5 == 0 { block.timestamp = 0 }
      let next = ledger.block(after: OrderHead(block), origin: block.l1Origin.number)
      try ledger.deliverBatch([block, next], isWithheld: random.next() % 4 == 0)
    }
  }

  private func propose(_ ledger: inout RollupLedger, _ random: inout SeededGenerator) throws {
    let index = UInt64(ledger.facts.count { $0.event.kind == .outputProposed })
    let output = OutputProposed(
      outputIndex: index, outputVersion: 0, outputRoot: Hash256(UInt256(random.next())), claim: .zero,
      stateRoot: .zero, blockHash: .zero, l2BlockNumber: ledger.derivation.head.number + random.next() % 2,
      l1Head: BlockID(number: ledger.l1Head.number, hash: ledger.l1Head.hash), parentOutput: nil,
      proposer: MiniChain.address(60), bond: 1000)
    try ledger.add(.outputProposed(output))
    try ledger.add(.bondLocked(BondLocked(account: MiniChain.address(60), cause: .output(index), amount: 1000)))
    let game = UInt64(ledger.facts.count { $0.event.kind == .disputeGameCreated })
    switch random.next() % 3 {
    case 0: try ledger.add(.outputFinalized(OutputFinalized(outputIndex: index, outputRoot: .zero, l2BlockNumber: 1)))
    case 1:
      try ledger.add(
        .disputeGameCreated(
          DisputeGameCreated(
            gameId: game, outputIndex: index, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1000)))
      try ledger.add(
        .move(
          Move(
            gameId: game, claimIndex: 1, parentIndex: 0, position: GamePosition(2), claim: .zero,
            claimant: MiniChain.address(61), isAttack: true, bond: 20)))
    default: break
    }
  }

  private func fresh<P: Projection>(_ ledger: RollupLedger, as: P.Type) throws -> LiveFold<P> {
    let fold = LiveFold<P>(configuration: ledger.configuration)
    for fact in ledger.facts { try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
    return fold
  }

  /// Plays a history with reorgs into a live fold, and compares it with a fresh one along the way.
  private func play<P: Projection>(_ type: P.Type, rounds: Int) throws {
    var random = SeededGenerator()
    for round in 0..<UInt64(rounds) {
      var ledger = try RollupLedger(configuration: configuration())
      let live = LiveFold<P>(configuration: ledger.configuration)
      var fed = 0
      var atBlock: [UInt64: RollupLedger] = [:]
      for step in 0..<60 {
        if random.next() % 12 == 0, let back = atBlock.keys.sorted().suffix(4).randomElement(using: &random) {
          // The L1 leaves everything after block `back`.
          ledger = atBlock[back] ?? ledger
          atBlock = atBlock.filter { $0.key < back }
          live.unwind(toL1Block: back)
          fed = ledger.facts.count
          #expect(live.digest == (try fresh(ledger, as: P.self).digest), "seed \(random.seed) round \(round)")
        }
        let number = ledger.l1Head.number
        let before = ledger
        try act(&ledger, &random, salt: round * 1000 + UInt64(step))
        if ledger.l1Head.number > number { atBlock[number] = before }
        for fact in ledger.facts[fed...] { try live.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
        fed = ledger.facts.count
      }
      #expect(live.digest == (try fresh(ledger, as: P.self).digest), "seed \(random.seed) round \(round)")
    }
  }

  @Test("ProposerState after reorgs is a fresh fold of what L1 has, byte for byte")
  func proposerState() throws { try play(ProposerState.self, rounds: 8) }

  @Test("ChallengerView after reorgs is a fresh fold of what L1 has, byte for byte")
  func challengerView() throws { try play(ChallengerView.self, rounds: 12) }

  @Test("a fold stops at whatever stands between a batch and its blocks")
  func cutBatch() throws {
    var ledger = try RollupLedger(configuration: configuration())
    try ledger.beginL1Block()
    let fold = try fresh(ledger, as: ChallengerView.self)
    let place = L1Coordinates(blockNumber: 1, transactionIndex: 0, logIndex: 1)
    let batch = SequencerBatchDelivered(
      batchIndex: 1, beforeAcc: .zero, afterAcc: BatchData.accumulator(after: .zero, dataHash: .zero), firstBlock: 1,
      lastBlock: 1, messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: .zero, dataLocation: .event,
      data: .present)
    let bond = BondLocked(account: MiniChain.address(60), cause: .output(0), amount: 1)
    try fold.apply(Fact(coordinates: place, event: .bondLocked(bond)))
    try fold.apply(Fact(coordinates: place, event: .sequencerBatchDelivered(batch)))
    let error = try #require(throws: FoldError.self) {
      try fold.apply(Fact(coordinates: place, event: .bondLocked(bond)))
    }
    guard case .derivation(.batchIncomplete(batchIndex: 1, missingFrom: 0)) = error else {
      Issue.record("another error: \(error)")
      return
    }
  }

  @Test("a digest is equal for ledgers that are equal, and only for those")
  func sensitivity() throws {
    var ledger = try RollupLedger(configuration: configuration())
    try ledger.beginL1Block()
    var other = ledger
    try ledger.deliverMessage()
    try other.deliverMessage(mint: 2)
    #expect(try fresh(ledger, as: ChallengerView.self).digest != fresh(other, as: ChallengerView.self).digest)
  }

  @Test("the block that derivation finds is the block that the steps of a dispute end with")
  func execution() throws {
    var ledger = try RollupLedger(configuration: configuration())
    try ledger.beginL1Block()
    try ledger.deliverMessage(mint: 77)
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block(origin: 0, transactions: [[0xc2, 2, 3]])])
    try ledger.deliverBatch([ledger.block(origin: 1, messages: 1)])
    let view = try fresh(ledger, as: ProposerState.self).view
    let result = try #require(try ProposerState.result(of: 2, in: view))
    #expect(result.receipts.count == 1)
    #expect(result.claim?.messagesConsumed == 1)
    #expect(result.claim?.parentOrder == ledger.derivation.head.order)
    #expect(result.claim?.l1OriginHash == ledger.l1Blocks[1].hash)
    #expect(result.batchIndex == 2)
    let first = try #require(try ProposerState.result(of: 1, in: view))
    #expect(first.receipts.isEmpty, "bytes that are no transaction have no place in the executed block")
    #expect(result.header.parentHash == first.header.hash)
    let safe = try #require(try ProposerState.order.safeHead(atL1Block: 2, in: view))
    #expect(safe.head.number == 2)
    #expect(try ProposerState.order.safeHead(atL1Block: 1, in: view)?.head.number == 0)
  }
}
