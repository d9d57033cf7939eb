import L1
import Primitives
import Roles
import Rollup
import Settlement
import TestSupport
import Testing

@Suite("Challenger")
struct ChallengerTests {
  /// Three blocks of L2, of which an output is claimed.
  private static func world() throws -> RoleWorld {
    var world = try RoleWorld()
    try world.makeBlocks(3)
    return world
  }

  /// What is true after a block, as an output.
  private static func output(_ world: RoleWorld, _ number: UInt64) throws -> OutputSubmission {
    let result = try #require(world.view.result(of: number))
    return OutputSubmission(
      stateRoot: result.header.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: result.header.hash, l2BlockNumber: number, parentOrder: result.claim.parentOrder,
      l1OriginHash: result.claim.l1OriginHash, batchIndex: result.claim.batchIndex,
      indexInBatch: result.claim.indexInBatch, messagesConsumed: result.claim.messagesConsumed,
      l1Head: world.finalized, parentOutput: nil, parentLineage: world.view.lineage(ofOutput: nil))
  }

  /// An output of the liar about the third block, whose state is not what it says.
  private static func proposeWrong(_ world: inout RoleWorld) throws -> OutputSubmission {
    var output = try output(world, 3)
    output.stateRoot = Hash256(0, 0, 0, 666)
    world.send(.proposeOutput(output), from: RoleWorld.liar, value: 10_000)
    try world.mine()
    return output
  }

  /// Plays until nobody wants anything, and holds the honest player's conduct against the board at every L1 block.
  private static func play(_ world: inout RoleWorld, _ lie: Lie, blocks: Int = 90) throws {
    let honest = Challenger(account: RoleWorld.honest)
    let liar = Challenger(account: RoleWorld.liar, lie: lie)
    for _ in 0..<blocks {
      // The liar's moves come first, so that the honest answers are due one block later.
      world.send(liar.intents(world.view, archive: world.archive), from: RoleWorld.liar)
      try world.mine()
      world.send(honest.intents(world.view, archive: world.archive), from: RoleWorld.honest)
      try world.mine()
      for failure in world.failures { Issue.record("the honest player was refused: \(failure)") }
      checkBoard(world)
    }
  }

  /// Every claim of the liar has been answered by the honest player, and no claim of its own by itself.
  private static func checkBoard(_ world: RoleWorld) {
    for game in world.view.games where game.status == .inProgress {
      for (index, claim) in game.claims.enumerated() {
        let answers = game.claims.filter { $0.parentIndex == UInt64(index) && $0.claimant == RoleWorld.honest }
        if claim.claimant == RoleWorld.honest {
          #expect(answers.isEmpty, "claim \(index) is its own")
        } else {
          let isAnswered = !answers.isEmpty || claim.isRefuted || claim.isResolved
          #expect(isAnswered, "claim \(index) at \(claim.position) of a liar stands unanswered")
        }
      }
    }
  }

  private static let lies: [(block: UInt64, step: UInt64)] = (1...3 as ClosedRange<UInt64>).flatMap { block in
    (0...3 as ClosedRange<UInt64>).map { (block, $0) }
  }

  @Test(
    "every move of a wrong output's defender is countered, wherever it goes wrong, and the output falls",
    arguments: lies)
  func wrongOutput(lie: (block: UInt64, step: UInt64)) throws {
    var world = try Self.world()
    let output = try Self.proposeWrong(&world)
    try Self.play(&world, Lie(block: lie.block, step: lie.step, claim: output.claim.hash))
    #expect(world.view.outputs.map(\.status) == [.deleted])
    #expect(world.rules.isSuperset(of: [.disputeOutput, .attackClaim, .proveStep, .resolveClaim, .claimCredit]))
    let gained = world.chain.balance(of: RoleWorld.honest)
    #expect(gained >= 1_000_000_000 - 5 + 10_000, "the honest challenger has the output's bond")
  }

