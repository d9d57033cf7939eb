import Primitives
import ProjectionStore
import Projections
import Roles
import Rollup
import StateTransition

/// Holds the view that roles decide by against the rows of the projections.
struct ViewAgreement {
  private let view: RollupView
  private var found: [String] = []

  init(_ view: RollupView) { self.view = view }

  private mutating func compare<Value: Equatable>(_ what: @autoclosure () -> String, _ view: Value, _ row: Value) {
    if view != row { found.append("\(what()): roles see \(view), the row says \(row)") }
  }

  private mutating func compareHead(_ cursor: ProjectionCursor) {
    compare("L1 head", view.l1Head, cursor.l1Block)
  }

  private mutating func compareOrder(_ tables: OrderTables, _ rows: ProjectionView) throws(FoldError) {
    for block in view.l1Blocks {
      let row = try tables.safeHead(atL1Block: block.id.number, in: rows)
      compare("safe head at L1 block \(block.id.number)", block.safeHead, row?.head.number)
    }
    for rejection in view.rejections {
      let row = try tables.rejection(ofBatch: rejection.batchIndex, in: rows)
      compare("rejection of batch \(rejection.batchIndex)", rejection, row)
    }
  }
}

extension ViewAgreement {
  /// Blocks, their results, the order, and the verdicts on outputs.
  consuming func differences(
    fromProposerState rows: ProjectionView, at cursor: ProjectionCursor
  ) throws(FoldError) -> [String] {
    compareHead(cursor)
    try compareOrder(ProposerState.order, rows)
    for number in 0...view.safeHead {
      let row = try ProposerState.result(of: number, in: rows)
      compare("header of block \(number)", view.result(of: number)?.header, row?.header)
      if number > 0 { compare("claim of block \(number)", view.result(of: number)?.claim, row?.claim) }
    }
    for (index, entry) in view.outputs.enumerated() {
      let row = try ProposerState.verdict(on: UInt64(index), in: rows)
      compare("verdict on output \(index)", Challenger.verdict(on: entry.output, view), row?.judgement)
    }
    compare("blocks beyond the safe head", nil, try ProposerState.result(of: view.safeHead + 1, in: rows)?.header)
    return found
  }

  /// Outputs, games, accounts, the order.
  consuming func differences(
    fromChallengerView rows: ProjectionView, at cursor: ProjectionCursor
  ) throws(FoldError) -> [String] {
    compareHead(cursor)
    try compareOrder(ChallengerView.order, rows)
    for (index, entry) in view.outputs.enumerated() { try compare(entry, UInt64(index), rows) }
    compare(
      "outputs beyond the last", nil, try ChallengerView.output(UInt64(view.outputs.count), in: rows)?.output)
    for game in view.games { try compare(game, rows) }
    compare("games beyond the last", nil, try ChallengerView.game(UInt64(view.games.count), in: rows))
    for account in try ChallengerView.accounts(in: rows) {
      compare("credit of \(account.address)", view.credits[account.address] ?? .zero, account.row.credit)
    }
    return found
  }

  private mutating func compare(
    _ entry: OutputEntry, _ index: UInt64, _ rows: ProjectionView
  ) throws(FoldError) {
    let row = try ChallengerView.output(index, in: rows)
    compare("output \(index)", entry.output, row?.output)
    compare("challenge end of output \(index)", entry.challengeEnd, row?.challengeEnd)
    compare("status of output \(index)", "\(entry.status)", row.map { "\($0.status)" })
    compare("game of output \(index)", entry.game, row?.game)
  }

  private mutating func compare(_ game: GameEntry, _ rows: ProjectionView) throws(FoldError) {
    let row = try ChallengerView.game(game.id, in: rows)
    compare("output of game \(game.id)", game.outputIndex, row?.outputIndex)
    compare("status of game \(game.id)", game.status, row?.status)
    let claims = try ChallengerView.claims(of: game.id, in: rows)
    compare("claims of game \(game.id)", game.claims.count, claims.count)
    for (index, (claim, row)) in zip(game.claims, claims).enumerated() {
      let name = "claim \(index) of game \(game.id)"
      compare(name, claim.claim, row.claim)
      compare("parent of \(name)", claim.parentIndex, row.parentIndex)
      compare("position of \(name)", claim.position, row.position)
      compare("claimant of \(name)", claim.claimant, row.claimant)
      compare("clock of \(name)", [claim.clockDuration, claim.clockStart], [row.duration, row.timestamp])
      compare("refutation of \(name)", claim.isRefuted, row.isDisproven)
      compare("resolution of \(name)", claim.isResolved, row.counteredBy != nil)
    }
  }
}
