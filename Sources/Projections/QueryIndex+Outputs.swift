import Primitives
import Rollup

// Outputs and withdrawals: what settles a block.
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
      view.put(Self.games, ProposerState.key(event.gameId), ProposerState.key(event.outputIndex))
      try note(.disputed, output: event.outputIndex, game: event.gameId, at: now, in: view)
    case .resolved(let event): try resolve(event, at: now, in: view)
    case .withdrawalProven(let event):
      let before: IndexedWithdrawal? = try view.row(Self.withdrawals, event.withdrawalHash.bytes)
      view.put(
        Self.withdrawals, event.withdrawalHash.bytes,
        row: IndexedWithdrawal(proven: now, outputIndex: event.outputIndex, finalized: before?.finalized))
    case .withdrawalFinalized(let event):
      guard var row: IndexedWithdrawal = try view.row(Self.withdrawals, event.withdrawalHash.bytes) else { return }
      row.finalized = now
      view.put(Self.withdrawals, event.withdrawalHash.bytes, row: row)
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
    let kind: IndexedOutput.Kind
    switch event.status {
    case .inProgress: return
    case .challengerWins: kind = .defeated
    case .defenderWins: kind = .defended
    }
    guard let output = try Self.number(Self.games, event.gameId, in: view) else { return }
    try note(kind, output: output, game: event.gameId, at: now, in: view)
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
