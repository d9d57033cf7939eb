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

  func findings() throws -> [DoctorFinding] {
    guard try log.head().size > 0, let rollup = try ChainConfiguration(of: log).rollup else {
      return [.ok("window", "an imported chain has no challenge window")]
    }
    var findings = [try ledgerFinding(rollup), journalFinding(), try dataFinding()]
    findings += try outputFindings()
    findings.append(try bondFinding(rollup))
    return findings
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
  private func journalFinding() -> DoctorFinding {
    do {
      guard
        let number = try options.projector(ProposerState.self, over: log).firstBlockWithoutJournal()
          ?? options.projector(ChallengerView.self, over: log).firstBlockWithoutJournal()
      else { return .ok("journal", "every L1 block that is not final can be taken back") }
      return .warn(
        "journal", "L1 block \(number) is not final, and could not be taken back",
        "a reorganisation below it makes a rebuild necessary: `varve projection rebuild`")
    } catch { return .fail("journal", "\(error)", "`varve projection rebuild proposer-state`, and challenger-view") }
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

  private func outputFindings() throws -> [DoctorFinding] {
    let outputs = try OutputStore(options).openOutputs()
    if outputs.isEmpty { return [.ok("outputs", "none is open")] }
    return outputs.map { output in
      let check = "output \(output.output)"
      let text = "\(output.verdictText), \(output.standingText)"
      switch (output.verdict, output.standing) {
      case (nil, _), ("insufficientData", _):
        return .fail(check, text, "start the node: nobody watches this output")
      case ("agrees", "closed"): return .warn(check, text, "its proposer, or anybody, can make it final")
      case ("agrees", "disputed"): return .warn(check, text, "`varve output show \(output.output)` has the deadlines")
      case ("agrees", _), (_, "disputed"): return .ok(check, text)
      case (_, "closed"): return .fail(check, text, "only the guardian can keep it from becoming final")
      default:
        return .fail(
          check, text, "have it disputed on L1 before L1 time \(output.challengeableUntil ?? 0): run a challenger")
      }
    }
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