  @Test(
    "every move against a right output is countered, wherever it goes wrong, and the output stands", arguments: lies)
  func rightOutput(lie: (block: UInt64, step: UInt64)) throws {
    var world = try Self.world()
    let output = try Self.output(world, 3)
    world.send(.proposeOutput(output), from: RoleWorld.honest, value: 10_000)
    try world.mine()
    try Self.play(&world, Lie(block: lie.block, step: lie.step, claim: Hash256(0, 0, 0, 777)))
    #expect(world.view.games.map(\.status) == [.defenderWins])
    #expect(world.view.outputs.map(\.status) == [.final])
    #expect(world.chain.balance(of: RoleWorld.honest) >= 1_000_000_000 - 5, "nothing honest is lost")
  }

  @Test(
    "a liar's second account that answers the lies first, with what nobody stands by, saves no bond", arguments: lies)
  func accomplice(lie: (block: UInt64, step: UInt64)) throws {
    var world = try Self.world()
    let output = try Self.proposeWrong(&world)
    let honest = Challenger(account: RoleWorld.honest)
    let liar = Challenger(account: RoleWorld.liar, lie: Lie(block: lie.block, step: lie.step, claim: output.claim.hash))
    for _ in 0..<90 {
      let lies = liar.intents(world.view, archive: world.archive).filter { !isAgainstAccomplice($0, world) }
      world.send(lies, from: RoleWorld.liar)
      try world.mine()
      let intents = honest.intents(world.view, archive: world.archive)
      // The accomplice sees what is on its way, and comes first.
      for intent in intents { forestall(intent, &world) }
      world.send(intents, from: RoleWorld.honest)
      try world.mine()
    }
    #expect(world.view.outputs.map(\.status) == [.deleted])
    let before = UInt256(1_000_000_000)
    let liars = [RoleWorld.liar, RoleWorld.accomplice]
      .reduce(UInt256.zero) { $0 + world.chain.balance(of: $1) + (world.view.credits[$1] ?? .zero) }
    let honestly = world.chain.balance(of: RoleWorld.honest)
    #expect(honestly >= before - 5 + 10_000, "the honest challenger has the output's bond")
    #expect(liars + honestly + 5 == before + before + before, "and the rest is the liars'")
  }

  private func isAgainstAccomplice(_ intent: Intent, _ world: RoleWorld) -> Bool {
    guard case .move(let move) = intent.call else { return false }
    return world.view.games[Int(move.gameId)].claims[Int(move.parentIndex)].claimant == RoleWorld.accomplice
  }

  /// Says something of no meaning in the place of what the honest player is about to say against the liar, and further
  /// left where there is such a place.
  private func forestall(_ intent: Intent, _ world: inout RoleWorld) {
    let garbage = Hash256(0, 0, 0, 0x6a)
    switch intent.call {
    case .createGame(let output, let disputed, _):
      world.send(
        .createGame(outputIndex: output, disputed: disputed, claim: garbage), from: RoleWorld.accomplice,
        value: intent.value)
    case .move(var move)
    where world.view.games[Int(move.gameId)].claims[Int(move.parentIndex)].claimant == RoleWorld.liar:
      move.claim = garbage
      for isAttack in move.isAttack ? [true] : [true, false] {
        move.isAttack = isAttack
        world.send(.move(move), from: RoleWorld.accomplice, value: intent.value)
      }
    default: break
    }
  }

  @Test("each rule of sequencer, proposer and challenger is hit, and the others are users'")
  func everyRule() throws {
    var world = try Self.world()
    let proposer = Proposer(account: RoleWorld.honest, interval: 3)
    world.send(proposer.intents(world.view, finalized: world.finalized), from: RoleWorld.honest)
    try world.mine()
    try Self.play(&world, Lie(block: 1, step: 1, claim: Hash256(0, 0, 0, 777)))
    let wrong = try Self.proposeWrong(&world)
    try Self.play(&world, Lie(block: 3, step: 2, claim: wrong.claim.hash))
    #expect(world.rules == Set(Intent.Rule.allCases.filter(Self.isOfARole)))
  }

  private static func isOfARole(_ rule: Intent.Rule) -> Bool {
    switch rule {
    case .fundSequencerKey, .postBatch, .proposeOutput, .disputeOutput, .attackClaim, .defendClaim, .proveStep,
      .resolveClaim, .finalizeOutput, .claimCredit:
      true
    case .forceMessages, .deliverData, .reportDoubleSign, .changeSettings: false
    }
  }
}

