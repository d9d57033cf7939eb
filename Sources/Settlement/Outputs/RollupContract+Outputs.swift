import Primitives
package import Rollup

extension RollupContract {
  mutating func proposeOutput(
    _ submission: OutputSubmission, from caller: Address, bond: UInt256, at context: L1Context
  ) throws(Revert) -> CallResult {
    guard !isPaused else { throw .isPaused }
    let required = settings.current.bonds.output
    guard bond == required else { throw .wrongBond(required: required, given: bond) }
    let parent = try openNode(submission.parentOutput)
    try checkBlock(submission.l2BlockNumber, after: parent)
    try checkL1Head(submission.l1Head, after: parent, at: context)
    let claim = submission.claim
    let key = OutputNode.ChildKey(claim: claim.hash, l2BlockNumber: submission.l2BlockNumber)
    if let twin = parent.children[key] { throw .outputExists(index: twin) }
    guard submission.parentLineage == parent.lineage else {
      throw .parentMismatch(stands: parent.lineage, given: submission.parentLineage)
    }
    let index = UInt64(outputs.count)
    outputs.append(
      Output(
        node: OutputNode(
          claim: claim.hash, l2BlockNumber: submission.l2BlockNumber, l1Head: submission.l1Head,
          lineage: Lineage.output(
            after: parent.lineage, claim: claim.hash, l2BlockNumber: submission.l2BlockNumber,
            l1Head: submission.l1Head)),
        outputRoot: claim.outputRoot, parent: submission.parentOutput, proposer: caller, bond: bond,
        challengeEnd: context.timestamp.saturatingSum(settings.current.challengePeriod), status: .open))
    withNode(submission.parentOutput) { $0.children[key] = index }
    bonds.lock(bond)
    let event = OutputProposed(
      outputIndex: index, outputVersion: OutputRoot.version, outputRoot: claim.outputRoot, claim: claim.hash,
      stateRoot: submission.stateRoot, blockHash: submission.blockHash, l2BlockNumber: submission.l2BlockNumber,
      l1Head: submission.l1Head, parentOutput: submission.parentOutput, proposer: caller, bond: bond)
    return CallResult(events: [.outputProposed(event)] + Bond.locked(bond, by: caller, for: .output(index)))
  }

  /// The output that is to be extended.
  private func openNode(_ index: UInt64?) throws(Revert) -> OutputNode {
    guard let index else { return genesis }
    guard let output = outputs[checked: index] else { throw .noSuchOutput(index: index) }
    guard output.status != .deleted else { throw .outputIsDeleted(index: index) }
    return output.node
  }

  /// What a dispute about the output would begin with.
  func node(_ index: UInt64?) -> OutputNode {
    index.map { outputs[Int($0)].node } ?? genesis
  }

  private mutating func withNode(_ index: UInt64?, _ body: (inout OutputNode) -> Void) {
    if let index { body(&outputs[Int(index)].node) } else { body(&genesis) }
  }

  private func checkBlock(_ number: UInt64, after parent: OutputNode) throws(Revert) {
    guard number > parent.l2BlockNumber else {
      throw .blockNotAfterParent(parent: parent.l2BlockNumber, given: number)
    }
    let limit: UInt64 = 1 << settings.current.splitDepth
    let count = number - parent.l2BlockNumber
    guard count <= limit else { throw .tooManyBlocks(count: count, limit: limit) }
  }

  /// The pinned block is canonical and not before the parent's: what was derivable there still is.
  private func checkL1Head(_ head: BlockID, after parent: OutputNode, at context: L1Context) throws(Revert) {
    guard let canonical = context.hash(ofBlock: head.number) else { throw .l1HeadUnknown(number: head.number) }
    guard canonical == head.hash else {
      throw .l1HeadMismatch(canonical: BlockID(number: head.number, hash: canonical), given: head.hash)
    }
    guard head.number >= parent.l1Head.number else {
      throw .l1HeadBeforeParent(parent: parent.l1Head.number, given: head.number)
    }
  }

  /// The output, if it is open.
  func openOutput(_ index: UInt64) throws(Revert) -> Output {
    guard let output = outputs[checked: index] else { throw .noSuchOutput(index: index) }
    switch output.status {
    case .open: return output
    case .final: throw .outputIsFinal(index: index)
    case .deleted: throw .outputIsDeleted(index: index)
    }
  }

  mutating func finalizeOutput(_ index: UInt64, at context: L1Context) throws(Revert) -> CallResult {
    guard !isPaused else { throw .isPaused }
    let output = try openOutput(index)
    if let game = output.game { throw .outputIsDisputed(game: game) }
    guard context.timestamp >= output.challengeEnd else {
      throw .challengePeriodIsRunning(until: output.challengeEnd)
    }
    if let parent = output.parent, outputs[Int(parent)].status != .final { throw .parentIsNotFinal(parent: parent) }
    outputs[Int(index)].status = .final
    let event = OutputFinalized(
      outputIndex: index, outputRoot: output.outputRoot, l2BlockNumber: output.node.l2BlockNumber)
    var events: [Event] = [.outputFinalized(event)]
    settleBond(output.bond, of: output.proposer, for: .output(index), counteredBy: nil, into: &events)
    return CallResult(events: events)
  }
}

extension OutputSubmission {
  /// What is claimed, with the place in the data.
  package var claim: OutputClaim {
    OutputClaim(
      outputRoot: OutputRoot.hash(
        stateRoot: stateRoot, messagePasserStorageRoot: messagePasserStorageRoot, blockHash: blockHash),
      parentOrder: parentOrder, l1OriginHash: l1OriginHash, l2BlockNumber: l2BlockNumber, batchIndex: batchIndex,
      indexInBatch: indexInBatch,
      messagesConsumed: messagesConsumed)
  }
}
