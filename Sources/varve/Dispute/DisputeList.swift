import ArgumentParser
import ProjectionStore
import Projections
import Rollup

/// `varve dispute list`: every game, and how it stands.
struct DisputeList: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the dispute games.",
    discussion: """
      As projection challenger-view has them; the L1 block that it has reached is
      named.

      EXAMPLES
        varve dispute list
        varve dispute list --json
      """)

  @OptionGroup var options: GlobalOptions

  func execute(_ console: Console) throws {
    let report = try options.openProjector(ChallengerView.self).read { rows, cursor throws(FoldError) in
      var games: [DisputeListing.Game] = []
      while let row = try ChallengerView.game(UInt64(games.count), in: rows) {
        let id = UInt64(games.count)
        games.append(DisputeListing.Game(id, row, try ChallengerView.outcome(of: id, row, in: rows)))
      }
      return DisputeListing(games: games, asOf: BlockReport(cursor.l1Block))
    }
    console.report(report)
  }
}

/// What `varve dispute list` prints.
struct DisputeListing: Report {
  struct Game: Encodable {
    let game: UInt64
    let output: UInt64

    /// `inProgress`, `challengerWins`, `defenderWins`, `cancelled` or `blacklisted`.
    let status: String
    let challenger: String
    let l1Block: UInt64
    let claims: UInt64

    init(_ id: UInt64, _ row: GameRow, _ outcome: GameOutcome) {
      game = id
      output = row.outputIndex
      status = outcome.rawValue
      challenger = "\(row.challenger)"
      l1Block = row.l1Block
      claims = row.claimCount
    }
  }

  let games: [Game]
  let asOf: BlockReport

  func render(on page: inout Page) {
    if games.isEmpty {
      page.line("no dispute, up to L1 block \(Quantity.count(asOf.number))")
      return
    }
    page.table(
      [
        .init(title: "game", isNumber: true), .init(title: "output", isNumber: true), .init(title: "status"),
        .init(title: "since L1 block", isNumber: true), .init(title: "claims", isNumber: true),
        .init(title: "challenger"),
      ],
      games.map { game in
        [
          Quantity.count(game.game), Quantity.count(game.output), game.status, Quantity.count(game.l1Block),
          Quantity.count(game.claims), game.challenger,
        ]
      })
    page.line("up to L1 block \(Quantity.count(asOf.number))", .dim)
  }
}