/// What an output is to a challenger, and what it does about it.
@Suite("A challenger's verdicts")
struct VerdictTests {
  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger.quiet(l1Blocks: 3)
    try ledger.deliverBatch([ledger.block(origin: 1)])
    try ledger.beginL1Block()
    return ledger
  }

  private func output(_ ledger: RollupLedger, _ change: (inout OutputProposed) -> Void = { _ in }) throws
    -> OutputProposed
  {
    let result = try #require(try ledger.view().result(of: 1))
    var output = OutputProposed(
      outputIndex: 0, outputVersion: 0, outputRoot: result.claim.outputRoot, claim: result.claimHash,
      stateRoot: result.header.stateRoot, blockHash: result.header.hash, l2BlockNumber: 1, l1Head: ledger.l1Head,
      parentOutput: nil, proposer: MiniChain.address(60), bond: 1000)
    change(&output)
    return output
  }

  private func rules(_ ledger: RollupLedger, _ outputs: [OutputProposed], after seconds: UInt64 = 0) throws -> [Intent
    .Rule]
  {
    var ledger = ledger
    for output in outputs { try ledger.add(.outputProposed(output)) }
    if seconds > 0 { try ledger.beginL1Block(after: seconds) }
    let view = try LedgerView(ledger)
    return Challenger(account: MiniChain.address(61)).intents(view.view, archive: view.archive).map(\.rule)
  }

  @Test("a true output is agreed with and left alone")
  func agree() throws {
    let ledger = try ledger()
    let output = try output(ledger)
    #expect(Challenger.verdict(on: output, try ledger.view()) == .agrees)
    #expect(try rules(ledger, [output]).isEmpty)
  }

  @Test("a wrong output is disputed while that is possible")
  func disagree() throws {
    let ledger = try ledger()
    let output = try output(ledger) { $0.claim = Hash256(0, 0, 0, 1) }
    #expect(Challenger.verdict(on: output, try ledger.view()) == .disagrees)
    #expect(try rules(ledger, [output]) == [.disputeOutput])
    #expect(try rules(ledger, [output], after: 99) == [.disputeOutput])
    #expect(try rules(ledger, [output], after: 100).isEmpty)
  }

  @Test("what extends a wrong output falls with it, and needs no dispute of its own")
  func child() throws {
    let ledger = try ledger()
    let parent = try output(ledger) { $0.claim = Hash256(0, 0, 0, 1) }
    let child = try output(ledger) {
      $0.outputIndex = 1
      $0.claim = Hash256(0, 0, 0, 2)
      $0.parentOutput = 0
    }
    #expect(try rules(ledger, [parent, child]) == [.disputeOutput])
  }

  @Test("an output beyond the data at its L1 head is wrong, whether or not the data has come since")
  func beyondTheData() throws {
    let ledger = try ledger()
    let early = try output(ledger) { $0.l1Head = BlockID(number: 2, hash: ledger.l1Blocks[2].hash) }
    #expect(Challenger.verdict(on: early, try ledger.view()) == .disagrees)
    #expect(try rules(ledger, [early]) == [.disputeOutput])
  }

  @Test("nothing is staked on an L1 head that is not there yet, or is not canonical")
  func noKnowledge() throws {
    let ledger = try ledger()
    let ahead = try output(ledger) {
      $0.l1Head.number += 1
      $0.claim = Hash256(0, 0, 0, 1)
    }
    #expect(Challenger.verdict(on: ahead, try ledger.view()) == .insufficientData)
    #expect(try rules(ledger, [ahead]).isEmpty)
    let foreign = try output(ledger) {
      $0.l1Head.hash = Hash256(0, 0, 0, 9)
      $0.claim = Hash256(0, 0, 0, 1)
    }
    #expect(Challenger.verdict(on: foreign, try ledger.view()) == .notDerivableAtL1Head)
    #expect(try rules(ledger, [foreign]).isEmpty)
  }
}
