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

  /// The outputs from an index on, at most so many; the newest ones without an index. O(log outputs + count).
  func outputs(from first: UInt64?, count: Int) throws -> OutputListing {
    guard isDisputable else {
      return try state.read(at: l1Block) { view, asOf throws(FoldError) in
        let verdicts = try ProposerState.verdicts(from: first, count: count, in: view)
        return listing(asOf: asOf, nil, verdicts.map { OutputReport($0) })
      }
    }
    let (asOf, now, rows) = try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      (
        asOf, try ChallengerView.time(ofL1Block: asOf.number, in: view),
        try ChallengerView.outputs(from: first, count: count, in: view)
      )
    }
    let verdicts = try verdicts(on: rows.map(\.output.outputIndex))
    return listing(
      asOf: asOf, L1Clock(time: now, isNow: l1Block == nil),
      rows.map { OutputReport($0, verdicts[$0.output.outputIndex], now: now) })
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

  /// The outputs that are neither final nor deleted, and the L1 time, in seconds, as of which that is so. O(their number).
  func openOutputs() throws -> (now: UInt64, outputs: [OpenOutput]) {
    guard isDisputable else { return (0, []) }
    let fold = ChallengerView(configuration: configuration)
    let (now, open) = try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      let now = try ChallengerView.time(ofL1Block: asOf.number, in: view)
      var open: [(row: OutputRow, outlook: GameOutlook?)] = []
      for index in try ChallengerView.openOutputs(in: view) {
        guard let row = try ChallengerView.output(index, in: view) else { continue }
        let outlook = try row.game.flatMap { game throws(FoldError) in
          try fold.outlook(ofGame: game, now: now, in: view)
        }
        open.append((row, outlook))
      }
      return (now, open)
    }
    let verdicts = try verdicts(on: open.map(\.row.output.outputIndex))
    let outputs = open.map { row, outlook in
      OpenOutput(report: OutputReport(row, verdicts[row.output.outputIndex], now: now), outlook: outlook)
    }
    return (now, outputs)
  }

  /// One output with all that goes on about it; nil when there is none.
  func output(_ index: UInt64) throws -> OutputDetails? {
    let (verdict, executed) = try state.read(at: l1Block) { view, asOf throws(FoldError) in
      (try ProposerState.verdict(on: index, in: view), asOf)
    }
    guard isDisputable else {
      return verdict.map { OutputDetails(OutputReport($0), asOf: executed, verdict: $0, imported: imported) }
    }
    let fold = ChallengerView(configuration: configuration)
    return try challenges.read(at: l1Block) { view, asOf throws(FoldError) in
      guard let row = try ChallengerView.output(index, in: view) else { return nil }
      let now = try ChallengerView.time(ofL1Block: asOf.number, in: view)
      var deadlines: [ClaimDeadline] = []
      if let game = row.game { deadlines = try ClaimDeadline.all(ofGame: game, now: now, fold, in: view) }
      return OutputDetails(
        OutputReport(row, verdict, now: now), asOf: asOf, verdict: verdict, row: row,
        clock: L1Clock(time: now, isNow: l1Block == nil), deadlines: deadlines, imported: imported)
    }
  }

  /// What this store's execution says of some outputs, as far as it has come. O(their number).
  private func verdicts(on indices: [UInt64]) throws -> [UInt64: OutputVerdict] {
    try state.read(at: l1Block) { view, _ throws(FoldError) in
      var found: [UInt64: OutputVerdict] = [:]
      for index in indices { found[index] = try ProposerState.verdict(on: index, in: view) }
      return found
    }
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
