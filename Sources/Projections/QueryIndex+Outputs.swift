import Primitives
import Rollup

// Outputs and disputes: what settles a block.
extension QueryIndex {
  func settle(_ event: Event, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    switch event {
    case .outputProposed(let event): try propose(event, at: now, in: view)
    case .outputFinalized(let event): try note(.final, output: event.outputIndex, at: now, in: view)
    case .outputsDeleted(let event):
      // Indices leave none out: where the last one is there, all are.
      if let last = event.indices.last { _ = try known(output: last, in: view) }
      for index in event.indices { try note(.deleted, output: index, at: now, in: view) }
    case .disputeGameCreated(let event):
      view.put(Self.games, ProposerState.key(event.gameId), row: IndexedGame(output: event.outputIndex))
      try note(.disputed, output: event.outputIndex, game: event.gameId, at: now, in: view)
    case .claimResolved(let event):
      try change(event.gameId, in: view) { game in
        if event.claimIndex == 0, event.counteredBy != .zero { game.isDefeated = true }
      }
    case .gameBlacklisted(let event):
      let game = try change(event.gameId, in: view) { $0.isBlacklisted = true }
      try note(.blacklisted, output: game.output, game: event.gameId, at: now, in: view)
    case .resolved(let event): try resolve(event, at: now, in: view)
    default: break
    }
  }

  private func propose(_ event: OutputProposed, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    let period: Period? = try view.row(Self.period, OrderTables.onlyKey)
    let row = IndexedOutput(
      outputRoot: event.outputRoot, proposer: event.proposer,
      challengeEnd: now.timestamp.saturatingSum(period?.seconds ?? 0),
      changes: [IndexedOutput.Change(kind: .proposed, game: nil, at: now)])
    view.put(Self.outputs, Self.outputKey(event.l2BlockNumber, event.outputIndex), row: row)
    view.put(Self.outputBlocks, ProposerState.key(event.outputIndex), ProposerState.key(event.l2BlockNumber))
  }

  private func resolve(_ event: Resolved, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    let game = try known(game: event.gameId, in: view)
    guard event.status != .inProgress, !game.isBlacklisted else { return }
    let kind: IndexedOutput.Kind =
      event.status == .defenderWins ? .defended : game.isDefeated ? .defeated : .cancelled
    try note(kind, output: game.output, game: event.gameId, at: now, in: view)
  }

  /// Changes the row of a game, and gives back what it is then.
  @discardableResult
  private func change(
    _ id: UInt64, in view: ProjectionView, _ body: (inout IndexedGame) -> Void
  ) throws(FoldError) -> IndexedGame {
    let known = try known(game: id, in: view)
    var game = known
    body(&game)
    if game != known { view.put(Self.games, ProposerState.key(id), row: game) }
    return game
  }

  /// The game that an event is about.
  private func known(game id: UInt64, in view: ProjectionView) throws(FoldError) -> IndexedGame {
    guard let game: IndexedGame = try view.row(Self.games, ProposerState.key(id)) else {
      throw .unknown("game \(id)")
    }
    return game
  }

  /// The output that an event is about, and the key of its row.
  private func known(output index: UInt64, in view: ProjectionView) throws(FoldError) -> ([UInt8], IndexedOutput) {
    guard let block = try Self.number(Self.outputBlocks, index, in: view) else { throw .unknown("output \(index)") }
    let key = Self.outputKey(block, index)
    guard let row: IndexedOutput = try view.row(Self.outputs, key) else { throw .unknown("output \(index)") }
    return (key, row)
  }

  private func note(
    _ kind: IndexedOutput.Kind, output index: UInt64, game: UInt64? = nil, at now: L1Moment, in view: ProjectionView
  ) throws(FoldError) {
    let (key, known) = try known(output: index, in: view)
    var row = known
    row.changes.append(IndexedOutput.Change(kind: kind, game: game, at: now))
    view.put(Self.outputs, key, row: row)
  }

  static func outputKey(_ block: UInt64, _ index: UInt64) -> [UInt8] {
    ProposerState.key(block) + ProposerState.key(index)
  }

  /// A row that is a number, under a number.
  private static func number(
    _ table: ProjectionTable, _ key: UInt64, in view: ProjectionView
  ) throws(FoldError) -> UInt64? {
    try ProposerState.rows { () throws(TableReadError) in
      try view.read(table, ProposerState.key(key).rawSpan) { row in
        guard let row, row.byteCount == 8 else { return nil }
        return row.bigEndian(at: 0)
      }
    }
  }
}
