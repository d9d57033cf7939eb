import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// Looks whether everything is there to defend what L1 can still change.
struct WindowExamination {
  private let options: GlobalOptions
  private let log: EventLog

  init(_ options: GlobalOptions, _ log: EventLog) {
    self.options = options
    self.log = log
  }

  /// What cannot be looked at is a finding too: what is broken in one place hides nothing of the others.
  func findings() -> [DoctorFinding] {
    examine("window", "`varve log verify`") {
      guard try log.head().size > 0, let rollup = try ChainConfiguration(of: log).rollup else {
        return [.ok("window", "an imported chain has no challenge window")]
      }
      let rebuild = "`varve projection rebuild proposer-state challenger-view`"
      return examine("history", "`varve log verify`") { [try ledgerFinding(rollup)] }
        + examine("journal", rebuild) { [try journalFinding()] }
        + examine("data", rebuild) { [try dataFinding()] }
        + examine("outputs", rebuild) { try outputFindings(rollup) }
        + examine("bonds", "`varve log verify`") { [try bondFinding(rollup)] }
    }
  }

  private func examine(
    _ check: String, _ remedy: String, _ body: () throws -> [DoctorFinding]
  ) -> [DoctorFinding] {
    do { return try body() } catch let failure as Failure {
      return [.fail(check, failure.message, failure.remedy ?? remedy)]
    } catch { return [.fail(check, "\(error)", remedy)] }
  }

  /// Everything is computed from the log's first record on: states for proofs as well.
  private func ledgerFinding(_ rollup: RollupConfiguration) throws -> DoctorFinding {
    guard let blocks = try log.l1Blocks() else {
      return .fail("history", "the log has no L1 block", "run a node over it")
    }
    guard blocks.lowerBound <= rollup.genesisOrigin.number + 1 else {
      return .fail(
        "history", "it begins with L1 block \(blocks.lowerBound), the rollup with \(rollup.genesisOrigin.number)",
        "restore a backup, or `varve log mirror` an export, that has all")
    }
    return .ok(
      "history", "every L1 block from \(Quantity.count(blocks.lowerBound)) to \(Quantity.count(blocks.upperBound))")
  }

  /// What a reorganisation takes back.
  private func journalFinding() throws -> DoctorFinding {
    guard
      let number = try options.projector(ProposerState.self, over: log).firstBlockWithoutJournal()
        ?? options.projector(ChallengerView.self, over: log).firstBlockWithoutJournal()
    else { return .ok("journal", "every L1 block that is not final can be taken back") }
    return .warn(
      "journal", "L1 block \(number) is not final, and could not be taken back",
      "a reorganisation below it makes a rebuild necessary: `varve projection rebuild`")
  }

  private func dataFinding() throws -> DoctorFinding {
    let awaited = try options.projector(ProposerState.self, over: log).read { view, cursor throws(FoldError) in
      try ProposerState.order.safeHead(atL1Block: cursor.l1BlockNumber, in: view)?.awaitedBatch
    }
    guard let awaited else { return .ok("data", "everything that L1 has is derived") }
    return .warn(
      "data", "the data of batch \(awaited) is missing, and nothing behind it can be derived",
      "it comes, or the batch is dropped when its time is over; whoever has the data can deliver it on L1")
  }

  private func outputFindings(_ rollup: RollupConfiguration) throws -> [DoctorFinding] {
    let (now, outputs) = try OutputStore(options, follows: false).openOutputs()
    if outputs.isEmpty { return [.ok("outputs", "none is open")] }
    return outputs.map { entry in
      let output = entry.report
      let check = "output \(output.output)"
      let text = "\(output.verdictText), \(output.standingText)"
      switch (output.verdict, output.standing) {
      case (nil, _), ("insufficientData", _):
        return .fail(check, text, "start the node: nobody watches this output")
      case (_, "disputed"):
        return Self.disputeFinding(
          check, text, isRight: !output.isWrong, winner: entry.outlook?.winner, until: entry.outlook?.answerableUntil,
          now: now, answerTime: rollup.clockExtension)
      case ("agrees", "closed"): return .warn(check, text, "its proposer, or anybody, can make it final")
      case ("agrees", _): return .ok(check, text)
      case (_, "closed"): return .fail(check, text, "only the guardian can keep it from becoming final")
      default:
        return .fail(
          check, text, "have it disputed on L1 before L1 time \(output.challengeableUntil ?? 0): run a challenger")
      }
    }
  }

  /// - Parameters:
  ///   - isRight: whether the output that is disputed is.
  ///   - winner: who wins without another move.
  ///   - end: until when the other side can still answer, in seconds of L1 time; nil when it cannot.
  ///   - now: time of the newest L1 block, in seconds.
  ///   - answerTime: what an answer takes, in seconds: with less than this left, a dispute is as good as lost.
  static func disputeFinding(
    _ check: String, _ text: String, isRight: Bool, winner: GameStatus?, until end: UInt64?, now: UInt64,
    answerTime: UInt64
  ) -> DoctorFinding {
    let text = "\(text), where the \(winner == .defenderWins ? "defender" : "challenger") has the last word"
    if (winner == .defenderWins) == isRight { return .ok(check, text) }
    guard let end, end > now else {
      return .fail(check, "\(text), and nobody can answer any more", "only the guardian can take the game out")
    }
    let left = "\(text): \(Quantity.duration(seconds: Double(end - now))) are left to answer"
    let remedy = "answer it on L1 before L1 time \(end): run a challenger, which plays either side"
    return end - now < answerTime ? .fail(check, left, remedy) : .warn(check, left, remedy)
  }

  private func bondFinding(_ rollup: RollupConfiguration) throws -> DoctorFinding {
    let stake = try SequencerStake(of: log, rollup)
    let amounts = "\(stake.bond) wei of \(stake.required)"
    guard stake.key != .zero else {
      return .fail("bonds", "nobody may sign", "the guardian has to announce a sequencer's key")
    }
    guard stake.bond >= stake.required else {
      return .fail("bonds", "behind the sequencer's key \(stake.key) stand \(amounts)", "deposit the rest on L1")
    }
    return .ok("bonds", "behind the sequencer's key \(stake.key) stand \(amounts)")
  }
}

/// What stands behind the key that may sign, by the log's canonical records. O(records).
private struct SequencerStake {
  private(set) var key: Address
  private(set) var required: UInt256
  private var bonds: [Address: UInt256] = [:]

  var bond: UInt256 { bonds[key] ?? .zero }

  init(of log: EventLog, _ rollup: RollupConfiguration) throws {
    key = rollup.sequencer
    required = rollup.bonds.sequencer
    let size = try log.head().size
    var next: UInt64 = 0
    while next < size {
      let end = min(size, next + EventLog.recordsPerSnapshot)
      try log.read(Position(next)..<Position(end), view: .canonical) {
        (record: borrowing RecordView) throws(ReadError) in
        switch record.kind {
        case .configUpdated, .bondLocked, .bondReleased, .sequencerSlashed: note(try record.event())
        default: break
        }
      }
      next = end
    }
  }

  private mutating func note(_ event: Event) {
    switch event {
    case .configUpdated(let event):
      switch event.update {
      case .sequencer(let key): self.key = key
      case .bonds(let bonds): required = bonds.sequencer
      default: break
      }
    case .bondLocked(let event):
      if case .sequencer(let key) = event.cause { bonds[key, default: .zero] += event.amount }
    case .bondReleased(let event):
      if case .sequencer(let key) = event.cause { bonds[key] = nil }
    case .sequencerSlashed(let event): bonds[event.offender] = nil
    default: break
    }
  }
}
