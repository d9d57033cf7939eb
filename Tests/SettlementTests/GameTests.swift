import Primitives
import Rollup
import Settlement
import TestSupport
import Testing

@Suite("Dispute games")
struct GameTests {
  private static let truth = Truth(seed: 0)

  /// A mind that is wrong from one step of one block on.
  private static func wrong(_ block: UInt64, _ step: UInt64) -> Truth {
    var mind = truth
    mind.wrongBlock = block
    mind.wrongStep = step
    return mind
  }

  /// Plays to the end, the two sides in turn.
  private func play(_ world: inout World, _ game: UInt64, _ players: [Player]) throws {
    var isMoving = true
    while isMoving {
      isMoving = false
      for player in players where try world.play(player, game: game) > 0 { isMoving = true }
    }
    world.advance(blocks: 1, seconds: 3000)
    try world.resolve(game)
  }

  @Test("a wrong output falls wherever it first goes wrong, and its bond goes to the challenger", arguments: 1...4)
  func wrongOutput(last: UInt64) throws {
    for block in 1...last {
      for step in 0..<Self.truth.stepCount(ofBlock: block) {
        var world = World()
        let liar = Self.wrong(block, step)
        let output = try world.propose(last, mind: liar)
        world.advance()
        let game = try world.dispute(output, mind: Self.truth)
        try play(
          &world, game,
          [Player(account: World.alice, mind: liar), Player(account: World.bob, mind: Self.truth)])
        #expect(world.game(game).status == .challengerWins, "block \(block) step \(step)")
        #expect(world.contract.outputs[Int(output)].status == .deleted)
        let gain = try #require(world.gain(of: World.bob), "block \(block) step \(step)")
        #expect(gain >= 1000, "block \(block) step \(step)")
        #expect(world.gain(of: World.alice) == nil)
      }
    }
  }

  @Test("a right output stands against a challenger that is wrong anywhere, who loses", arguments: 1...4)
  func griefing(last: UInt64) throws {
    for block in 1...last {
      for step in 0..<Self.truth.stepCount(ofBlock: block) {
        var world = World()
        let griefer = Self.wrong(block, step)
        let output = try world.propose(last)
        world.advance()
        let game = try world.dispute(output, mind: griefer)
        try play(
          &world, game,
          [Player(account: World.alice, mind: Self.truth), Player(account: World.bob, mind: griefer)])
        #expect(world.game(game).status == .defenderWins, "block \(block) step \(step)")
        try world.call(.finalizeOutput(outputIndex: output), from: World.carol)
        #expect(world.gain(of: World.alice) != nil, "block \(block) step \(step)")
        #expect(world.gain(of: World.bob) == nil, "block \(block) step \(step)")
      }
    }
  }

  @Test(
    "a liar's second account that answers the lies first, with what nobody stands by, saves no bond", arguments: 1...4)
  func accomplice(last: UInt64) throws {
    for block in 1...last {
      for step in 0..<Self.truth.stepCount(ofBlock: block) {
        var world = World()
        let liar = Player(account: World.alice, mind: Self.wrong(block, step), ally: World.carol)
        let honest = Player(account: World.bob, mind: Self.truth)
        let output = try world.propose(last, mind: liar.mind)
        world.advance()
        let game = try world.dispute(output, mind: Self.truth, claim: Hash256(0, 0, 0, 0x6a), from: World.carol)
        var isMoving = true
        while isMoving {
          isMoving = try world.play(liar, game: game) > 0
          while let wish = honest.wish(in: world.game(game)) {
            if wish.answers(World.alice, in: world.game(game)) { world.forestall(wish, game: game, from: World.carol) }
            try world.perform(wish, of: honest, game: game)
            isMoving = true
          }
        }
        world.advance(blocks: 1, seconds: 3000)
        try world.resolve(game)
        #expect(world.contract.outputs[Int(output)].status == .deleted)
        let gain = try #require(world.gain(of: World.bob), "block \(block) step \(step)")
        let loss = try #require(world.loss(of: [World.alice, World.carol]), "block \(block) step \(step)")
        #expect(gain >= 1000 && loss == gain, "block \(block) step \(step)")
      }
    }
  }

