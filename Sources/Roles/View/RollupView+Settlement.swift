package import Primitives
import Rollup
import Settlement

// Outputs, games, bonds.
extension RollupView {
  mutating func noteSettlement(_ event: Event) {
    switch event {
    case .outputProposed(let output):
      let end = current.timestamp.saturatingSum(currentSettings.challengePeriod)
      let lineage = Lineage.output(
        after: self.lineage(ofOutput: output.parentOutput), claim: output.claim, l2BlockNumber: output.l2BlockNumber,
        l1Head: output.l1Head)
      outputs.append(OutputEntry(output: output, lineage: lineage, challengeEnd: end))
    case .outputFinalized(let event): setStatus(.final, of: event.outputIndex)
    case .outputsDeleted(let event):
      for index in event.newNextOutputIndex..<event.prevNextOutputIndex { setStatus(.deleted, of: index) }
    case .disputeGameCreated(let event): begin(event)
    case .move(let event): note(event)
    case .stepProven(let event):
      withClaim(event.claimIndex, of: event.gameId) { $0.isRefuted = true }
    case .claimResolved(let event):
      withClaim(event.claimIndex, of: event.gameId) { $0.isResolved = true }
    case .resolved(let event):
      guard games.indices.contains(Int(event.gameId)) else { return }
      games[Int(event.gameId)].status = event.status
      outputs[Int(games[Int(event.gameId)].outputIndex)].game = nil
    default: noteBond(event)
    }
  }

  /// What an output stands on; genesis for nil.
  package func lineage(ofOutput index: UInt64?) -> Hash256 {
    index.map { outputs[Int($0)].lineage } ?? genesis.claimHash
  }

  private mutating func noteBond(_ event: Event) {
    switch event {
    case .bondReleased(let event): credit(event.amount, to: event.account, for: event.cause)
    case .rewardPaid(let event): credits[event.account, default: .zero] += event.amount
    case .creditClaimed(let event): credits[event.account] = nil
    case .bondLocked(let event):
      if case .sequencer(let key) = event.cause { sequencerBonds[key, default: .zero] += event.amount }
    case .sequencerSlashed(let event): sequencerBonds[event.offender] = nil
    default: break
    }
  }

  private mutating func credit(_ amount: UInt256, to account: Address, for cause: BondCause) {
    credits[account, default: .zero] += amount
    if case .sequencer(let key) = cause { sequencerBonds[key] = nil }
  }

  private mutating func setStatus(_ status: OutputEntry.Status, of index: UInt64) {
    guard outputs.indices.contains(Int(index)) else { return }
    outputs[Int(index)].status = status
    while settledOutputs < outputs.count, outputs[settledOutputs].status != .open {
      if isFinalTruth(settledOutputs), isNewer(settledOutputs, than: bestSettled) { bestSettled = settledOutputs }
      settledOutputs += 1
    }
  }

  /// The outputs from the oldest open one on.
  package var unsettledOutputs: Range<Int> { settledOutputs..<outputs.count }

  /// Whether an output is final, and as L1's data gives it.
  func isFinalTruth(_ index: Int) -> Bool {
    outputs[index].status == .final && Challenger.verdict(on: outputs[index].output, self) == .agrees
  }

  /// Whether an output is about a newer block than another; nil stands for genesis.
  func isNewer(_ index: Int, than other: Int?) -> Bool {
    outputs[index].output.l2BlockNumber > (other.map { outputs[$0].output.l2BlockNumber } ?? 0)
  }

  private mutating func begin(_ event: DisputeGameCreated) {
    let output = outputs[Int(event.outputIndex)].output
    outputs[Int(event.outputIndex)].game = event.gameId
    let start = output.parentOutput.map { outputs[Int($0)].output.l2BlockNumber } ?? 0
    let root = ClaimEntry(
      parentIndex: nil, position: .root, claim: event.rootClaim, lineage: outputs[Int(event.outputIndex)].lineage,
      claimant: output.proposer, clockDuration: 0, clockStart: current.timestamp)
    games.append(
      GameEntry(
        id: event.gameId, outputIndex: event.outputIndex, rules: GameRules(currentSettings), startBlock: start,
        endBlock: output.l2BlockNumber, l1Head: output.l1Head, claims: [root]))
  }

  private mutating func note(_ event: Move) {
    guard games.indices.contains(Int(event.gameId)) else { return }
    let game = games[Int(event.gameId)]
    // The first move comes with the game, at whose beginning no clock runs.
    let used = game.claims.count == 1 ? 0 : game.timeUsed(against: Int(event.parentIndex), at: current.timestamp)
    let duration = game.claims.count == 1 ? 0 : min(used, game.rules.latestClock(afterMoveTo: event.position.depth))
    let lineage = Lineage.claim(
      after: game.claims[Int(event.parentIndex)].lineage, position: event.position, claim: event.claim)
    games[Int(event.gameId)].claims.append(
      ClaimEntry(
        parentIndex: event.parentIndex, position: event.position, claim: event.claim, lineage: lineage,
        claimant: event.claimant,
        clockDuration: duration, clockStart: current.timestamp))
  }

  private mutating func withClaim(_ index: UInt64, of game: UInt64, _ body: (inout ClaimEntry) -> Void) {
    guard games.indices.contains(Int(game)), games[Int(game)].claims.indices.contains(Int(index)) else { return }
    body(&games[Int(game)].claims[Int(index)])
  }
}
