import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection verify NAME`: rebuilds in scratch and compares.
struct ProjectionVerify: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Fold the log again in a scratch directory, and compare with the live version.",
    discussion: """
      Ends with 0 when both have the same digest; otherwise names the first row
      that differs and ends with 1.

      The live version is seen as of one moment. A node that follows the log with it
      goes on meanwhile, and its file grows by what that writes. With --rate no more
      records are taken a second than that, so that others have the disk and the
      processors.

      EXAMPLES
        varve projection verify proposer-state
        varve projection verify query-index --rate 2000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @OptionGroup var pace: RateOption

  func execute(_ console: Console) throws {
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let report = try verify(name.type, showing: bar)
    bar.clear()
    console.report(ProjectionVerifyOutcome(name, report, seconds: bar.elapsed))
    guard !report.agrees else { return }
    let difference = report.difference.map { "; first difference: \($0)" } ?? ""
    throw Failure(
      .disagreement, "projection \(name.rawValue) is not what the log gives\(difference)",
      remedy: "`varve projection rebuild \(name.rawValue) --restart`")
  }

  private func verify<P: Projection>(_ type: P.Type, showing bar: ProgressBar) throws -> VerifyReport {
    var run = Projector<P>.Options.showing(bar)
    run.recordsPerSecond = pace.rate
    return try options.openProjector(type).verify(run)
  }
}

/// What `varve projection verify` prints.
struct ProjectionVerifyOutcome: Report {
  let name: String
  let agrees: Bool
  let storedDigest: String
  let rebuiltDigest: String
  let firstDifference: String?
  let l1Block: UInt64
  let seconds: Double

  init(_ name: ProjectionName, _ report: VerifyReport, seconds: Double) {
    self.name = name.rawValue
    agrees = report.agrees
    storedDigest = "\(report.stored.digest)"
    rebuiltDigest = "\(report.rebuilt.digest)"
    firstDifference = report.difference.map { "\($0)" }
    l1Block = report.stored.cursor.l1BlockNumber
    self.seconds = seconds
  }

  func render(on page: inout Page) {
    if agrees {
      page.line("equal: \(name) is what the log gives, up to L1 block \(Quantity.count(l1Block))", .good)
    } else {
      page.line("NOT equal: \(name)", .bad)
    }
    page.facts([
      ("stored", storedDigest), ("rebuilt", rebuiltDigest), ("took", Quantity.duration(seconds: seconds)),
    ])
  }
}
