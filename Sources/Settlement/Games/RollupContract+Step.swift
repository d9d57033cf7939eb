import Hashing
import Primitives
import Rollup

extension RollupContract {
  /// Executes one step between two claims that the game has, and thereby shows that the claim at full depth is wrong: an
  /// attack when the step to its state leads elsewhere, a defence when the step after it leads to what the claim was
  /// made against.
  mutating func step(
    _ proof: StepProof, from caller: Address, at context: L1Context, verifier: some StepVerifier
  ) throws(Revert) -> CallResult {
    let refuted = try refutation(proof, at: context, verifier: verifier)
    games[Int(proof.gameId)].claims[Int(proof.claimIndex)].counter = GameClaim.Counter(
      position: refuted.position, claimIndex: proof.claimIndex, claimant: caller)
    let event = StepProven(
      gameId: proof.gameId, claimIndex: proof.claimIndex, preState: refuted.preState, postState: refuted.postState,
      witnessHash: Keccak256.hash(proof.proof), prover: caller, verifier: verifier.address)
    return CallResult(events: [.stepProven(event)])
  }

  /// What the step came to, once it is known to refute the claim.
  private struct Refutation {
    var position: GamePosition
    var preState, postState: Hash256
  }

  private func refutation(
    _ proof: StepProof, at context: L1Context, verifier: some StepVerifier
  ) throws(Revert) -> Refutation {
    let game = try openGame(proof.gameId)
    let claim = try openClaim(proof.claimIndex, of: game, lineage: proof.disputed)
    guard claim.position.depth == game.rules.maxDepth else {
      throw .claimIsNotAtFullDepth(depth: claim.position.depth, full: game.rules.maxDepth)
    }
    if let counter = claim.counter { throw .claimIsCountered(by: counter.claimant) }
    let used = game.challengerDuration(of: proof.claimIndex, at: context.timestamp)
    guard used < game.rules.maxClockDuration else { throw .clockHasRunOut }
    let states = enclosingStates(of: claim, proof, in: game)
    let dispute = game.dispute(of: proof.claimIndex)
    let result = try execute(proof, from: states.pre, stepIndex: states.stepIndex, of: dispute, in: game, verifier)
    let isOwnSide = (claim.position.depth - states.postDepth).isMultiple(of: 2)
    // A claim falls when the state after the step was said by its own side and is another in truth, or by the other
    // side and is true.
    guard (result == states.post) != isOwnSide else { throw .stepDoesNotRefute(postState: result) }
    return Refutation(
      position: claim.position.move(isAttack: proof.isAttack), preState: states.pre, postState: result)
  }

  /// What stands before and after a step, and how deep the claim about the latter.
  private struct EnclosingStates {
    var pre, post: Hash256
    var postDepth: Int
    var stepIndex: UInt64
  }

  /// The claims about the states before and after the step.
  private func enclosingStates(
    of claim: GameClaim, _ proof: StepProof, in game: DisputeGame
  ) -> EnclosingStates {
    let index = claim.position.indexAtDepth % game.rules.stepCount
    let split = game.rules.splitDepth
    guard proof.isAttack else {
      let after = game.traceAncestor(
        of: GamePosition(claim.position.index + 1), from: proof.claimIndex, below: split)
      return EnclosingStates(
        pre: claim.claim, post: after.claim, postDepth: after.position.depth, stepIndex: index + 1)
    }
    let depth = claim.position.depth
    guard index > 0 else {
      let start = game.dispute(of: proof.claimIndex).start
      return EnclosingStates(pre: start, post: claim.claim, postDepth: depth, stepIndex: 0)
    }
    let before = game.traceAncestor(
      of: GamePosition(claim.position.index - 1), from: proof.claimIndex, below: split)
    return EnclosingStates(pre: before.claim, post: claim.claim, postDepth: depth, stepIndex: index)
  }

  private func execute(
    _ proof: StepProof, from preState: Hash256, stepIndex: UInt64, of dispute: BlockDispute, in game: DisputeGame,
    _ verifier: some StepVerifier
  ) throws(Revert) -> Hash256 {
    // Behind the output's own block there is no further one: the state repeats, and nothing is executed.
    let isPastEnd = game.startBlock.saturatingSum(dispute.traceIndex) >= game.endBlock
    if isPastEnd {
      guard proof.proof.isEmpty else { throw .proofWithoutStep(bytes: proof.proof.count) }
      return preState
    }
    let step = DisputedStep(
      blockNumber: game.blockNumber(atTraceIndex: dispute.traceIndex), stepIndex: stepIndex, preState: preState,
      l1Head: game.l1Head, order: OrderView(self, throughL1Block: game.l1Head.number))
    do throws(StepProofError) {
      return try verifier.postState(of: step, proof: proof.proof)
    } catch {
      throw .proofRefused(error)
    }
  }
}
