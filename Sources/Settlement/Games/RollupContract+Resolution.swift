import Primitives
import Rollup

extension RollupContract {
  /// Settles a claim whose time to be answered is over and whose answers are all resolved: it falls when one of them
  /// stands, to the leftmost. O(1), and for claim 0 what deleting the output costs.
  mutating func resolveClaim(gameId: UInt64, claimIndex: UInt64, at context: L1Context) throws(Revert) -> CallResult {
    let claim = try settledClaim(claimIndex, ofGame: gameId, at: context)
    var events: [Event] = [
      .claimResolved(
        ClaimResolved(gameId: gameId, claimIndex: claimIndex, counteredBy: claim.counter?.claimant ?? .zero))
    ]
    if claimIndex == 0 {
      resolve(gameId, root: claim, into: &events)
    } else {
      settle(claim, claimIndex, ofGame: gameId, into: &events)
    }
    return CallResult(events: events)
  }

  /// The claim, if it can be settled now.
  private func settledClaim(
    _ index: UInt64, ofGame gameId: UInt64, at context: L1Context
  ) throws(Revert) -> GameClaim {
    let game = try openGame(gameId)
    guard let claim = game.claims[checked: index] else {
      throw .noSuchClaim(index: index, count: UInt64(game.claims.count))
    }
    guard !claim.isResolved else { throw .claimIsResolved(index: index) }
    guard game.challengerDuration(of: index, at: context.timestamp) == game.rules.maxClockDuration else {
      throw .clockIsRunning(until: game.deadline(of: index))
    }
    guard claim.openAnswers == 0 else { throw .answersUnresolved(count: claim.openAnswers) }
    return claim
  }

  private mutating func settle(
    _ claim: GameClaim, _ index: UInt64, ofGame gameId: UInt64, into events: inout [Event]
  ) {
    games[Int(gameId)].claims[Int(index)].isResolved = true
    settleBond(
      claim.bond, of: claim.claimant, for: .claim(gameId: gameId, claimIndex: index),
      counteredBy: claim.counter?.claimant, into: &events)
    guard let parentIndex = claim.parentIndex.map({ Int($0) }) else { return }
    games[Int(gameId)].claims[parentIndex].openAnswers -= 1
    guard claim.counter == nil else { return }
    let counter = GameClaim.Counter(position: claim.position, claimIndex: index, claimant: claim.claimant)
    let standing = games[Int(gameId)].claims[parentIndex].counter
    if standing.map({ counter.isLeft(of: $0) }) ?? true {
      games[Int(gameId)].claims[parentIndex].counter = counter
    }
  }

  /// The end of a game: the output stays open, or falls with all that builds on it.
  private mutating func resolve(_ gameId: UInt64, root: GameClaim, into events: inout [Event]) {
    let index = games[Int(gameId)].outputIndex
    let status: GameStatus = root.counter == nil ? .defenderWins : .challengerWins
    close(gameId, status)
    outputs[Int(index)].game = nil
    events.append(.resolved(Resolved(gameId: gameId, status: status)))
    guard let counter = root.counter else { return }
    settleBond(
      root.bond, of: root.claimant, for: .output(index), counteredBy: counter.claimant, into: &events)
    deleteOutput(index, outcome: .settled, into: &events)
  }

  /// The claims of a game that is over are of no further use.
  private mutating func close(_ gameId: UInt64, _ status: GameStatus) {
    games[Int(gameId)].status = status
    games[Int(gameId)].claims = AppendList()
    games[Int(gameId)].answers = [:]
  }

  /// Ends a game whose output is deleted for another reason. Who proved a step has the bond of the claim; all other bonds
  /// go back.
  mutating func cancelGame(_ gameId: UInt64, into events: inout [Event]) {
    let claims = games[Int(gameId)].claims
    for index in 1..<claims.count where !claims[index].isResolved {
      let claim = claims[index]
      let isStep = claim.position.depth == games[Int(gameId)].rules.maxDepth
      settleBond(
        claim.bond, of: claim.claimant, for: .claim(gameId: gameId, claimIndex: UInt64(index)),
        counteredBy: isStep ? claim.counter?.claimant : nil, into: &events)
    }
    close(gameId, .challengerWins)
    events.append(.resolved(Resolved(gameId: gameId, status: .challengerWins)))
  }
}

extension GameClaim.Counter {
  /// Whether this one goes first: further left, or at the same place and earlier.
  fileprivate func isLeft(of other: GameClaim.Counter) -> Bool {
    position.index == other.position.index
      ? claimIndex < other.claimIndex : position.index < other.position.index
  }
}
