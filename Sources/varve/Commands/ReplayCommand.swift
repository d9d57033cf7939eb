import ArgumentParser
import Primitives
import ProjectionStore
import Projections

/// `varve replay`: the state of L2 from the log alone, every posted root checked.
struct ReplayCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Compute L2 state from the log alone, and check every posted root.",
    discussion: """
      Starts at position 0 with nothing, in a fresh directory beside the live
      state. Each block is executed, each claim about it is compared. It stops at
      the first claim that does not agree, and names the block, the field and both
      values (exit code 1), or at a block that cannot be applied.

      A replay of the whole log becomes the live state when everything agrees. One
      that ends with --to stays aside, and --resume goes on with it; so it does
      after an interruption: Ctrl-C ends a replay at its next commit.

      With --archive the replayed state keeps what it was before each L1 block, and
      can be read as of any block; with --prune it does not. Without either it does
      what the live state does.

      Senders of transactions are taken from the projection sender-index, which is
      brought up to date first, and built if there is none. --check-senders recovers
      every one of them anew, and compares.

      EXAMPLES
        varve replay
        varve replay --to 1000
        varve replay --resume
        varve replay --archive
        varve replay --check-senders
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("The last block to replay; without it, all there are.", valueName: "block"))
  var to: UInt64?

  @Flag(help: "Go on with an interrupted replay or rebuild.")
  var resume = false

  @Flag(help: "Recover all senders anew, and compare them with the index.")
  var checkSenders = false

  @Flag(exclusivity: .exclusive)
  var history: HistoryChoice?

  func execute(_ console: Console) throws {
    if checkSenders { try SenderCheck(options).run(console) }
    let projector = try options.openProjector(ProposerState.self)
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    var projectorOptions = Projector<ProposerState>.Options.showing(bar)
    projectorOptions.choose(history)
    projectorOptions.tell(console)
    let interruption = Interruption()
    projectorOptions.isCancelled = { interruption.isRequested }
    let report = try projector.replay(to: to, resume: resume, projectorOptions)
    bar.clear()
    console.report(ReplayOutcome(report, seconds: bar.elapsed))
  }
}

/// What `varve replay` prints.
struct ReplayOutcome: Report {
  let block: UInt64
  let stateRoot: String
  let outputsAgreed: UInt64
  let outputsDisagreed: UInt64
  let resumedAt: UInt64
  let records: UInt64
  let isLive: Bool
  let seconds: Double
  let blocksPerSecond: Double

  init(_ report: ReplayReport, seconds: Double) {
    block = report.block
    stateRoot = "\(report.stateRoot)"
    outputsAgreed = report.outputs
    // A replay that meets a disagreement ends with it instead of with this report.
    outputsDisagreed = 0
    resumedAt = report.start
    records = report.cursor.nextPosition
    isLive = report.isPublished
    self.seconds = seconds
    blocksPerSecond = seconds > 0 ? Double(report.outputs) / seconds : 0
  }

  func render(on page: inout Page) {
    page.line(
      "agreed: all \(Quantity.count(outputsAgreed)) posted outputs, blocks up to \(Quantity.count(block))", .good)
    page.facts([
      ("state root", stateRoot),
      ("rate", "\(Quantity.rate(outputsAgreed, "blocks", seconds: seconds)), \(Quantity.duration(seconds: seconds))"),
      ("from", resumedAt == 0 ? "position 0" : "position \(Quantity.count(resumedAt)), resumed"),
      ("live", isLive ? "yes" : "no: it ends before the log does; --resume goes on with it"),
    ])
  }
}

extension Projector.Options {
  /// The usual options, with progress shown on `bar`.
  static func showing(_ bar: ProgressBar) -> Self {
    Self(onProgress: { bar.update($0) })
  }
}

extension ProgressBar {
  func update(_ progress: ProjectionProgress) {
    switch progress.stage {
    case .fold: update(done: progress.done, total: progress.total)
    case .check, .sort, .append:
      update(
        done: progress.done >> 10, total: progress.total >> 10,
        stage: ("KiB of rows \(progress.stage.participle)", progress.elapsed.seconds))
    }
  }
}

extension ProjectionProgress.Stage {
  /// What has been done with what the stage counts.
  var participle: String {
    switch self {
    case .fold: "folded"
    case .check: "checked"
    case .sort: "sorted"
    case .append: "appended"
    }
  }
}
