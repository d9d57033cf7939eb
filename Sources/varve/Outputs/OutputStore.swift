import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// What questions about outputs are answered from: what L1 says of them, and what executing the log says.
struct OutputStore {
  let log: EventLog
  let configuration: ChainConfiguration
  private let state: Projector<ProposerState>
  private let challenges: Projector<ChallengerView>

  /// The L1 block as of which questions are answered; nil for the newest.
  private let l1Block: UInt64?

  /// How a command ends that has answered from rows which are behind the log: why the first of them are.
  let behind: Failure?

  /// What the verdicts, and what is said of disputes, come from, where that was not folded here.
  let imported: [ImportedRows]

  /// Opens the projections.
  ///
  /// - Parameters:
  ///   - past: nil for now.
  ///   - follows: whether they are brought to the head of the log, unless a node is doing so; without, they are read as they
  ///     stand, and nothing is written.
  init(_ options: GlobalOptions, _ past: PastChoice? = nil, follows: Bool = true) throws {
    log = try options.openLog(.readOnly)
    configuration = try ChainConfiguration(of: log)
    state = try options.projector(ProposerState.self, over: log)
    challenges = try options.projector(ChallengerView.self, over: log)
    l1Block = try past?.l1Block(of: state)
    let isDisputable = configuration.rollup != nil
    var behind: Failure?
    if follows {
      behind = try state.catchUpUnlessWritten(options.console)
      if isDisputable {
        let failure = try challenges.catchUpUnlessWritten(options.console)
        behind = behind ?? failure
      }
    }
    self.behind = behind
    imported = [try state.importedRows(), isDisputable ? try challenges.importedRows() : nil].compactMap(\.self)
  }

  /// Whether outputs of this chain can be disputed: an imported chain's cannot, and have no more to them than a verdict.
  private var isDisputable: Bool { configuration.rollup != nil }

  /// All outputs from an index on, at most so many; the newest ones without an index. O(outputs).
  func outputs(from first: UInt64?, count: Int) throws -> OutputListing {
    let (verdicts, executed) = try verdicts(from: first ?? 0)
    guard isDisputable else {
      let reports = verdicts.keys.sorted().compactMap { verdicts[$0] }.map(OutputReport.init)
      return listing(asOf: executed, nil, Self.some(reports, count, newest: first == nil))
    }
    return try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      let now = try ChallengerView.time(ofL1Block: asOf.number, in: view)
      var reports: [OutputReport] = []
      var index = first ?? 0
      while let row = try ChallengerView.output(index, in: view) {
        reports.append(OutputReport(row, verdicts[index], now: now))
        index += 1
      }
      return listing(
        asOf: asOf, L1Clock(time: now, isNow: l1Block == nil), Self.some(reports, count, newest: first == nil))
    }
  }

  private func listing(asOf: BlockID, _ clock: L1Clock?, _ outputs: [OutputReport]) -> OutputListing {
    OutputListing(asOf: asOf, clock, outputs, imported: imported)
  }

  /// An output that is neither final nor deleted, and how the dispute about it would end.
  struct OpenOutput {
    let report: OutputReport

    /// Nil where there is no dispute.
    let outlook: GameOutlook?
  }

  /// The outputs that are neither final nor deleted, and the L1 time, in seconds, as of which that is so. O(outputs).
  func openOutputs() throws -> (now: UInt64, outputs: [OpenOutput]) {
    guard isDisputable else { return (0, []) }
    let (verdicts, _) = try verdicts(from: 0)
    let fold = ChallengerView(configuration: configuration)
    return try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      let now = try ChallengerView.time(ofL1Block: asOf.number, in: view)
      var outputs: [OpenOutput] = []
      for index in try ChallengerView.openOutputs(in: view) {
        guard let row = try ChallengerView.output(index, in: view) else { continue }
        let outlook = try row.game.flatMap { game throws(FoldError) in
          try fold.outlook(ofGame: game, now: now, in: view)
        }
        outputs.append(OpenOutput(report: OutputReport(row, verdicts[index], now: now), outlook: outlook))
      }
      return (now, outputs)
    }
  }

  /// One output with all that goes on about it; nil when there is none.
  func output(_ index: UInt64) throws -> OutputDetails? {
    let (verdicts, executed) = try verdicts(from: index, only: true)
    guard isDisputable else {
      return verdicts[index].map { verdict in
        OutputDetails(OutputReport(verdict), asOf: executed, verdict: verdict, imported: imported)
      }
    }
    let fold = ChallengerView(configuration: configuration)
    return try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      guard let row = try ChallengerView.output(index, in: view) else { return nil }
      let now = try ChallengerView.time(ofL1Block: asOf.number, in: view)
      var deadlines: [ClaimDeadline] = []
      if let game = row.game { deadlines = try ClaimDeadline.all(ofGame: game, now: now, fold, in: view) }
      return OutputDetails(
        OutputReport(row, verdicts[index], now: now), asOf: asOf, verdict: verdicts[index], row: row,
        clock: L1Clock(time: now, isNow: l1Block == nil), deadlines: deadlines, imported: imported)
    }
  }

  private func verdicts(
    from index: UInt64, only: Bool = false
  ) throws -> (verdicts: [UInt64: OutputVerdict], asOf: BlockID) {
    try state.read(at: l1Block) { view, asOf throws(FoldError) in
      var found: [UInt64: OutputVerdict] = [:]
      try ProposerState.scanVerdicts(from: index, in: view) { verdict in
        found[verdict.outputIndex] = verdict
        return !only
      }
      return (found, asOf)
    }
  }

  private static func some(_ reports: [OutputReport], _ count: Int, newest: Bool) -> [OutputReport] {
    Array(newest ? reports.suffix(count) : reports.prefix(count))
  }
}

extension ChainConfiguration {
  /// What a log's first record configures.
  init(of log: EventLog) throws {
    guard case .chainConfigured(let event) = try log.record(at: .zero).event() else {
      throw Failure(.disagreement, "the log in \(log.directory) does not begin with a ChainConfigured")
    }
    self = event.configuration
  }
}
