import Primitives
import Rollup
import Settlement
import Testing

// MARK: Outputs

extension RevertTests {
  /// Proposes the true output of block 3, changed.
  private static func proposing(
    _ change: (inout World, inout OutputSubmission) throws -> Void, _ want: Revert, bond: UInt256 = 1000
  ) throws -> (Revert?, Revert) {
    var world = World()
    world.advance(blocks: 3)
    var output = world.verifier.truth.output(3, l1Head: world.l1Head)
    try change(&world, &output)
    return (world.revert(.proposeOutput(output), from: World.alice, value: bond), want)
  }

  static let outputs: [Refusal] = [
    Refusal("wrongBond") {
      try proposing({ _, _ in }, .wrongBond(required: 1000, given: 999), bond: 999)
    },
    Refusal("isPaused") {
      try proposing({ (world, _) in try world.call(.pause, from: World.guardian) }, .isPaused)
    },
    Refusal("noSuchOutput") { try proposing({ $1.parentOutput = 0 }, .noSuchOutput(index: 0)) },
    Refusal("outputIsDeleted") {
      try proposing(
        { (world, output) in
          let wrong = try world.propose(1, mind: Truth(seed: 5))
          let game = try world.dispute(wrong, mind: world.verifier.truth)
          try world.call(world.blacklisting(game), from: World.guardian)
          output.parentOutput = wrong
        }, .outputIsDeleted(index: 0))
    },
    Refusal("outputExists") {
      try proposing({ (world, _) in try world.propose(3, from: World.bob) }, .outputExists(index: 0))
    },
    Refusal("parentMismatch") {
      try proposing(
        { $1.parentLineage = .zero }, .parentMismatch(stands: World.genesisLineage, given: .zero))
    },
    Refusal("blockNotAfterParent") {
      try proposing({ $1.l2BlockNumber = 0 }, .blockNotAfterParent(parent: 0, given: 0))
    },
    Refusal("tooManyBlocks") { try proposing({ $1.l2BlockNumber = 5 }, .tooManyBlocks(count: 5, limit: 4)) },
    Refusal("l1HeadUnknown") {
      try proposing({ $1.l1Head.number = 4 }, .l1HeadUnknown(number: 4))
    },
    Refusal("l1HeadUnknown") {
      // The 257th block before this one cannot be told.
      var world = World()
      world.advance(blocks: 256)
      let output = world.verifier.truth.output(3, l1Head: world.l1(0))
      return (world.revert(.proposeOutput(output), from: World.alice, value: 1000), .l1HeadUnknown(number: 0))
    },
    Refusal("l1HeadMismatch") {
      let other = World.l1Hash(3, branch: 1)
      return try proposing(
        { $1.l1Head.hash = other },
        .l1HeadMismatch(canonical: BlockID(number: 3, hash: World.l1Hash(3)), given: other))
    },
    Refusal("l1HeadBeforeParent") {
      try proposing(
        { (world, output) in
          output.parentOutput = try world.propose(1)
          output.l1Head = world.l1(2)
        }, .l1HeadBeforeParent(parent: 3, given: 2))
    },
    Refusal("challengePeriodIsRunning") {
      var world = World()
      try world.propose(1)
      world.time += 999
      return (
        world.revert(.finalizeOutput(outputIndex: 0), from: World.bob), .challengePeriodIsRunning(until: 2000)
      )
    },
    Refusal("parentIsNotFinal") {
      var world = World()
      try world.propose(2, extending: try world.propose(1))
      world.advance(seconds: 1000)
      return (world.revert(.finalizeOutput(outputIndex: 1), from: World.bob), .parentIsNotFinal(parent: 0))
    },
    Refusal("outputIsDisputed") {
      var world = World()
      let game = try world.dispute(try world.propose(3), mind: Truth(seed: 5))
      world.advance(seconds: 1000)
      return (world.revert(.finalizeOutput(outputIndex: 0), from: World.bob), .outputIsDisputed(game: game))
    },
    Refusal("outputIsFinal") {
      var world = World()
      try world.propose(1)
      world.advance(seconds: 1000)
      try world.call(.finalizeOutput(outputIndex: 0), from: World.bob)
      return (world.revert(.finalizeOutput(outputIndex: 0), from: World.bob), .outputIsFinal(index: 0))
    },
  ]
}

// MARK: Games

extension RevertTests {
  /// A game about a wrong output of block 3 by alice, opened by bob; what is done in it next is refused.
  private static func disputing(
    _ act: (inout World, UInt64) throws -> Revert?, _ want: Revert
  ) throws -> (Revert?, Revert) {
    var world = World()
    let output = try world.propose(3, mind: Truth(seed: 5))
    let game = try world.dispute(output, mind: world.verifier.truth)
    return (try act(&world, game), want)
  }

