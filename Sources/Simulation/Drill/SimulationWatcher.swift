import Evidence
import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement
import Testimony

/// Somebody who watches a simulated rollup: hears what is signed, late, twice or never, and records what L1 says.
struct SimulationWatcher {
  private(set) var logs: DrillLogs
  private var random: SplitMix64

  /// L1 as it was recorded.
  private var blocks: [BlockID] = []
  private var finalized: UInt64 = 0

  /// How much of what is signed was taken up: for each height, and of what keys in other hands sign.
  private var taken: [UInt64: Int] = [:]
  private var betrayals = 0
  private var leaks = 0

  /// What is on its way, with the step at which it is heard.
  private var onTheWay: [(step: Int, signed: SignedCommitment)] = []

  init(_ simulation: RollupSimulation) {
    logs = DrillLogs(simulation.configuration)
    random = SplitMix64(seed: simulation.seed ^ 0x7e57_1f1e_d000_0001)
  }

  mutating func look(at simulation: RollupSimulation) {
    takeUp(simulation)
    // A message may come before the L1 block that was mined just after it was signed, or after that.
    if random.chance(50) { hear(simulation.step) }
    record(simulation)
    hear(simulation.step)
  }

  private mutating func takeUp(_ simulation: RollupSimulation) {
    for height in simulation.signed.keys.sorted() {
      let signings = simulation.signed[height] ?? []
      for signing in signings.dropFirst(taken[height] ?? 0) {
        send(simulation.signature(of: signing), after: simulation.step)
      }
      taken[height] = signings.count
    }
    for betrayal in simulation.betrayals.dropFirst(betrayals) { send(betrayal.evidence.second, after: simulation.step) }
    betrayals = simulation.betrayals.count
    for signing in simulation.leakedSignings.dropFirst(leaks) {
      send(simulation.signature(of: signing), after: simulation.step)
    }
    leaks = simulation.leakedSignings.count
  }

  private mutating func send(_ signed: SignedCommitment, after step: Int) {
    if random.chance(10) { return }
    onTheWay.append((step + (random.chance(70) ? 0 : random.below(12)), signed))
    if random.chance(10) { onTheWay.append((step + random.below(20), signed)) }
  }

  private mutating func hear(_ step: Int) {
    for message in onTheWay where message.step <= step { logs.hear(message.signed, nil, source: "feed") }
    onTheWay.removeAll { $0.step <= step }
  }

  private mutating func record(_ simulation: RollupSimulation) {
    let chain = simulation.chain
    if let tip = blocks.last, chain.block(hash: tip.hash) == nil {
      while let last = blocks.last, chain.block(hash: last.hash) == nil { blocks.removeLast() }
      if let ancestor = blocks.last { logs.leave(from: tip, to: ancestor) }
    }
    while let block = chain.block(number: UInt64(blocks.count)) {
      blocks.append(block.id)
      logs.append(
        header: block.rawHeader, number: block.id.number, simulation.said(block).map { ($0.coordinates, $0.event) })
    }
    guard chain.finalizedNumber > finalized else { return }
    finalized = chain.finalizedNumber
    logs.finalize(chain.finalized)
  }
}

/// What a watcher made of a simulated rollup.
package struct WatchedSimulation: Hashable, Sendable {
  package let seed: UInt64

  /// Accusations; files of evidence that were verified; double signs that contract and view judged alike.
  package internal(set) var accusations = 0
  package internal(set) var evidence = 0
  package internal(set) var heldByContract = 0

  /// Accusations of an honest word that were ever proven.
  package internal(set) var honestAccused = 0

  /// By what they came to at the end.
  package internal(set) var verdicts: [String: Int] = [:]

  /// What must not be, in words: an honest word that was ever proven guilty, evidence that says more than the view does, a
  /// view that says otherwise than the contract.
  package internal(set) var faults: [String] = []
}

extension EquivocationDrill {
  /// Plays a simulated rollup with all its roles, the sequencer's guard and the contract among them, and holds what somebody
  /// who watches makes of it against what the contract would take.
  ///
  /// - Throws: what `RollupSimulation` finds wrong itself.
  package static func watch(simulation seed: UInt64, steps: Int, bug: PlantedBug? = nil) throws -> WatchedSimulation {
    var simulation = try RollupSimulation(seed: seed, bug: bug)
    var watcher = SimulationWatcher(simulation)
    do {
      _ = try simulation.run(steps: steps) { watcher.look(at: $0) }
    } catch let violation as Violation {
      // Of a planted bug the watcher is to find out as well.
      guard bug != nil else { throw violation }
      watcher.look(at: simulation)
    }
    do {
      return try judge(watcher.logs, simulation)
    } catch { throw DrillError(subject: "a simulation", seed: seed, cause: error) }
  }

