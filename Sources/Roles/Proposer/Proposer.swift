package import Primitives
package import Rollup
import Settlement

/// Claims the states that L1's data gives.
package struct Proposer: Sendable {
  package var account: Address

  /// Blocks between one output and the next.
  package var interval: UInt64

  /// Whether only data in finalized L1 blocks counts. Otherwise a reorganisation of L1 can make an honest output wrong,
  /// which then reverts for want of its pinned block, or is deleted with it.
  package var finalizedOnly: Bool

  package init(account: Address, interval: UInt64, finalizedOnly: Bool = true) {
    precondition(interval > 0, "outputs are blocks apart")
    self.account = account
    self.interval = interval
    self.finalizedOnly = finalizedOnly
  }

  /// What is to be done now.
  ///
  /// - Parameter finalized: the newest L1 block that stays.
  package func intents(_ view: RollupView, finalized: BlockID) -> [Intent] {
    var intents: [Intent] = []
    if let proposal = proposal(view, finalized) { intents.append(proposal) }
    return intents + view.housekeeping(for: account, finalizingTruth: true)
  }

  private func proposal(_ view: RollupView, _ finalized: BlockID) -> Intent? {
    guard let head = finalizedOnly ? view.l1Block(finalized.number) : view.l1Blocks.last else { return nil }
    let parent = view.bestOutput
    let number = (parent.map { view.outputs[$0].output.l2BlockNumber } ?? 0) + interval
    // Beyond the split depth the game has no place for a block.
    let limit: UInt64 = 1 << view.currentSettings.splitDepth
    guard number <= head.safeHead, interval <= limit, let result = view.result(of: number) else { return nil }
    if let parent, view.outputs[parent].output.l1Head.number > head.id.number { return nil }
    let claim = result.claim
    let submission = OutputSubmission(
      stateRoot: result.header.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: result.header.hash, l2BlockNumber: number, parentOrder: claim.parentOrder,
      l1OriginHash: claim.l1OriginHash, batchIndex: claim.batchIndex, indexInBatch: claim.indexInBatch,
      messagesConsumed: claim.messagesConsumed, l1Head: head.id, parentOutput: parent.map(UInt64.init),
      parentLineage: view.lineage(ofOutput: parent.map(UInt64.init)))
    return Intent(
      .proposeOutput, .proposeOutput(submission), value: view.currentSettings.bonds.output,
      because: "block \(number) follows from data up to \(finalizedOnly ? "finalized " : "")L1 block \(head.id.number)")
  }
}

extension RollupView {
  /// The newest output that is true, with all that it extends: what an honest output extends. Nil for genesis. What is true
  /// of a block, but was not derivable yet at the L1 block that the output names, is not true of the output.
  ///
  /// - Complexity: O(outputs from the oldest open one on).
  package var bestOutput: Int? {
    var isTrue: [Bool] = []
    var best = bestSettled
    for index in unsettledOutputs {
      let entry = outputs[index]
      var agrees = entry.status != .deleted && Challenger.verdict(on: entry.output, self) == .agrees
      if agrees, let parent = entry.output.parentOutput.map({ Int($0) }) {
        agrees = parent < settledOutputs ? isFinalTruth(parent) : isTrue[parent - settledOutputs]
      }
      isTrue.append(agrees)
      if agrees, isNewer(index, than: best) { best = index }
    }
    return best
  }

  /// What anybody with a stake sees to: outputs of its own whose time is over, and money that is owed.
  ///
  /// - Parameter finalizingTruth: whether outputs of others that are true are made final too. A proposer extends them, and
  ///   nobody else may care.
  package func housekeeping(for account: Address, finalizingTruth: Bool = false) -> [Intent] {
    var intents: [Intent] = []
    for index in unsettledOutputs where outputs[index].status == .open && outputs[index].game == nil {
      let entry = outputs[index]
      guard l1Time >= entry.challengeEnd else { continue }
      guard
        entry.output.proposer == account
          || finalizingTruth && Challenger.verdict(on: entry.output, self) == .agrees
      else { continue }
      if let parent = entry.output.parentOutput, outputs[Int(parent)].status != .final { continue }
      intents.append(
        Intent(
          .finalizeOutput, .finalizeOutput(outputIndex: UInt64(index)),
          because: "nobody has disputed output \(index) within its challenge period, or nobody rightly"))
    }
    if let owed = credits[account], !owed.isZero {
      intents.append(
        Intent(
          .claimCredit, .claimCredit(beneficiary: account), because: "the contract owes \(owed) wei to \(account)"))
    }
    return intents
  }
}