  private static func attack(
    _ game: UInt64, _ parent: UInt64, says disputed: Hash256, claim: Hash256 = Hash256(0, 0, 0, 9),
    isAttack: Bool = true
  ) -> ContractCall {
    .move(MoveRequest(gameId: game, parentIndex: parent, disputed: disputed, claim: claim, isAttack: isAttack))
  }

  static let games: [Refusal] = [
    Refusal("gameExists") {
      try disputing(
        { (world, game) in
          let root = world.game(game).claims[0].lineage
          return world.revert(
            .createGame(outputIndex: 0, disputed: root, claim: .zero), from: World.carol, value: 20)
        }, .gameExists(game: 0))
    },
    Refusal("challengePeriodIsOver") {
      var world = World()
      try world.propose(3)
      world.time += 1000
      let root = world.contract.outputs[0].node.lineage
      return (
        world.revert(.createGame(outputIndex: 0, disputed: root, claim: .zero), from: World.carol, value: 20),
        .challengePeriodIsOver(since: 2000)
      )
    },
    Refusal("wrongBond") {
      try disputing(
        { (world, game) in
          let claim = world.game(game).claims[1].lineage
          return world.revert(attack(game, 1, says: claim), from: World.alice, value: 20)
        }, .wrongBond(required: 30, given: 20))
    },
    Refusal("wrongBond") {
      var world = World()
      try world.propose(3)
      let root = world.contract.outputs[0].node.lineage
      return (
        world.revert(.createGame(outputIndex: 0, disputed: root, claim: .zero), from: World.carol, value: 10),
        .wrongBond(required: 20, given: 10)
      )
    },
    Refusal("noSuchGame") {
      var world = World()
      return (world.revert(attack(0, 0, says: .zero), from: World.bob), .noSuchGame(id: 0))
    },
    Refusal("gameIsOver") {
      try disputing(
        { (world, game) in
          world.advance(seconds: 2000)
          try world.resolve(game)
          return world.revert(attack(game, 0, says: .zero), from: World.bob, value: 20)
        }, .gameIsOver(status: .challengerWins))
    },
    Refusal("noSuchClaim") {
      try disputing(
        { (world, game) in world.revert(attack(game, 2, says: .zero), from: World.bob, value: 20) },
        .noSuchClaim(index: 2, count: 2))
    },
    Refusal("disputedMismatch") {
      var world = World()
      let output = try world.propose(3, mind: Truth(seed: 5))
      let game = try world.dispute(output, mind: world.verifier.truth)
      let claim = world.game(game).claims[1]
      // What the claim says is not enough: another one can say the same.
      return (
        world.revert(attack(game, 1, says: claim.claim), from: World.alice, value: 30),
        .disputedMismatch(stands: claim.lineage, given: claim.claim)
      )
    },
    Refusal("disputedMismatch") {
      var world = World()
      try world.propose(3)
      let root = world.contract.outputs[0].node.lineage
      return (
        world.revert(.createGame(outputIndex: 0, disputed: .zero, claim: .zero), from: World.carol, value: 20),
        .disputedMismatch(stands: root, given: .zero)
      )
    },
    Refusal("disputedMismatch") {
      var world = World()
      let game = try world.dispute(try world.propose(3), mind: Truth(seed: 5))
      let root = world.contract.outputs[0].node.lineage
      return (
        world.revert(.blacklistGame(gameId: game, disputed: .zero), from: World.guardian),
        .disputedMismatch(stands: root, given: .zero)
      )
    },
    Refusal("rootCannotBeDefended") {
      try disputing(
        { (world, game) in
          let root = world.game(game).claims[0].lineage
          return world.revert(attack(game, 0, says: root, isAttack: false), from: World.bob, value: 20)
        }, .rootCannotBeDefended)
    },
    Refusal("rootCannotBeDefended") {
      // The end of a block's trace has nothing behind it either.
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 3)
          let says = world.game(game).claims[Int(claim)].lineage
          return world.revert(
            attack(game, claim, says: says, isAttack: false), from: World.bob, value: world.bond(atDepth: 4))
        }, .rootCannotBeDefended)
    },
    Refusal("gameDepthExceeded") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 6)
          let says = world.game(game).claims[Int(claim)].lineage
          return world.revert(attack(game, claim, says: says), from: World.bob, value: world.bond(atDepth: 7))
        }, .gameDepthExceeded(limit: 6))
    },
    Refusal("clockHasRunOut") {
      try disputing(
        { (world, game) in
          world.time += 1000
          let claim = world.game(game).claims[1].lineage
          return world.revert(attack(game, 1, says: claim), from: World.alice, value: 30)
        }, .clockHasRunOut)
    },
    Refusal("claimExists") {
      try disputing(
        { (world, game) in
          let claim = world.game(game).claims[1].lineage
          let call = attack(game, 1, says: claim)
          try world.call(call, from: World.alice, value: 30)
          return world.revert(call, from: World.carol, value: 30)
        }, .claimExists(index: 2))
    },
    Refusal("claimIsResolved") {
      try disputing(
        { (world, game) in
          world.time += 1000
          let claim = world.game(game).claims[1].lineage
          try world.call(.resolveClaim(gameId: game, claimIndex: 1), from: World.carol)
          return world.revert(attack(game, 1, says: claim), from: World.alice, value: 30)
        }, .claimIsResolved(index: 1))
    },
    Refusal("traceRootMustDiffer") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 2)
          let leaf = world.game(game).claims[Int(claim)]
          return world.revert(
            attack(game, claim, says: leaf.lineage, claim: leaf.claim), from: World.bob,
            value: world.bond(atDepth: 3))
        }, .traceRootMustDiffer(from: Hash256(0, 0, 0, 100)))
    },
    Refusal("traceRootMustBe") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 2)
          let says = world.game(game).claims[Int(claim)].lineage
          return world.revert(
            attack(game, claim, says: says, isAttack: false), from: World.bob, value: world.bond(atDepth: 3))
        }, .traceRootMustBe(Truth(seed: 0).claim(2)))
    },
    Refusal("clockIsRunning") {
      try disputing(
        { (world, game) in
          world.time += 999
          return world.revert(.resolveClaim(gameId: game, claimIndex: 1), from: World.carol)
        }, .clockIsRunning(until: 2000))
    },
    Refusal("answersUnresolved") {
      try disputing(
        { (world, game) in
          world.time += 1000
          return world.revert(.resolveClaim(gameId: game, claimIndex: 0), from: World.carol)
        }, .answersUnresolved(count: 1))
    },
    Refusal("nothingToClaim") {
      var world = World()
      return (
        world.revert(.claimCredit(beneficiary: World.bob), from: World.alice), .nothingToClaim(account: World.alice)
      )
    },
  ]

  static let steps: [Refusal] = [
    Refusal("claimIsNotAtFullDepth") {
      try disputing(
        { (world, game) in
          let says = world.game(game).claims[1].lineage
          return world.revert(
            .step(StepProof(gameId: game, claimIndex: 1, disputed: says, isAttack: true, proof: [])), from: World.bob)
        }, .claimIsNotAtFullDepth(depth: 1, full: 6))
    },
    Refusal("proofRefused") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 6)
          return world.revert(.step(world.proof(game, claim, proof: [1])), from: World.bob)
        }, .proofRefused(StepProofError("the proof is not the seed")))
    },
    Refusal("proofWithoutStep") {
      try disputing(
        { (world, game) in
          let claim = try world.descendBehindTheEnd(game)
          let refusal = world.revert(.step(world.proof(game, claim, proof: [1])), from: World.bob)
          try world.call(.step(world.proof(game, claim, proof: [])), from: World.bob)
          return refusal
        }, .proofWithoutStep(bytes: 1))
    },
    Refusal("claimIsCountered") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 6)
          try world.call(.step(world.proof(game, claim)), from: World.bob)
          return world.revert(.step(world.proof(game, claim)), from: World.carol)
        }, .claimIsCountered(by: World.bob))
    },
    Refusal("clockHasRunOut") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 6)
          world.time += 1000
          return world.revert(.step(world.proof(game, claim)), from: World.bob)
        }, .clockHasRunOut)
    },
    Refusal("stepDoesNotRefute") {
      try disputing(
        { (world, game) in
          let claim = try world.descend(game, to: 6, last: Truth(seed: 0).claim(1, after: 0))
          return world.revert(.step(world.proof(game, claim)), from: World.bob)
        }, .stepDoesNotRefute(postState: Truth(seed: 0).claim(1, after: 0)))
    },
  ]
}

