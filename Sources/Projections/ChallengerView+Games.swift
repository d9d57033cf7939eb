package import Primitives
package import Rollup

/// A dispute game.
package struct GameRow: Hashable, Sendable {
  package var outputIndex: UInt64
  package var challenger: Address

  /// The L1 block that began it.
  package var l1Block: UInt64

  package var status: GameStatus
  package var isBlacklisted: Bool
  package var claimCount: UInt64
}

/// What became of a game.
package enum GameOutcome: String, CaseIterable, Sendable {
  case inProgress, challengerWins, defenderWins
  /// It ended undecided: its output went with one that it extends.
  case cancelled
  /// The guardian took it out, and its output.
  case blacklisted
}

/// A claim of a game.
package struct ClaimRow: Hashable, Sendable {
  /// The claim that it answers; nil for the root.
  package var parentIndex: UInt64?

  package var position: GamePosition
  package var claim: Hash256
  package var claimant: Address

  /// In wei.
  package var bond: UInt256

  /// Seconds that the claimant's side had used when it made the claim.
  package var duration: UInt64

  /// When that was, in seconds of L1 time.
  package var timestamp: UInt64

  /// Whether a step proof brought it down.
  package var isDisproven: Bool

  /// Whom its resolution gave the bond: zero, the claimant; nil while it is not resolved.
  package var counteredBy: Address?
}

extension ChallengerView {
  func play(_ fact: Fact, in view: ProjectionView) throws(FoldError) {
    switch fact.event {
    case .disputeGameCreated(let event): try begin(event, at: fact.coordinates.blockNumber, in: view)
    case .move(let event): try move(event, at: fact.coordinates.blockNumber, in: view)
    case .stepProven(let event):
      try change(claim: event.claimIndex, of: event.gameId, in: view) { $0.isDisproven = true }
    case .claimResolved(let event):
      try change(claim: event.claimIndex, of: event.gameId, in: view) { $0.counteredBy = event.counteredBy }
    case .resolved(let event): try end(event, in: view)
    case .gameBlacklisted(let event):
      var game = try known(game: event.gameId, in: view)
      game.isBlacklisted = true
      view.put(Self.games, ProposerState.key(event.gameId), row: game)
    default: break
    }
  }

  private func begin(_ event: DisputeGameCreated, at l1Block: UInt64, in view: ProjectionView) throws(FoldError) {
    var output = try known(output: event.outputIndex, in: view)
    output.game = event.gameId
    view.put(Self.outputs, ProposerState.key(event.outputIndex), row: output)
    let game = GameRow(
      outputIndex: event.outputIndex, challenger: event.challenger, l1Block: l1Block, status: .inProgress,
      isBlacklisted: false, claimCount: 1)
    view.put(Self.games, ProposerState.key(event.gameId), row: game)
    view.put(Self.openGames, ProposerState.key(event.gameId), [])
    let root = ClaimRow(
      parentIndex: nil, position: .root, claim: event.rootClaim, claimant: output.output.proposer, bond: event.bond,
      duration: 0, timestamp: try Self.time(ofL1Block: l1Block, in: view), isDisproven: false, counteredBy: nil)
    view.put(Self.claims, Self.claimKey(event.gameId, 0), row: root)
  }

  private func move(_ event: Move, at l1Block: UInt64, in view: ProjectionView) throws(FoldError) {
    var game = try known(game: event.gameId, in: view)
    _ = try known(claim: event.parentIndex, of: event.gameId, in: view)
    let now = try Self.time(ofL1Block: l1Block, in: view)
    let used = try usedTime(toAnswer: event.parentIndex, of: event.gameId, at: now, in: view)
    let claim = ClaimRow(
      parentIndex: event.parentIndex, position: event.position, claim: event.claim, claimant: event.claimant,
      bond: event.bond, duration: min(used, latestClock(afterMoveTo: event.position.depth)), timestamp: now,
      isDisproven: false, counteredBy: nil)
    view.put(Self.claims, Self.claimKey(event.gameId, event.claimIndex), row: claim)
    game.claimCount = max(game.claimCount, event.claimIndex + 1)
    view.put(Self.games, ProposerState.key(event.gameId), row: game)
  }

  private func change(
    claim index: UInt64, of game: UInt64, in view: ProjectionView, _ body: (inout ClaimRow) -> Void
  ) throws(FoldError) {
    var claim = try known(claim: index, of: game, in: view)
    body(&claim)
    view.put(Self.claims, Self.claimKey(game, index), row: claim)
  }

  private func end(_ event: Resolved, in view: ProjectionView) throws(FoldError) {
    var game = try known(game: event.gameId, in: view)
    game.status = event.status
    view.put(Self.games, ProposerState.key(event.gameId), row: game)
    if event.status != .inProgress { view.delete(Self.openGames, ProposerState.key(event.gameId)) }
    guard var output = try Self.output(game.outputIndex, in: view), output.game == event.gameId else { return }
    output.game = nil
    view.put(Self.outputs, ProposerState.key(game.outputIndex), row: output)
  }

  /// The game that an event is about.
  private func known(game id: UInt64, in view: ProjectionView) throws(FoldError) -> GameRow {
    guard let game = try Self.game(id, in: view) else { throw .unknown("game \(id)") }
    return game
  }

  /// The claim that an event is about, or that one answers.
  private func known(claim index: UInt64, of game: UInt64, in view: ProjectionView) throws(FoldError) -> ClaimRow {
    guard let claim = try Self.claim(index, of: game, in: view) else {
      throw .unknown("claim \(index) of game \(game)")
    }
    return claim
  }
}

