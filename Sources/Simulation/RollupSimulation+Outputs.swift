import L1
import Primitives
import Projections
import Rollup
import Settlement

extension RollupSimulation {
  /// Nothing honest is deleted but by the guardian, and all of it is final in time, not counting what time the contract was
  /// paused.
  func checkOutputs() throws {
    let view = observer.challengerView.fold.view
    guard let now = observer.ledger.blocks.last?.facts.first, case .l1BlockAppended(let block) = now.event,
      let time = (try? BlockHeader(rlp: block.header.rawSpan))?.timestamp
    else { return }
    // The claims of a game are settled depth by depth.
    let bound = SimulatedWorld.longestGame + 24 * SimulatedWorld.blockTime
    let pauses = pauses(until: time)
    var index: UInt64 = 0
    var spared: Set<UInt64> = try blacklistedOutputs(view)
    while let row = try ChallengerView.output(index, in: view) {
      defer { index += 1 }
      if let parent = row.output.parentOutput, spared.contains(parent) { spared.insert(index) }
      guard row.output.proposer == SimulatedWorld.proposer, bug != .lyingProposer else { continue }
      if row.status == .deleted, !spared.contains(index) {
        throw violation(.honestOutputsFinalize, "output \(row.output.outputIndex) was deleted")
      }
      guard row.status == .open, time > row.challengeEnd + bound + pauses.time(since: row.challengeEnd) else {
        continue
      }
      throw violation(
        .honestOutputsFinalize, "output \(row.output.outputIndex) could be final since time \(row.challengeEnd)")
    }
  }

  /// Outputs whose games the guardian declared void.
  private func blacklistedOutputs(_ view: ProjectionView) throws -> Set<UInt64> {
    guard plan.blacklist > 0 else { return [] }
    var outputs: Set<UInt64> = []
    var id: UInt64 = 0
    while let game = try ChallengerView.game(id, in: view) {
      if game.isBlacklisted { outputs.insert(game.outputIndex) }
      id += 1
    }
    return outputs
  }

  private func pauses(until time: UInt64) -> Pauses {
    var pauses = Pauses(now: time)
    guard plan.pause > 0 else { return pauses }
    var timestamp: UInt64 = 0
    for block in observer.ledger.blocks {
      for fact in block.facts {
        switch fact.event {
        case .l1BlockAppended(let block): timestamp = (try? BlockHeader(rlp: block.header.rawSpan))?.timestamp ?? 0
        case .paused: pauses.began.append(timestamp)
        case .unpaused: pauses.ended.append(timestamp)
        default: break
        }
      }
    }
    return pauses
  }
}

/// When the contract was paused, in seconds of L1 time.
private struct Pauses {
  let now: UInt64
  var began: [UInt64] = []

  /// One for each of `began`, but for a pause that lasts.
  var ended: [UInt64] = []

  /// How long it was paused since then.
  func time(since start: UInt64) -> UInt64 {
    began.indices.reduce(0) { sum, index in
      let (from, to) = (max(began[index], start), index < ended.count ? ended[index] : now)
      return sum + (to > from ? to - from : 0)
    }
  }
}
