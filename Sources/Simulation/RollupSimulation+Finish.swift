import Hashing
import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement

// At the end.
extension RollupSimulation {
  /// Lets both nodes come to L1's head, and holds all that they have against each other and against what the log gives anew.
  mutating func finish() throws {
    node.disk.fuse = nil
    if restartStep != nil { try node.restart(bug: bug) }
    try node.follow(chain)
    try observe()
    try checkNodes()
    try checkOutputs()
    let digests = try rebuiltDigests()
    guard digests == self.digests(of: node.disk) else {
      throw violation(.rebuildIsEqual, "a projection made anew at L1 block \(chain.head.id) is another")
    }
    guard digests == self.digests(of: observer) else {
      throw violation(.projectionsAgree, "the nodes' projections at L1 block \(chain.head.id) are not the same")
    }
    try checkRebuiltView()
    try checkLiars()
    finishReport(digests)
  }

  private func rebuiltDigests() throws -> [Hash256] {
    var fresh = try SimulatedDisk(configuration, bug: nil, isObserver: true)
    if bug == .forgetfulRebuild { fresh.overlook { $0.kind == .bondLocked } }
    try fresh.follow(chain)
    return digests(of: fresh)
  }

  private func digests(of disk: SimulatedDisk) -> [Hash256] {
    [disk.proposerState.fold.digest, disk.challengerView.fold.digest]
  }

  private func checkRebuiltView() throws {
    let (live, fresh) = (node.view, try node.rebuiltView(overlooking: { bug?.isForgotten($0) == true }))
    let parts: [(name: String, isEqual: Bool)] = [
      ("derivation", fresh.derivation == live.derivation),
      ("credits", fresh.credits == live.credits),
      ("forced blocks", fresh.forcedBlocks == live.forcedBlocks),
      ("newest block", fresh.result(of: fresh.safeHead)?.header == live.result(of: live.safeHead)?.header),
      ("outputs", fresh.outputs.map(\.status) == live.outputs.map(\.status)),
      ("games", fresh.games.map(\.status) == live.games.map(\.status)),
      ("best output", bestOutputOfAll(live) == live.bestOutput),
    ]
    for part in parts where !part.isEqual {
      throw violation(
        .rebuildIsEqual, "the roles' view made anew at L1 block \(chain.head.id) has another \(part.name)")
    }
  }

  /// What `bestOutput` has to be, by a look at every output there ever was.
  private func bestOutputOfAll(_ view: RollupView) -> Int? {
    var isTrue: [Bool] = []
    var best: Int?
    for (index, entry) in view.outputs.enumerated() {
      let extendsTruth = entry.output.parentOutput.map { isTrue[Int($0)] } ?? true
      isTrue.append(entry.status != .deleted && extendsTruth && Challenger.verdict(on: entry.output, view) == .agrees)
      let newest = best.map { view.outputs[$0].output.l2BlockNumber } ?? 0
      if isTrue[index], entry.output.l2BlockNumber > newest { best = index }
    }
    return best
  }

  private mutating func finishReport(_ digests: [Hash256]) {
    var digest = Keccak256()
    for hash in chain.blocks.map(\.id.hash) + [node.disk.ledger.canonicalAcc] + digests {
      hash.withBytes { digest.update($0) }
    }
    report.digest = digest.finalize()
    report.steps = step
    report.l1Blocks = chain.blocks.count
    report.l2Blocks = Int(node.view.safeHead)
    report.forcedBlocks = node.view.forcedBlocks.count
    report.rejectedBatches = node.view.rejections.count
    report.finalOutputs = node.view.outputs.count { $0.status == .final }
    report.deletedOutputs = node.view.outputs.count { $0.status == .deleted }
    report.games = node.view.games.count
    countEvents()
    report.reverts = chain.blocks.reduce(0) { $0 + $1.receipts.count { $0.failure != nil } }
  }

  private mutating func countEvents() {
    for fact in chain.blocks.flatMap(\.facts) {
      switch fact.event {
      case .sequencerSlashed: report.slashedKeys += 1
      case .paused: report.pauses += 1
      case .gameBlacklisted: report.blacklistedGames += 1
      case .move(let move) where move.claimant == SimulatedWorld.accomplice: report.accompliceClaims += 1
      default: break
      }
    }
  }
}

extension PlantedBug {
  /// Whether a roles' view that is made anew passes over the event.
  fileprivate func isForgotten(_ event: Event) -> Bool {
    switch self {
    case .viewWithoutCredits: event.kind == .bondReleased
    case .viewWithoutEnds: event.kind == .resolved
    case .viewWithoutFinality: event.kind == .outputFinalized
    case .viewWithoutLimits: event.updateType == .gasLimit
    case .viewWithoutWindows: event.updateType == .sequencingWindow
    default: false
    }
  }
}

extension Event {
  fileprivate var updateType: ConfigUpdate.UpdateType? {
    if case .configUpdated(let event) = self { event.update.updateType } else { nil }
  }
}