extension World {
  /// Answers the newest claim with an attack of no sense until one stands at this depth, whose index is returned. All are
  /// about the first block, and in the end about its opening step.
  mutating func descend(_ id: UInt64, to depth: Int, last: Hash256? = nil) throws -> UInt64 {
    var index = UInt64(game(id).claims.count - 1)
    while game(id).claims[Int(index)].position.depth < depth {
      let next = game(id).claims[Int(index)].position.depth + 1
      let claim = next == depth ? last ?? Hash256(0, 0, 0, 100) : Hash256(0, 0, 0, UInt64(next))
      index = try move(id, against: index, claim: claim, isAttack: true, from: Self.alice)
    }
    return index
  }

  /// As `descend`, to the steps of a fourth block, of an output about three; the index of the claim at full depth.
  mutating func descendBehindTheEnd(_ id: UInt64) throws -> UInt64 {
    var index: UInt64 = 1
    for depth in 2...3 {
      index = try move(
        id, against: index, claim: Hash256(0, 0, 0, UInt64(depth)), isAttack: false, from: Self.alice)
    }
    return try descend(id, to: 6)
  }

  func proof(_ game: UInt64, _ claim: UInt64, proof: [UInt8]? = nil) -> StepProof {
    StepProof(
      gameId: game, claimIndex: claim, disputed: self.game(game).claims[Int(claim)].lineage, isAttack: true,
      proof: proof ?? verifier.proof)
  }
}