  private static func judge(
    _ logs: DrillLogs, _ simulation: RollupSimulation
  ) throws(FoldError) -> WatchedSimulation {
    var result = WatchedSimulation(seed: simulation.seed)
    let answers = try logs.folded()
    if try answers.progress()?.hasUnboundBlocks == true {
      result.faults.append("a batch on L1 has blocks that nothing signed binds")
    }
    // Of the newest blocks the view does not know everything yet.
    let newest = logs.l1Head
    var number: UInt64 = 0
    while let row = try answers.accusation(number) {
      result.accusations += 1
      result.verdicts[row.judgement.verdict.name, default: 0] += 1
      let subject = "accusation \(number), a \(row.contradiction.kind) at \(row.contradiction.statements.map(\.height))"
      let isHonest = simulation.isHonest(row.contradiction)
      let history = try answers.history(of: number)
      if isHonest, let entry = history.first(where: { $0.judgement.verdict.isGuilt }) {
        result.honestAccused += 1
        result.faults.append(
          "\(subject): an honest key was guilty at L1 block \(entry.l1Head), as \(entry.judgement.reason); "
            + simulation.circumstances(of: row.contradiction))
      }
      let isSettled = row.contradiction.statements.allSatisfy { ($0.origin?.number ?? 0) + 1 < newest }
      try check(row, subject, isSettled: isSettled, logs, answers, simulation, &result)
      number += 1
    }
    return result
  }

  private static func check(
    _ row: AccusationRow, _ subject: String, isSettled: Bool, _ logs: DrillLogs, _ answers: EquivocationAnswers,
    _ simulation: RollupSimulation, _ result: inout WatchedSimulation
  ) throws(FoldError) {
    guard let evidence = try logs.evidence(of: row, answers) else {
      result.faults.append("\(subject): no evidence can be made")
      return
    }
    switch check(evidence, changing: row.contradiction.statements[0].order.word0, as: { $0 }) {
    case .failure(let fault): result.faults.append("\(subject): \(fault.reason)")
    case .success(let judgement):
      result.evidence += 1
      let verdict = judgement.verdict
      // A file cannot always show what the view knows; never may it show more.
      if verdict != row.judgement.verdict, verdict != .undetermined, isSettled {
        result.faults.append("\(subject): the file says \(verdict), the view \(row.judgement.verdict)")
      }
    }
    guard row.contradiction.kind == .doubleSign, isSettled, case .varve(let first) = evidence.messages[0],
      case .varve(let second) = evidence.messages[1]
    else { return }
    // A key is slashed once.
    guard !simulation.chain.contract.keys.isSlashed(row.contradiction.signer) else {
      result.heldByContract += row.judgement.verdict == .proven ? 1 : 0
      return
    }
    let isHeld = simulation.isHeld(RollupSimulation.Conflict(first: first, second: second))
    if isHeld { result.heldByContract += 1 }
    if isHeld != row.isSlashable(afterL1Block: logs.l1Head) {
      result.faults.append(
        "\(subject): the contract \(isHeld ? "takes" : "refuses") it, the view says \(row.judgement.verdict)")
    }
  }
}

extension RollupSimulation {
  /// Whether all that is said was signed for the sequencer. Not where somebody else who has the key has signed
  /// something at one of the heights: then the key has contradicted itself, whatever each of the two who have it meant.
  fileprivate func isHonest(_ contradiction: Contradiction) -> Bool {
    let statements = contradiction.statements
    if statements.contains(where: { statement in
      betrayals.contains { $0.evidence.second.commitment.orderCommitment == statement.order }
    }) {
      return false
    }
    let heights = statements[0].height...statements[statements.count - 1].height
    return !leakedSignings.contains {
      $0.key.address == contradiction.signer && heights.contains($0.commitment.blockNumber)
    }
  }

  /// What there is to know of two statements that should not have been proven guilty.
  fileprivate func circumstances(of contradiction: Contradiction) -> String {
    let statements = contradiction.statements.map { statement in
      "\(statement.height): \(statement.order) on \(statement.parent ?? .zero) from \(statement.origin?.number ?? 0)"
    }
    let heights = Set(contradiction.statements.map(\.height))
    let permitted = node.disk.permissions.filter { heights.contains($0.block.number) }.map { permission in
      "\(permission.block.number): \(permission.block.order.commitment) on \(permission.block.parentOrder) from "
        + "\(permission.block.l1Origin), \(permission.reason), forced through \(permission.forcedThrough)"
    }
    let forced = node.view.forcedBlocks.map { "\($0.number) in \($0.l1Block)" }
    let events = chain.blocks.flatMap(\.facts).compactMap { fact -> String? in
      switch fact.event {
      case .forceIncluded: "forced in \(fact.coordinates.blockNumber)"
      case .configUpdated(let change): "\(change.update) in \(fact.coordinates.blockNumber)"
      default: nil
      }
    }
    return "statements \(statements); permitted \(permitted); forced blocks \(forced); \(events)"
  }
}
