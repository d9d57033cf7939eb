import ArgumentParser
import ProjectionStore
import Projections
import Synchronization

/// `varve projection rebuild NAME`: folds the log anew and switches to the result.
struct ProjectionRebuild: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Fold the log from position 0 into a fresh version, and switch to it.",
    discussion: """
      The live version serves readers, and can be followed, until the new one is
      complete; the switch is one rename. Of several projections each begins once
      those have ended that it reads; one that fails ends only those that cannot do
      without it. Each failure is told. The command ends with 1 when one of them is a
      disagreement or damage, which trying again does not mend, else with 3.

      Ctrl-C ends a rebuild at its next commit. What was interrupted, even by a kill,
      goes on where it was when the same command runs again, unless --restart is
      given; `varve projection drop NAME --unfinished` throws it away. What is damaged
      begins anew; what cannot be opened just now, for want of memory or room or
      because the disk gives an error, is kept, and the error told.

      With --to the new version ends behind an L1 block, from where it follows the log
      like any other. With --no-switch it stays beside the live one, whole and on
      disk, for `varve projection switch`; what a projection reads is brought up to
      date, and made live, all the same. With --rate it takes no more records a
      second than that, so that others have the disk and the processors. Rows that it
      sets aside are appended to their tables at the same rate, in as long again.

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
        varve projection rebuild --all
        varve projection rebuild proposer-state query-index --rate 2000
        varve projection rebuild proposer-state --archive --no-switch
        varve projection rebuild proposer-state --to 1000 --restart
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projections.")
  var names: [ProjectionName] = []

  @Flag(help: "Rebuild every projection.")
  var all = false

  @Option(help: ArgumentHelp("The last L1 block to fold; without it, all there are.", valueName: "block"))
  var to: UInt64?

  @Flag(help: "Leave the live version live.")
  var noSwitch = false

  @OptionGroup var pace: RateOption

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
    guard all != !names.isEmpty else { throw ValidationError("name one projection or more, or give --all") }
    guard Set(names).count == names.count else { throw ValidationError("each projection is named once") }
  }

  func execute(_ console: Console) throws {
    if checkSenders { try SenderCheck(options).run(console) }
    let interruption = Interruption()
    let names = all ? ProjectionName.allCases : names
    let progress = RebuildProgress(ProgressBar("records", console: console))
    let results = Mutex([Int: Result<RebuildOutcome, any Error>]())
    let command = self
    let outcomes = RebuildSchedule(names.map(\.type)).run { number in
      // Nothing is begun, or thrown away to begin anew, that nobody waits for.
      if interruption.isRequested { return false }
      let result = Result { try command.rebuild(names[number].type, names[number], progress, interruption) }
      results.withLock { $0[number] = result }
      if case .success = result { return true }
      return false
    }
    progress.clear()
    let found = results.withLock { $0 }
    for (number, outcome) in outcomes.enumerated() {
      if case .success(let report) = found[number] { console.report(report) }
      if outcome == .leftOut {
        console.note("\(names[number].rawValue) was left out: it cannot do without one that failed")
      } else if found[number] == nil {
        console.note("\(names[number].rawValue) was not begun")
      }
    }
    // Every failure is told; it ends with the worst: one that trying again does not mend.
    let stops = names.indices.compactMap { number -> Stop? in
      guard case .failure(let error) = found[number] else { return nil }
      let failure = Failure(of: error)
      return console.stop(
        Failure(failure.kind, "\(names[number].rawValue): \(failure.message)", remedy: failure.remedy))
    }
    if let worst = stops.min(by: { $0.exitCode < $1.exitCode }) { throw worst }
    guard outcomes.allSatisfy({ $0 == .done }) else {
      throw Failure(.cannot, "stopped before all were begun; run it again to go on")
    }
  }

  private func rebuild<P: Projection>(
    _ type: P.Type, _ name: ProjectionName, _ progress: RebuildProgress, _ interruption: Interruption
  ) throws -> RebuildOutcome {
    let began = ContinuousClock.now
    var projectorOptions = Projector<P>.Options(batchSize: batchSize) { progress.update(name, $0) }
    projectorOptions.isCancelled = { interruption.isRequested }
    projectorOptions.recordsPerSecond = pace.rate
    projectorOptions.tell(options.console)
    // What can be no archive is none, where all are asked for.
    if !all || P.readMode == .canonical { projectorOptions.choose(history) }
    let rebuilt = try options.openProjector(type).rebuild(
      projectorOptions, to: to, resume: !restart, switches: !noSwitch)
    return RebuildOutcome(name, rebuilt, seconds: (ContinuousClock.now - began).seconds)
  }
}

/// How far several rebuilds are, together, on one bar: their records as long as one of them folds, and what one of them does
/// with the rows that it has set aside when none does.
private final class RebuildProgress: Sendable {
  private struct State {
    let bar: ProgressBar
    var folds: [ProjectionName: ProjectionProgress] = [:]
    var folding: Set<ProjectionName> = []
  }

  private let state: Mutex<State>

  init(_ bar: sending ProgressBar) { state = Mutex(State(bar: bar)) }

  func update(_ name: ProjectionName, _ progress: ProjectionProgress) {
    state.withLock { state in
      let isFolding = progress.stage == .fold
      if isFolding { state.folds[name] = progress }
      if isFolding, progress.position < progress.target {
        state.folding.insert(name)
      } else {
        state.folding.remove(name)
      }
      guard isFolding || !state.folding.isEmpty else { return state.bar.update(progress) }
      let folds = state.folds.values
      state.bar.update(done: folds.reduce(0) { $0 + $1.done }, total: folds.reduce(0) { $0 + $1.total })
    }
  }

  func clear() { state.withLock { $0.bar.clear() } }
}

/// What `varve projection rebuild` prints.
struct RebuildOutcome: Report {
  let name: String
  let version: String
  let isLive: Bool
  let records: UInt64
  let l1Block: UInt64
  let seconds: Double

  init(_ name: ProjectionName, _ rebuilt: RebuiltVersion, seconds: Double) {
    self.name = name.rawValue
    version = "\(rebuilt.name)"
    isLive = rebuilt.isLive
    records = rebuilt.cursor.nextPosition
    l1Block = rebuilt.cursor.l1BlockNumber
    self.seconds = seconds
  }

  func render(on page: inout Page) {
    let amount = "\(Quantity.count(records)) records, up to L1 block \(Quantity.count(l1Block))"
    page.line("rebuilt: \(name), \(amount)", .good)
    if !isLive { page.line("version \(version) stays beside; `varve projection switch \(name)` makes it live") }
    page.line("\(Quantity.rate(records, "records", seconds: seconds)), \(Quantity.duration(seconds: seconds))", .dim)
  }
}
