import Primitives
import Rollup

// Outputs and disputes: what settles a block.
extension QueryIndex {
  func settle(_ event: Event, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    switch event {
    case .outputProposed(let event): try propose(event, at: now, in: view)
    case .outputFinalized(let event): try note(.final, output: event.outputIndex, at: now, in: view)
    case .outputsDeleted(let event):
      for index in event.newNextOutputIndex..<max(event.newNextOutputIndex, event.prevNextOutputIndex) {
        try note(.deleted, output: index, at: now, in: view)
      }
    case .disputeGameCreated(let event):
      view.put(Self.games, ProposerState.key(event.gameId), row: IndexedGame(output: event.outputIndex))
      try note(.disputed, output: event.outputIndex, game: event.gameId, at: now, in: view)
    case .claimResolved(let event):
      guard event.claimIndex == 0, event.counteredBy != .zero else { return }
      try change(event.gameId, in: view) { $0.isDefeated = true }
    case .gameBlacklisted(let event):
      guard let game = try change(event.gameId, in: view, { $0.isBlacklisted = true }) else { return }
      try note(.blacklisted, output: game.output, game: event.gameId, at: now, in: view)
    case .resolved(let event): try resolve(event, at: now, in: view)
    default: break
    }
  }

  private func propose(_ event: OutputProposed, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    let period: Period? = try view.row(Self.period, OrderTables.onlyKey)
    let (end, overflows) = now.timestamp.addingReportingOverflow(period?.seconds ?? 0)
    let row = IndexedOutput(
      outputRoot: event.outputRoot, proposer: event.proposer, challengeEnd: overflows ? .max : end,
      changes: [IndexedOutput.Change(kind: .proposed, game: nil, at: now)])
    view.put(Self.outputs, Self.outputKey(event.l2BlockNumber, event.outputIndex), row: row)
    view.put(Self.outputBlocks, ProposerState.key(event.outputIndex), ProposerState.key(event.l2BlockNumber))
  }

  private func resolve(_ event: Resolved, at now: L1Moment, in view: ProjectionView) throws(FoldError) {
    guard event.status != .inProgress,
      let game: IndexedGame = try view.row(Self.games, ProposerState.key(event.gameId)),
      !game.isBlacklisted
    else { return }
    let kind: IndexedOutput.Kind =
      event.status == .defenderWins ? .defended : game.isDefeated ? .defeated : .cancelled
    try note(kind, output: game.output, game: event.gameId, at: now, in: view)
  }

  /// Changes the row of a game; nil when there is none.
  @discardableResult
  private func change(
    _ id: UInt64, in view: ProjectionView, _ body: (inout IndexedGame) -> Void
  ) throws(FoldError) -> IndexedGame? {
    guard var game: IndexedGame = try view.row(Self.games, ProposerState.key(id)) else { return nil }
    body(&game)
    view.put(Self.games, ProposerState.key(id), row: game)
    return game
  }

  private func note(
    _ kind: IndexedOutput.Kind, output index: UInt64, game: UInt64? = nil, at now: L1Moment, in view: ProjectionView
  ) throws(FoldError) {
    guard let block = try Self.number(Self.outputBlocks, index, in: view),
      var row: IndexedOutput = try view.row(Self.outputs, Self.outputKey(block, index))
    else { return }
    row.changes.append(IndexedOutput.Change(kind: kind, game: game, at: now))
    view.put(Self.outputs, Self.outputKey(block, index), row: row)
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
