import ArgumentParser
import Primitives
import Projections
import Rollup
import StateTransition

/// `varve output show INDEX`: one output, field by field.
struct OutputShow: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a posted output: every field that differs, the dispute about it, and every deadline.",
    discussion: """
      Ends with 1 when the output is wrong and not deleted, else with 3 when the
      projections cannot be brought to the head of the log: then the output is shown
      as of the L1 block that is named. With --at-l1 or --at-position all of it is as
      of an earlier L1 block, which takes archives of proposer-state and
      challenger-view.

      EXAMPLES
        varve output show 0
        varve output show 0 --at-l1 17
        varve output show 0 --json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var past: PastChoice

  @Argument(help: "The output's index.")
  var index: UInt64

  func execute(_ console: Console) throws {
    let store = try OutputStore(options, past)
    guard let details = try store.output(index) else {
      throw Failure(.cannot, "there is no output \(index)", remedy: "`varve output list`")
    }
    console.report(details)
    try [details.output].requireRight()
    if let behind = store.behind { throw behind }
  }
}

/// What `varve output show` prints.
struct OutputDetails: Report {
  /// A field that is wrong.
  struct Difference: Encodable {
    let field: String
    let claimed: String
    let computed: String

    init(_ difference: ClaimDifference) {
      field = difference.field
      claimed = Hex.encode(difference.claimed)
      computed = Hex.encode(difference.computed)
    }
  }

  /// What L1 has of it beyond the root.
  struct Posting: Encodable {
    let l1Block: UInt64
    let l1Head: BlockReport
    let proposer: String
    let bond: String
    let parentOutput: UInt64?
    let stateRoot: String
    let blockHash: String
    let claim: String

    init(_ row: OutputRow) {
      l1Block = row.l1Block
      l1Head = BlockReport(row.output.l1Head)
      proposer = "\(row.output.proposer)"
      bond = "\(row.output.bond)"
      parentOutput = row.output.parentOutput
      stateRoot = "\(row.output.stateRoot)"
      blockHash = "\(row.output.blockHash)"
      claim = "\(row.output.claim)"
    }
  }

  let output: OutputReport
  let asOf: BlockReport

  /// Of that block, in seconds; nil for an imported chain.
  let l1Time: UInt64?

  /// What has passed since, in seconds; nil for an imported chain, and of an earlier block than the newest.
  let l1Age: UInt64?

  /// Nil for an imported chain's.
  let posting: Posting?
  let differences: [Difference]

  /// The claims of the dispute that goes on that nobody has answered yet.
  let unanswered: [ClaimDeadline]

  /// What of this was not folded here.
  let imported: [ImportedRows]

  init(
    _ output: OutputReport, asOf: BlockID, verdict: OutputVerdict?, row: OutputRow? = nil, clock: L1Clock? = nil,
    deadlines: [ClaimDeadline] = [], imported: [ImportedRows]
  ) {
    self.output = output
    self.asOf = BlockReport(asOf)
    (l1Time, l1Age) = (clock?.time, clock?.age)
    self.imported = imported
    posting = row.map { Posting($0) }
    differences = output.verdict == nil ? [] : (verdict?.differences ?? []).map { Difference($0) }
    unanswered = deadlines
  }

  func render(on page: inout Page) {
    page.line(
      "output \(Quantity.count(output.output)) about block \(Quantity.count(output.l2Block)): \(output.verdictText)",
      output.isWrong ? .bad : .strong)
    var facts = [("stands", output.standingText), ("posted root", output.postedRoot)]
    facts.append(("ours", output.computedRoot ?? "there is no such block"))
    if let head = output.verdictAsOf { facts.append(("judged at", "L1 block \(head.text)")) }
    if let posting {
      facts += [
        ("posted in", "L1 block \(Quantity.count(posting.l1Block)) by \(posting.proposer), bond \(posting.bond) wei"),
        ("data up to", "L1 block \(posting.l1Head.text)"),
        ("extends", posting.parentOutput.map { "output \(Quantity.count($0))" } ?? "genesis"),
      ]
    }
    if let until = output.challengeableUntil {
      facts.append(
        ("challenge", "until L1 time \(until), \(Quantity.duration(seconds: Double(output.secondsLeft ?? 0))) left"))
    }
    page.facts(facts)
    if !differences.isEmpty {
      page.line()
      page.table(
        [.init(title: "differs in"), .init(title: "posted"), .init(title: "ours")],
        differences.map { [$0.field, $0.claimed, $0.computed] })
    }
    if !unanswered.isEmpty {
      page.line()
      page.table(
        [
          .init(title: "game", isNumber: true), .init(title: "claim", isNumber: true), .init(title: "by"),
          .init(title: "can be answered until", isNumber: true), .init(title: "left", isNumber: true),
        ],
        unanswered.map { claim in
          [
            Quantity.count(claim.game), Quantity.count(claim.claim), claim.claimant, "\(claim.answerableUntil)",
            Quantity.duration(seconds: Double(claim.secondsLeft)),
          ]
        })
    }
    for rows in imported { page.line(rows.text, .strong) }
    page.line("as of L1 block \(Quantity.count(asOf.number)) (\(asOf.hash))", .dim)
    if let l1Time { L1Clock(time: l1Time, age: l1Age).render(on: &page) }
  }
}
