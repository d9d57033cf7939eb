import Primitives
import Projections
import Rollup
import StateTransition
import TestSupport
import Testing

/// Verdicts on the outputs of a rollup, and what a challenger sees of games.
@Suite("Verdicts and games")
struct VerdictTests {
  private func view<P: Projection>(_ ledger: RollupLedger, _ type: P.Type) throws -> ProjectionView {
    let fold = LiveFold<P>(configuration: ledger.configuration)
    for fact in ledger.facts { try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event)) }
    return fold.view
  }

  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block(origin: 0)])
    try ledger.beginL1Block()
    return ledger
  }

  private func honest(_ ledger: RollupLedger, index: UInt64 = 0) throws -> OutputProposed {
    let view = try view(ledger, ProposerState.self)
    let number = ledger.derivation.head.number
    let result = try #require(try ProposerState.result(of: number, in: view))
    let claim = try #require(result.claim)
    return OutputProposed(
      outputIndex: index, outputVersion: 0, outputRoot: claim.outputRoot, claim: claim.hash,
      stateRoot: result.stateRoot, blockHash: result.computedHash, l2BlockNumber: number, l1Head: ledger.l1Head,
      parentOutput: nil, proposer: MiniChain.address(60), bond: 1000)
  }

  private func judgement(_ ledger: RollupLedger, _ output: OutputProposed) throws -> OutputVerdict {
    var ledger = ledger
    try ledger.add(.outputProposed(output))
    return try #require(try ProposerState.verdict(on: output.outputIndex, in: try view(ledger, ProposerState.self)))
  }

  @Test("an honest output agrees, and each changed field is named")
  func fields() throws {
    let ledger = try ledger()
    let output = try honest(ledger)
    let verdict = try judgement(ledger, output)
    #expect(verdict.judgement == .agrees)
    #expect(verdict.l1Block == ledger.l1Head)
    let changes: [(String, (inout OutputProposed) -> Void)] = [
      ("outputVersion", { $0.outputVersion = 1 }), ("outputRoot", { $0.outputRoot = .zero }),
      ("claim", { $0.claim = .zero }), ("stateRoot", { $0.stateRoot = .zero }),
      ("blockHash", { $0.blockHash = .zero }), ("l2BlockNumber", { $0.l2BlockNumber += 1 }),
    ]
    for (field, change) in changes {
      var wrong = output
      change(&wrong)
      let verdict = try judgement(ledger, wrong)
      #expect(verdict.judgement == .disagrees)
      #expect(verdict.differences.map(\.field) == [field])
    }
  }

  @Test("an output that names a block before its data was on L1 claims what was not derivable")
  func beforeTheData() throws {
    let ledger = try ledger()
    var output = try honest(ledger)
    output.l1Head = BlockID(number: 0, hash: ledger.l1Blocks[0].hash)
    #expect(try judgement(ledger, output).judgement == .disagrees)
    output.l1Head = BlockID(number: 1, hash: .zero)
    #expect(try judgement(ledger, output).judgement == .notDerivableAtL1Head)
  }

  @Test("behind missing data nothing is derivable, so an output there is wrong, whether or not the data comes")
  func missingData() throws {
    var ledger = try ledger()
    var future = ledger
    let block = ledger.block(origin: 1)
    try future.deliverBatch([block])
    var output = try honest(future)
    try ledger.deliverBatch([block], isWithheld: true)
    output.l1Head = ledger.l1Head
    try ledger.add(.outputProposed(output))
    func verdict(_ ledger: RollupLedger) throws -> OutputJudgement? {
      try ProposerState.verdict(on: 0, in: try view(ledger, ProposerState.self))?.judgement
    }
    #expect(try verdict(ledger) == .disagrees)
    try ledger.beginL1Block()
    try ledger.deliverData(of: 2)
    // What the output's L1 head did not have is not part of what it may claim.
    #expect(try verdict(ledger) == .disagrees)
    // The same claim with an L1 head that has the data is another matter.
    output.outputIndex = 1
    output.l1Head = ledger.l1Head
    try ledger.add(.outputProposed(output))
    #expect(
      try ProposerState.verdict(on: 1, in: try view(ledger, ProposerState.self))?.judgement == .agrees)
  }

  @Test("an output whose L1 head the ledger has not reached cannot be judged")
  func shortLedger() throws {
    let ledger = try ledger()
    var output = try honest(ledger)
    output.l1Head.number += 1
    #expect(try judgement(ledger, output).judgement == .insufficientData)
  }

  @Test("outputs, games, claims, clocks and accounts are as the events say")
  func games() throws {
    var ledger = try ledger()
    let proposer = MiniChain.address(60)
    let challenger = MiniChain.address(61)
    try ledger.add(.outputProposed(try honest(ledger)))
    try ledger.add(.bondDeposited(BondDeposited(account: proposer, cause: .output(0), amount: 1000)))
    try ledger.add(.bondLocked(BondLocked(account: proposer, cause: .output(0), amount: 1000)))
    let proposed = ledger.l1Time
    try ledger.beginL1Block(after: 10)
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: challenger, bond: 1000)))
    try move(&ledger, claimIndex: 1, parentIndex: 0, position: GamePosition(2))
    let began = ledger.l1Time
    try ledger.beginL1Block(after: 7)
    try move(&ledger, claimIndex: 2, parentIndex: 1, position: GamePosition(4))
    try ledger.beginL1Block(after: 9)
    try move(&ledger, claimIndex: 3, parentIndex: 2, position: GamePosition(8))
    let view = try view(ledger, ChallengerView.self)
    let fold = ChallengerView(configuration: ledger.configuration)
    #expect(try ChallengerView.openOutputs(in: view) == [0])
    #expect(try ChallengerView.openGames(in: view) == [0])
    let output = try #require(try ChallengerView.output(0, in: view))
    #expect(output.challengeEnd == proposed + 100)
    #expect(output.game == 0)
    let claims = try ChallengerView.claims(of: 0, in: view)
    #expect(claims.map(\.parentIndex) == [nil, 0, 1, 2])
    #expect(claims.map(\.duration) == [0, 0, 7, 9])
    // Who answers claim 3 is the side of claim 2, which had used 7 seconds.
    #expect(try fold.usedTime(toAnswer: 3, of: 0, at: ledger.l1Time + 5, in: view) == 12)
    #expect(try fold.deadline(toAnswer: 3, of: 0, in: view) == ledger.l1Time + 43)
    #expect(try fold.deadline(toAnswer: 0, of: 0, in: view) == began + 50)
    #expect(try ChallengerView.account(proposer, in: view).locked == 1000)
  }

  @Test("of several answers that stand each has to be answered in time; one that falls can rise again while its own is")
  func outlook() throws {
    var ledger = try ledger()
    try ledger.add(.outputProposed(try honest(ledger)))
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(
          gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1000)))
    let began = ledger.l1Time
    func outlook(_ ledger: RollupLedger, at now: UInt64) throws -> GameOutlook? {
      let view = try view(ledger, ChallengerView.self)
      return try ChallengerView(configuration: ledger.configuration).outlook(ofGame: 0, now: now, in: view)
    }
    func expect(
      _ winner: GameStatus, until end: UInt64?, at now: UInt64, _ location: SourceLocation = #_sourceLocation
    ) throws {
      let outlook = try outlook(ledger, at: now)
      #expect(outlook?.winner == winner, sourceLocation: location)
      #expect(outlook?.answerableUntil == end, sourceLocation: location)
    }
    // A clock has 50 seconds.
    try expect(.defenderWins, until: began + 50, at: began)
    try move(&ledger, claimIndex: 1, parentIndex: 0, position: GamePosition(2))
    try ledger.beginL1Block(after: 40)
    try move(&ledger, claimIndex: 2, parentIndex: 0, position: GamePosition(2), claim: Hash256(1, 2, 3, 4))
    // The first attack has to be answered within 10 seconds more; that the second has 50 helps nobody behind them.
    try expect(.challengerWins, until: began + 50, at: began + 49)
    try expect(.challengerWins, until: nil, at: began + 50)
    // One attack that is answered leaves the other one.
    try move(&ledger, claimIndex: 3, parentIndex: 1, position: GamePosition(4))
    try expect(.challengerWins, until: began + 90, at: began + 50)
    // Both are: then either can be made to stand again, or the root, as long as its own time is not over, be attacked anew.
    try ledger.beginL1Block(after: 5)
    try move(&ledger, claimIndex: 4, parentIndex: 2, position: GamePosition(4))
    // Claim 3 is answered on claim 1's clock, of which nothing was used; claim 4 on claim 2's, of which 40 seconds were.
    try expect(.defenderWins, until: began + 90, at: began + 54)
    try ledger.add(.claimResolved(ClaimResolved(gameId: 0, claimIndex: 3, counteredBy: .zero)))
    try expect(.defenderWins, until: began + 55, at: began + 54)
    try ledger.add(.claimResolved(ClaimResolved(gameId: 0, claimIndex: 4, counteredBy: .zero)))
    try expect(.defenderWins, until: began + 50, at: began + 49)
    try expect(.defenderWins, until: nil, at: began + 54)
  }

  @Test("what a game ends with")
  func endings() throws {
    var ledger = try ledger()
    let proposer = MiniChain.address(60)
    let challenger = MiniChain.address(61)
    try ledger.add(.outputProposed(try honest(ledger)))
    try ledger.add(.bondLocked(BondLocked(account: proposer, cause: .output(0), amount: 1000)))
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: challenger, bond: 1000)))
    try move(&ledger, claimIndex: 1, parentIndex: 0, position: GamePosition(2))
    try ledger.add(
      .stepProven(
        StepProven(
          gameId: 0, claimIndex: 0, preState: .zero, postState: .zero, witnessHash: .zero, prover: challenger,
          verifier: .zero)))
    try ledger.add(.claimResolved(ClaimResolved(gameId: 0, claimIndex: 1, counteredBy: .zero)))
    try ledger.add(.claimResolved(ClaimResolved(gameId: 0, claimIndex: 0, counteredBy: challenger)))
    try ledger.add(.resolved(Resolved(gameId: 0, status: .challengerWins)))
    try ledger.add(
      .bondSlashed(BondSlashed(account: proposer, cause: .output(0), amount: 1000, beneficiary: challenger)))
    try ledger.add(.rewardPaid(RewardPaid(account: challenger, cause: .output(0), amount: 1000)))
    try ledger.add(.outputsDeleted(OutputsDeleted(prevNextOutputIndex: 1, newNextOutputIndex: 0)))
    try ledger.add(.creditClaimed(CreditClaimed(account: challenger, amount: 400, beneficiary: challenger)))
    let view = try view(ledger, ChallengerView.self)
    #expect(try ChallengerView.openOutputs(in: view).isEmpty)
    #expect(try ChallengerView.openGames(in: view).isEmpty)
    #expect(try ChallengerView.output(0, in: view)?.status == .deleted)
    #expect(try ChallengerView.game(0, in: view)?.status == .challengerWins)
    let claims = try ChallengerView.claims(of: 0, in: view)
    #expect(claims.map(\.counteredBy) == [challenger, .zero])
    #expect(claims.map(\.isDisproven) == [true, false])
    let loser = try ChallengerView.account(proposer, in: view)
    #expect((loser.locked, loser.slashed) == (0, 1000))
    let winner = try ChallengerView.account(challenger, in: view)
    #expect((winner.credit, winner.rewards, winner.paidOut) == (600, 1000, 400))
  }

  private func move(
    _ ledger: inout RollupLedger, claimIndex: UInt64, parentIndex: UInt64, position: GamePosition,
    claim: Hash256 = .zero
  ) throws {
    try ledger.add(
      .move(
        Move(
          gameId: 0, claimIndex: claimIndex, parentIndex: parentIndex, position: position, claim: claim,
          claimant: MiniChain.address(61), isAttack: true, bond: 20)))
  }
}