  @Test("a move that was sent into one game does not hit another, though index and disputed claim are the same")
  func reorganisedGame() throws {
    let liar = Self.wrong(2, 1)
    var worlds = [World(), World()]
    for index in worlds.indices {
      worlds[index].advance(blocks: 3)
      var output = liar.output(3, l1Head: worlds[index].l1(1 + UInt64(index)))
      output.parentLineage = worlds[index].contract.genesis.lineage
      try worlds[index].call(.proposeOutput(output), from: World.alice, value: 1000)
      try worlds[index].dispute(0, mind: Self.truth)
      // At another place the same claim is disputed by another move.
      try worlds[index].move(0, against: 1, claim: Hash256(0, 0, 0, 5), isAttack: true, from: World.alice)
    }
    let claims = worlds.map { $0.game(0).claims[2] }
    #expect(claims[0].claim == claims[1].claim && claims[0].position == claims[1].position)
    let call = ContractCall.move(
      MoveRequest(gameId: 0, parentIndex: 2, disputed: claims[0].lineage, claim: .zero, isAttack: true))
    #expect(
      worlds[1].revert(call, from: World.bob, value: 40)
        == .disputedMismatch(stands: claims[1].lineage, given: claims[0].lineage))
    #expect(worlds[0].revert(call, from: World.bob, value: 40) == nil)
  }

  @Test("whatever dishonest players do, the honest one is never poorer and the truth prevails", arguments: 0..<40)
  func randomPlay(round: UInt64) throws {
    var random = SeededGenerator(seed: round)
    let isRight = round.isMultiple(of: 2)
    var world = World()
    let last = UInt64.random(in: 1...4, using: &random)
    let liar = Self.wrong(UInt64.random(in: 1...last, using: &random), UInt64.random(in: 0...1, using: &random))
    let proposer = isRight ? World.bob : World.alice
    let output = try world.propose(last, mind: isRight ? Self.truth : liar, from: proposer)
    world.advance()
    let honest = Player(account: World.bob, mind: Self.truth)
    let opener = isRight ? World.carol : World.bob
    let game = try world.dispute(output, mind: isRight ? liar : Self.truth, from: opener)
    try world.play(honest, game: game)
    for _ in 0..<60 {
      randomMove(&world, game, liar: liar, using: &random)
      world.advance(seconds: UInt64.random(in: 0...20, using: &random))
      try world.play(honest, game: game)
    }
    world.advance(seconds: 4000)
    try world.resolve(game)
    #expect(world.game(game).status == (isRight ? .defenderWins : .challengerWins), "round \(round)")
    if isRight { try world.call(.finalizeOutput(outputIndex: output), from: World.carol) }
    #expect(world.gain(of: World.bob) != nil, "round \(round): the honest player is poorer")
  }

  /// Some move by somebody dishonest: of a liar's mind, of nobody's, or even a true one in the wrong place.
  private func randomMove(
    _ world: inout World, _ id: UInt64, liar: Truth, using random: inout SeededGenerator
  ) {
    let game = world.game(id)
    let parent = UInt64.random(in: 0..<UInt64(game.claims.count), using: &random)
    let position = game.claims[Int(parent)].position
    guard position.depth < game.rules.maxDepth else { return }
    let isAttack = Bool.random(using: &random)
    let block = UInt64.random(in: 1...4, using: &random)
    let mind = Bool.random(using: &random) ? liar : Self.truth
    var claim = mind.claim(at: position.move(isAttack: isAttack), block: block, in: GameView(game))
    if UInt64.random(in: 0..<4, using: &random) == 0 { claim = Hash256(random.next(), 0, 0, 0) }
    _ = try? world.move(id, against: parent, claim: claim, isAttack: isAttack, from: World.carol)
  }
}
