import Primitives
import Rollup

extension RollupContract {
  mutating func createGame(
    outputIndex index: UInt64, disputed: Hash256, claim: Hash256, from caller: Address, bond: UInt256,
    at context: L1Context
  ) throws(Revert) -> CallResult {
    let output = try openOutput(index)
    if let game = output.game { throw .gameExists(game: game) }
    guard context.timestamp < output.challengeEnd else { throw .challengePeriodIsOver(since: output.challengeEnd) }
    guard disputed == output.node.lineage else {
      throw .disputedMismatch(stands: output.node.lineage, given: disputed)
    }
    let required = settings.current.bonds.claim(atDepth: 1)
    guard bond == required else { throw .wrongBond(required: required, given: bond) }
    let id = UInt64(games.count)
    games.append(newGame(about: output, index, at: context))
    outputs[Int(index)].game = id
    let created = DisputeGameCreated(
      gameId: id, outputIndex: index, rootClaim: output.node.claim, challenger: caller, bond: output.bond)
    let first = MoveRequest(gameId: id, parentIndex: 0, disputed: disputed, claim: claim, isAttack: true)
    let events = append(first, from: caller, bond: bond, clock: GameClock(duration: 0, timestamp: context.timestamp))
    return CallResult(events: [.disputeGameCreated(created)] + events)
  }

  private func newGame(about output: Output, _ index: UInt64, at context: L1Context) -> DisputeGame {
    let start = node(output.parent)
    var game = DisputeGame(
      outputIndex: index, rules: GameRules(settings.current), startClaim: start.claim,
      startBlock: start.l2BlockNumber, endBlock: output.node.l2BlockNumber, l1Head: output.node.l1Head)
    game.claims.append(
      GameClaim(
        parentIndex: nil, position: .root, claim: output.node.claim, lineage: output.node.lineage,
        claimant: output.proposer, bond: output.bond,
        clock: GameClock(duration: 0, timestamp: context.timestamp)))
    return game
  }

  /// The game, if it goes on.
  func openGame(_ id: UInt64) throws(Revert) -> DisputeGame {
    guard let game = games[checked: id] else { throw .noSuchGame(id: id) }
    guard game.status == .inProgress else { throw .gameIsOver(status: game.status) }
    return game
  }

  /// The claim, if it is not resolved and is the one that the caller thinks.
  func openClaim(_ index: UInt64, of game: DisputeGame, lineage disputed: Hash256) throws(Revert) -> GameClaim {
    guard let claim = game.claims[checked: index] else {
      throw .noSuchClaim(index: index, count: UInt64(game.claims.count))
    }
    guard claim.lineage == disputed else { throw .disputedMismatch(stands: claim.lineage, given: disputed) }
    guard !claim.isResolved else { throw .claimIsResolved(index: index) }
    return claim
  }

  mutating func move(
    _ move: MoveRequest, from caller: Address, bond: UInt256, at context: L1Context
  ) throws(Revert) -> CallResult {
    let clock = try checkedClock(for: move, bond: bond, at: context)
    return CallResult(events: append(move, from: caller, bond: bond, clock: clock))
  }

  /// Checks all of a move, and gives its side's clock after it.
  private func checkedClock(
    for move: MoveRequest, bond: UInt256, at context: L1Context
  ) throws(Revert) -> GameClock {
    let game = try openGame(move.gameId)
    let parent = try openClaim(move.parentIndex, of: game, lineage: move.disputed)
    let position = try self.position(of: move, against: parent, in: game)
    try checkTraceRoot(move, at: position, in: game)
    let used = game.challengerDuration(of: move.parentIndex, at: context.timestamp)
    guard used < game.rules.maxClockDuration else { throw .clockHasRunOut }
    let required = game.rules.bonds.claim(atDepth: position.depth)
    guard bond == required else { throw .wrongBond(required: required, given: bond) }
    let key = DisputeGame.AnswerKey(parentIndex: move.parentIndex, position: position, claim: move.claim)
    if let twin = game.answers[key] { throw .claimExists(index: twin) }
    let duration = min(used, game.rules.latestClock(afterMoveTo: position.depth))
    return GameClock(duration: duration, timestamp: context.timestamp)
  }

  private func position(
    of move: MoveRequest, against parent: GameClaim, in game: DisputeGame
  ) throws(Revert) -> GamePosition {
    guard parent.position.depth < game.rules.maxDepth else { throw .gameDepthExceeded(limit: game.rules.maxDepth) }
    // Behind the root, and behind the end of a block's trace, there is nothing that a defence could be about.
    let isTraceRoot = parent.position.depth == game.rules.splitDepth + 1
    if !move.isAttack, move.parentIndex == 0 || isTraceRoot { throw .rootCannotBeDefended }
    return parent.position.move(isAttack: move.isAttack)
  }

  /// The first claim about a block's steps is about their end. It must confirm what its own side said of that, and deny
  /// what the other side did: an attack always denies; of a defence it depends on whose the next claim is.
  private func checkTraceRoot(_ move: MoveRequest, at position: GamePosition, in game: DisputeGame) throws(Revert) {
    guard position.depth == game.rules.splitDepth + 1 else { return }
    let end = game.dispute(ofLeaf: move.parentIndex, isAttack: move.isAttack).end
    let isOwnSide = (position.depth - end.position.depth).isMultiple(of: 2)
    if isOwnSide {
      guard move.claim == end.claim else { throw .traceRootMustBe(end.claim) }
    } else {
      guard move.claim != end.claim else { throw .traceRootMustDiffer(from: end.claim) }
    }
  }

  /// Adds a claim that has been checked.
  private mutating func append(
    _ move: MoveRequest, from caller: Address, bond: UInt256, clock: GameClock
  ) -> [Event] {
    let game = Int(move.gameId)
    let index = UInt64(games[game].claims.count)
    let position = games[game].claims[Int(move.parentIndex)].position.move(isAttack: move.isAttack)
    games[game].claims.append(
      GameClaim(
        parentIndex: move.parentIndex, position: position, claim: move.claim,
        lineage: Lineage.claim(after: move.disputed, position: position, claim: move.claim), claimant: caller,
        bond: bond, clock: clock))
    games[game].claims[Int(move.parentIndex)].openAnswers += 1
    let key = DisputeGame.AnswerKey(parentIndex: move.parentIndex, position: position, claim: move.claim)
    games[game].answers[key] = index
    bonds.lock(bond)
    let event = Move(
      gameId: move.gameId, claimIndex: index, parentIndex: move.parentIndex, position: position, claim: move.claim,
      claimant: caller, isAttack: move.isAttack, bond: bond)
    return [.move(event)] + Bond.locked(bond, by: caller, for: .claim(gameId: move.gameId, claimIndex: index))
  }
}
