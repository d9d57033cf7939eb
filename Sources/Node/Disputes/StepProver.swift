package import EventStore
package import Evidence
import Primitives
import Roles
package import Rollup
import Settlement
package import StateTransition

/// Makes one-step proofs of disputes that a ledger tells of.
package struct StepProver {
  private let follower: Follower

  /// Reads the ledger once. O(records).
  package init(ledger: EventLog) throws(NodeError) {
    let first: Event
    do { first = try ledger.record(at: .zero).event() } catch { throw .read(error) }
    guard case .chainConfigured(let event) = first else { throw .view(.notARollup) }
    follower = try Follower(ledger: ledger, configuration: event.configuration)
  }

  /// Proves that a claim at full depth is wrong. Whether the game is still going on does not matter.
  ///
  /// - Complexity: as executing the disputed block, over tries.
  package func refute(claim index: UInt64, ofGame id: UInt64) throws(StepProverError) -> StepProofFile {
    let view = follower.view
    guard id < UInt64(view.games.count) else { throw .noSuchGame(id, count: view.games.count) }
    let game = view.games[Int(id)]
    guard index < UInt64(game.claims.count) else { throw .noSuchClaim(index, count: game.claims.count) }
    let depth = game.claims[Int(index)].position.depth
    guard depth == game.rules.maxDepth else { throw .notAtFullDepth(depth, full: game.rules.maxDepth) }
    guard view.isCanonical(game.l1Head) else { throw .foreignHead(game.l1Head) }
    for isAttack in [true, false] {
      let step = EnclosedStep(
        against: Int(index), isAttack: isAttack, in: game, startClaim: startClaim(of: game, view))
      if let file = try prove(step, claim: index, of: game, view) { return file }
    }
    throw .notRefutable(index)
  }

  private func startClaim(of game: GameEntry, _ view: RollupView) -> Hash256 {
    let output = view.outputs[Int(game.outputIndex)].output
    return output.parentOutput.map { view.outputs[Int($0)].output.claim } ?? view.genesis.claim.hash
  }

  /// The file, when the step begins with what the data gives and shows the claim to be wrong.
  private func prove(
    _ step: EnclosedStep, claim index: UInt64, of game: GameEntry, _ view: RollupView
  ) throws(StepProverError) -> StepProofFile? {
    guard let number = step.blockNumber else { return nil }
    let truth = GameTruth(l1Head: game.l1Head, view)
    let proof: OneStepProof
    var statement = StepStatement(
      rollupId: view.configuration.rollupId, gameId: game.id, claimIndex: index, blockNumber: number,
      stepIndex: step.stepIndex, l1Head: game.l1Head, preState: step.preState, postState: step.postState,
      isOwnSide: step.isOwnSide)
    do throws(StepError) {
      proof = try truth.prove(step: step.stepIndex, ofBlock: number, archive: follower.archive)
      let recorder = OrderFactsRecorder(over: truth.order, configuration: view.configuration)
      let result = try proof.execute(
        from: step.preState, stepIndex: step.stepIndex, order: recorder, configuration: view.configuration)
      if step.stepIndex == 0 { statement.order = recorder.facts }
      return statement.isRefuted(by: result) ? StepProofFile(statement, proof: proof) : nil
    } catch {
      // What stands before the step is another state than the data gives: from there nothing is proven.
      if case .wrongPreState = error { return nil }
      throw .step(error)
    }
  }
}

/// Why a claim cannot be shown to be wrong.
package enum StepProverError: Error, CustomStringConvertible {
  case noSuchGame(UInt64, count: Int)
  case noSuchClaim(UInt64, count: Int)
  case notAtFullDepth(Int, full: Int)
  case foreignHead(BlockID)
  case notRefutable(UInt64)
  case step(StepError)

  package var description: String {
    switch self {
    case .noSuchGame(let id, let count):
      "there is no game \(id); the ledger has \(count) games, see `varve dispute list`"
    case .noSuchClaim(let index, let count):
      "there is no claim \(index); the game has \(count) claims, see `varve dispute show`"
    case .notAtFullDepth(let depth, let full):
      "the claim is at depth \(depth); steps decide claims at depth \(full), see `varve dispute show`"
    case .foreignHead(let block): "the game's L1 head \(block.number) \(block.hash) is not canonical in this ledger"
    case .notRefutable(let index):
      "no step shows claim \(index) to be wrong: it is true, or both sides have left the truth before it"
    case .step(let error): "the step cannot be proven: \(error)"
    }
  }
}
