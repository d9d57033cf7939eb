import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection rebuild NAME`: folds the log anew and switches to the result.
struct ProjectionRebuild: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Fold the log from position 0 into a fresh version, and switch to it.",
    discussion: """
      The live version serves readers until the new one is complete; the switch is
      one rename. A rebuild that was interrupted, even by a kill, goes on where it
      was, unless --restart is given.

      Of proposer-state the senders of transactions are taken from sender-index,
      which is brought up to date first, and built if there is none; with
      --check-senders every one of them is recovered anew, and compared.

      With --archive the new version keeps what every row was before each L1 block,
      so that it can be read as of any block; with --prune it does not. Without
      either it does what the live version does.

      Wrong claims do not stop a rebuild: they are rows of the projection. Use
      `varve replay` to have them checked.

      EXAMPLES
        varve projection rebuild proposer-state
        varve projection rebuild proposer-state --archive
        varve projection rebuild proposer-state --restart --batch-size 1000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @Flag(help: "Begin anew, even if an interrupted rebuild could go on.")
  var restart = false

  @Flag(help: "Recover all senders anew, and compare them with the index.")
  var checkSenders = false

  @Flag(exclusivity: .exclusive)
  var history: HistoryChoice?

  @Option(help: ArgumentHelp("Records per commit. It never changes the result.", valueName: "n"))
  var batchSize: Int = 10_000

  func validate() throws {
    guard batchSize > 0 else { throw ValidationError("--batch-size must be at least 1") }
  }

  func execute(_ console: Console) throws {
    if checkSenders { try SenderCheck(options).run(console) }
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let cursor = try rebuild(name.type, showing: bar)
    bar.clear()
    console.report(RebuildOutcome(name, cursor, seconds: bar.elapsed))
  }

  private func rebuild<P: Projection>(_ type: P.Type, showing bar: ProgressBar) throws -> ProjectionCursor {
    var projectorOptions = Projector<P>.Options.showing(bar)
    projectorOptions.batchSize = batchSize
    projectorOptions.choose(history)
    return try options.openProjector(type).rebuild(projectorOptions, resume: !restart)
  }
}

/// What `varve projection rebuild` prints.
struct RebuildOutcome: Report {
  let name: String
  let records: UInt64
  let l1Block: UInt64
  let seconds: Double

  init(_ name: ProjectionName, _ cursor: ProjectionCursor, seconds: Double) {
    self.name = name.rawValue
    records = cursor.nextPosition
    l1Block = cursor.l1BlockNumber
    self.seconds = seconds
  }

  func render(on page: inout Page) {
    let amount = "\(Quantity.count(records)) records, up to L1 block \(Quantity.count(l1Block))"
    page.line("rebuilt: \(name), \(amount)", .good)
    page.line("\(Quantity.rate(records, "records", seconds: seconds)), \(Quantity.duration(seconds: seconds))", .dim)
  }
}
