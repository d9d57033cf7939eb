import Primitives
import Rollup
import Settlement
import Testing

@Suite("Great games and many outputs")
struct CostTests {
  private static func deep(_ rollup: inout RollupConfiguration) {
    rollup.splitDepth = 30
    rollup.maxDepth = 62
  }

  @Test("a game of the greatest depth ends after one move for each level and one step", arguments: [true, false])
  func deepestGame(isWrong: Bool) throws {
    var world = World(Self.deep)
    let truth = world.verifier.truth
    var liar = truth
    (liar.wrongBlock, liar.wrongStep) = (700, 1)
    let output = try world.propose(1000, mind: isWrong ? liar : truth)
    world.advance()
    let game = try world.dispute(output, mind: isWrong ? truth : liar)
    let players = [
      Player(account: World.alice, mind: isWrong ? liar : truth),
      Player(account: World.bob, mind: isWrong ? truth : liar),
    ]
    var isMoving = true
    while isMoving {
      isMoving = false
      for player in players where try world.play(player, game: game) > 0 { isMoving = true }
    }
    let claims = world.game(game).claims
    let deepest = (0..<claims.count).map { claims[$0].position.depth }.max()
    #expect(deepest == 62)
    // One claim for each depth, the root's included: nobody who plays by what it believes needs more.
    #expect(claims.count == 63)
    world.advance(blocks: 1, seconds: 3000)
    try world.resolve(game)
    #expect(world.game(game).status == (isWrong ? .challengerWins : .defenderWins))
  }

  @Test("a thousand open outputs do not stand in each other's way")
  func thousandOutputs() throws {
    var world = World()
    for index in 0..<1000 as Range<UInt64> {
      var output = world.verifier.truth.output(1, l1Head: world.l1Head)
      output.stateRoot = Hash256(9, 9, 9, index)
      try world.call(.proposeOutput(output), from: World.alice, value: 1000)
    }
    #expect(world.contract.outputs.count == 1000)
    world.advance(blocks: 1, seconds: 1000)
    // The last is final before any other.
    try world.call(.finalizeOutput(outputIndex: 999), from: World.carol)
    #expect(world.contract.outputs[999].status == .final)
    #expect(world.contract.outputs[0].status == .open)
  }
}