// Clocks, as the contract keeps them (`Docs/Events.md`, Move).
extension ChallengerView {
  /// Seconds that the side which has to answer a claim has used by `timestamp`. At most the whole clock. Two lookups.
  package func usedTime(
    toAnswer index: UInt64, of game: UInt64, at timestamp: UInt64, in view: ProjectionView
  ) throws(FoldError) -> UInt64 {
    guard let limit = configuration.rollup?.maxClockDuration, let claim = try Self.claim(index, of: game, in: view)
    else { return 0 }
    let before = try durationBefore(claim, of: game, in: view)
    return min(before.saturatingSum(timestamp.saturatingDifference(claim.timestamp)), limit)
  }

  /// When the time to answer a claim is over, in seconds of L1 time; nil without such a claim. Two lookups.
  package func deadline(
    toAnswer index: UInt64, of game: UInt64, in view: ProjectionView
  ) throws(FoldError) -> UInt64? {
    guard let limit = configuration.rollup?.maxClockDuration, let claim = try Self.claim(index, of: game, in: view)
    else { return nil }
    let before = min(try durationBefore(claim, of: game, in: view), limit)
    return claim.timestamp.saturatingSum(limit - before)
  }

  private func durationBefore(
    _ claim: ClaimRow, of game: UInt64, in view: ProjectionView
  ) throws(FoldError) -> UInt64 {
    guard let parent = claim.parentIndex else { return 0 }
    return try Self.claim(parent, of: game, in: view)?.duration ?? 0
  }

  /// What a clock may have used at most after a move: twice the extension is left where the answer takes the whole trace of
  /// a block, or a proof.
  private func latestClock(afterMoveTo depth: Int) -> UInt64 {
    guard let rollup = configuration.rollup else { return 0 }
    let isCostly = depth == Int(rollup.splitDepth) - 1 || depth == Int(rollup.maxDepth) - 1
    let (left, overflows) = rollup.clockExtension.multipliedReportingOverflow(by: isCostly ? 2 : 1)
    return overflows || left > rollup.maxClockDuration ? 0 : rollup.maxClockDuration - left
  }
}

/// How a game ends if nobody moves any more.
package struct GameOutlook: Equatable, Sendable {
  package let winner: GameStatus

  /// Until when the other side can still turn it, in seconds of L1 time, if it then answers everything that it has to; nil
  /// when it cannot any more.
  package let answerableUntil: UInt64?
}

extension ChallengerView {
  /// How a game in progress would end without another move, by the contract's rule: a claim falls that was disproven, or has
  /// an answer that stands. O(claims). Nil without such a game.
  ///
  /// - Parameter now: time of the newest L1 block, in seconds.
  package func outlook(ofGame id: UInt64, now: UInt64, in view: ProjectionView) throws(FoldError) -> GameOutlook? {
    let claims = try Self.claims(of: id, in: view)
    guard !claims.isEmpty else { return nil }
    var falls = claims.map(\.isDisproven)
    // Until when moves can still turn a claim; 0 for one that nothing can.
    var end: UInt64 = 0
    // Of each claim's answers: until when one that falls can be made to stand, and all that stand to fall.
    var oneRises = [UInt64](repeating: 0, count: claims.count)
    var allFall = [UInt64](repeating: .max, count: claims.count)
    // An answer comes after what it answers.
    for (index, claim) in claims.enumerated().reversed() {
      if let counter = claim.counteredBy {
        falls[index] = counter != .zero
        end = 0
      } else if claim.isDisproven {
        end = 0
      } else if falls[index] {
        end = allFall[index]
      } else {
        end = max(oneRises[index], try deadline(toAnswer: UInt64(index), of: id, in: view) ?? 0)
      }
      guard let parent = claim.parentIndex.map({ Int($0) }), parent < index else { continue }
      if falls[index] {
        oneRises[parent] = max(oneRises[parent], end)
      } else {
        falls[parent] = true
        allFall[parent] = min(allFall[parent], end)
      }
    }
    return GameOutlook(winner: falls[0] ? .challengerWins : .defenderWins, answerableUntil: end > now ? end : nil)
  }
}

extension ChallengerView {
  static func claimKey(_ game: UInt64, _ index: UInt64) -> [UInt8] {
    ProposerState.key(game) + ProposerState.key(index)
  }

  /// Nil when there is no such game.
  package static func game(_ id: UInt64, in view: ProjectionView) throws(FoldError) -> GameRow? {
    try view.row(games, ProposerState.key(id))
  }

  /// What became of a game. A game that ends for the challenger, whose root claim was never settled, was cancelled. One
  /// lookup.
  package static func outcome(of id: UInt64, _ game: GameRow, in view: ProjectionView) throws(FoldError) -> GameOutcome
  {
    if game.isBlacklisted { return .blacklisted }
    switch game.status {
    case .inProgress: return .inProgress
    case .defenderWins: return .defenderWins
    case .challengerWins: return try claim(0, of: id, in: view)?.counteredBy == nil ? .cancelled : .challengerWins
    }
  }

  /// Nil when there is no such claim.
  package static func claim(
    _ index: UInt64, of game: UInt64, in view: ProjectionView
  ) throws(FoldError) -> ClaimRow? {
    try view.row(claims, claimKey(game, index))
  }

  /// The tree: all claims of a game, by index. O(claims).
  package static func claims(of game: UInt64, in view: ProjectionView) throws(FoldError) -> [ClaimRow] {
    try view.rows(claims, prefix: ProposerState.key(game)).map { $0.row }
  }

  /// Ids of the games in progress. O(their number).
  package static func openGames(in view: ProjectionView) throws(FoldError) -> [UInt64] {
    try view.numbers(openGames)
  }
}
