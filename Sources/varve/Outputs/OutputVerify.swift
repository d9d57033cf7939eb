import ArgumentParser
import ProjectionStore
import Projections
import Rollup

/// `varve output verify`: judges outputs anew, from the log alone.
struct OutputVerify: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Execute the log again, and hold posted outputs against what comes out.",
    discussion: """
      Begins at position 0 with nothing, in a scratch directory: it trusts no row
      of any projection, and compares its verdicts with those of proposer-state as
      well: also where that has one on an output that nobody posted. With indices
      only these outputs are told of, and it ends behind the last of them; without,
      all are, deleted ones too.

      Ends with 1 when one of them is wrong, or when proposer-state has another
      verdict on it.

      EXAMPLES
        varve output verify
        varve output verify 3 4 --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Indices of outputs; without any, all.")
  var indices: [UInt64] = []

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    var verdicts = try projector.recomputeVerdicts(through: indices.max(), .showing(bar))
    bar.clear()
    if !indices.isEmpty {
      let known = Set(verdicts.map(\.outputIndex))
      if let missing = indices.first(where: { !known.contains($0) }) {
        throw Failure(.cannot, "there is no output \(missing)", remedy: "`varve output list`")
      }
      verdicts = verdicts.filter { indices.contains($0.outputIndex) }
    }
    console.report(OutputVerification(verdicts, seconds: bar.elapsed))
    if let foreign = verdicts.first(where: { !$0.isStored }) {
      throw Failure(
        .disagreement,
        foreign.recomputed == nil
          ? "projection \(ProposerState.name) has a verdict on output \(foreign.outputIndex), which nobody posted"
          : "projection \(ProposerState.name) has another verdict on output \(foreign.outputIndex)",
        remedy: "`varve projection rebuild \(ProposerState.name) --restart`")
    }
    if let wrong = verdicts.compactMap(\.recomputed).first(where: { !$0.agrees }) {
      throw Failure(.disagreement, "\(wrong)", remedy: "`varve output show \(wrong.outputIndex)`")
    }
  }
}

/// What `varve output verify` prints.
struct OutputVerification: Report {
  let verified: Int
  let agreed: Int

  /// Those that do not agree, and those on which the rows say something else.
  let findings: [Finding]
  let seconds: Double

  struct Finding: Encodable {
    let output: UInt64
    let l2Block: UInt64
    let postedRoot: String
    let computedRoot: String?

    /// `notPosted` where only the rows have the output: block and roots are then theirs.
    let verdict: String
    let isStored: Bool

    init?(_ found: RecomputedVerdict) {
      guard let told = found.recomputed ?? found.stored else { return nil }
      output = found.outputIndex
      l2Block = told.l2BlockNumber
      postedRoot = "\(told.claimedRoot)"
      computedRoot = told.computedRoot.map { "\($0)" }
      verdict = found.recomputed?.judgement.rawValue ?? "notPosted"
      isStored = found.isStored
    }
  }

  init(_ verdicts: [RecomputedVerdict], seconds: Double) {
    let recomputed = verdicts.compactMap(\.recomputed)
    verified = recomputed.count
    agreed = recomputed.count { $0.agrees }
    findings = verdicts.filter { $0.recomputed?.agrees != true || !$0.isStored }.compactMap { Finding($0) }
    self.seconds = seconds
  }

  func render(on page: inout Page) {
    page.line(
      "\(Quantity.count(agreed)) of \(Quantity.count(verified)) outputs agree with what the log gives",
      agreed == verified && findings.isEmpty ? .good : .bad)
    for finding in findings {
      page.line(
        "output \(Quantity.count(finding.output)) about block \(Quantity.count(finding.l2Block)): \(finding.verdict)")
      page.facts([
        ("  posted", finding.postedRoot), ("  ours", finding.computedRoot ?? "there is no such block"),
        ("  rows", finding.isStored ? "say the same" : "say something else"),
      ])
    }
    page.facts([("took", Quantity.duration(seconds: seconds))])
  }
}
