import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve dispute show GAME`: the tree of its claims.
struct DisputeShow: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a dispute game: its claims as a tree, who made them, what became of them.",
    discussion: """
      A claim stands under the one that it answers. Its place is depth/index: down
      to the split depth claims are about blocks, below about the steps of one
      block; at the full depth a step decides.

      EXAMPLES
        varve dispute show 0
        varve dispute show 0 --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The game's number.")
  var game: UInt64

  func execute(_ console: Console) throws {
    let found = try options.openProjector(ChallengerView.self).read { rows, cursor throws(FoldError) in
      guard let row = try ChallengerView.game(game, in: rows) else { return nil as DisputeReport? }
      return DisputeReport(
        game, row, try ChallengerView.outcome(of: game, row, in: rows),
        output: try ChallengerView.output(row.outputIndex, in: rows),
        claims: try ChallengerView.claims(of: game, in: rows), asOf: cursor.l1Block)
    }
    guard let found else {
      throw Failure(.cannot, "there is no game \(game)", remedy: "`varve dispute list`")
    }
    console.report(found)
  }
}

/// What `varve dispute show` prints.
struct DisputeReport: Report {
  struct Claim: Encodable {
    let claim: Int
    let parent: UInt64?
    let depth: Int
    let index: UInt64
    let isAttack: Bool?
    let says: String
    let claimant: String
    let bond: String
    let clockUsed: UInt64
    let madeAt: UInt64
    let isRefutedByStep: Bool
    let resolution: String
  }

  let game: UInt64

  /// The newest L1 block that the answer takes into account.
  let asOf: BlockReport

  /// `inProgress`, `challengerWins`, `defenderWins`, `cancelled` or `blacklisted`.
  let status: String
  let output: UInt64
  let l2Block: UInt64?

  /// The L1 block up to which data counts in the game.
  let l1Head: BlockReport?
  let proposer: String?
  let challenger: String
  let claims: [Claim]

  init(
    _ game: UInt64, _ row: GameRow, _ outcome: GameOutcome, output: OutputRow?, claims: [ClaimRow], asOf: BlockID
  ) {
    self.game = game
    self.asOf = BlockReport(asOf)
    status = outcome.rawValue
    self.output = row.outputIndex
    l2Block = output?.output.l2BlockNumber
    l1Head = output.map { BlockReport($0.output.l1Head) }
    proposer = output.map { "\($0.output.proposer)" }
    challenger = "\(row.challenger)"
    self.claims = claims.enumerated().map { index, claim in
      let parent = claim.parentIndex.map { claims[Int($0)] }
      return Claim(
        claim: index, parent: claim.parentIndex, depth: claim.position.depth, index: claim.position.indexAtDepth,
        isAttack: parent.map { $0.position.move(isAttack: true) == claim.position }, says: "\(claim.claim)",
        claimant: "\(claim.claimant)", bond: "\(claim.bond)", clockUsed: claim.duration, madeAt: claim.timestamp,
        isRefutedByStep: claim.isDisproven,
        resolution: claim.counteredBy.map { $0 == .zero ? "stands" : "falls to \($0)" } ?? "open")
    }
  }

  func render(on page: inout Page) {
    page.line("game \(Quantity.count(game)): \(status)", .strong)
    page.facts([
      ("output", "\(Quantity.count(output)), about L2 block \(l2Block.map { Quantity.count($0) } ?? "-")"),
      ("data up to", "L1 block \(l1Head.map { Quantity.count($0.number) } ?? "-")"),
      ("proposer", proposer ?? "-"), ("challenger", challenger),
      ("as of", "L1 block \(Quantity.count(asOf.number))"),
    ])
    page.line()
    page.table(
      [
        .init(title: "claim"), .init(title: "at"), .init(title: "move"), .init(title: "says"),
        .init(title: "claimant"), .init(title: "clock", isNumber: true), .init(title: "became"),
      ],
      order.map { claim, level in
        [
          String(repeating: "  ", count: level) + "\(claim.claim)", "\(claim.depth)/\(claim.index)",
          claim.isAttack.map { $0 ? "attacks \(claim.parent ?? 0)" : "defends \(claim.parent ?? 0)" } ?? "the output",
          String(claim.says.prefix(10)), String(claim.claimant.prefix(10)), "\(claim.clockUsed) s",
          claim.isRefutedByStep ? "refuted by a step" : claim.resolution,
        ]
      })
  }

  /// Claims in the order of the tree, each after the one that it answers, with its level.
  private var order: [(claim: Claim, level: Int)] {
    var answers: [UInt64: [Claim]] = [:]
    for claim in claims { if let parent = claim.parent { answers[parent, default: []].append(claim) } }
    var found: [(claim: Claim, level: Int)] = []
    var open: [(claim: Claim, level: Int)] = claims.first.map { [($0, 0)] } ?? []
    while let next = open.popLast() {
      found.append(next)
      for answer in (answers[UInt64(next.claim.claim)] ?? []).reversed() { open.append((answer, next.level + 1)) }
    }
    return found
  }
}
