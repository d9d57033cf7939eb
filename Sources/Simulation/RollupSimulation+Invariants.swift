import L1
import Primitives
import Roles
import Rollup
import Settlement

extension RollupSimulation {
  /// Holds every invariant against the world as it is.
  func check() throws {
    try checkValue()
    try checkOutputs()
    try checkHonestParties()
    try checkNodes()
  }

  private func violation(_ invariant: Invariant, _ detail: String) -> Violation {
    Violation(invariant: invariant, step: step, detail: detail)
  }

  private func checkValue() throws {
    let contract = chain.contract
    guard chain.totalBalance == totalBalance else {
      throw violation(.conservation, "L1 has \(chain.totalBalance) wei, and began with \(totalBalance)")
    }
    guard contract.isConserved, contract.bonds.balance == chain.balance(of: contract.address) else {
      throw violation(.conservation, "the contract's books are not what it has")
    }
  }

  private func checkOutputs() throws {
    let bound =
      SimulatedWorld.challengePeriod + 2 * SimulatedWorld.maxClockDuration + 100 * SimulatedWorld.blockTime
    for (index, entry) in observer.view.outputs.enumerated() {
      let number = entry.output.l2BlockNumber
      let isTrue = observer.view.result(of: number)?.claim.hash == entry.output.claim
      if entry.status == .final, !isTrue {
        throw violation(.finalOutputsAreTrue, "output \(index) claims another state after block \(number)")
      }
      let isLate = observer.view.l1Time > entry.challengeEnd + bound
      if entry.status == .open, isTrue, isLate, entry.output.proposer == SimulatedWorld.proposer {
        throw violation(.honestOutputsFinalize, "output \(index) could be final since time \(entry.challengeEnd)")
      }
    }
  }

  private func checkHonestParties() throws {
    for fact in chain.head.facts {
      if case .bondSlashed(let slashed) = fact.event, SimulatedWorld.honest.contains(slashed.account),
        slashed.account != SimulatedWorld.sequencer
      {
        throw violation(.honestKeepBonds, "\(slashed.account) lost \(slashed.amount) wei for \(slashed.cause)")
      }
    }
    guard !chain.contract.keys.isSlashed(SimulatedWorld.sequencer) else {
      throw violation(.honestSequencerIsNotSlashed, "the sequencer was slashed")
    }
  }

  private func checkNodes() throws {
    if let mine = node.canonicalAcc(after: chain.finalized), let theirs = observer.canonicalAcc(after: chain.finalized),
      mine != theirs
    {
      throw violation(.nodesAgree, "canonicalAcc at L1 block \(chain.finalized.number) is \(mine) and \(theirs)")
    }
    guard step % 25 == 24 else { return }
    var fresh = try SimulatedNode(configuration)
    if bug == .forgetfulNode { fresh.skipsEvent = { $0.kind == .batchDataDelivered || $0.kind == .bondLocked } }
    try fresh.follow(chain)
    var live = node
    try live.follow(chain)
    guard fresh.canonicalAcc == live.canonicalAcc, fresh.view.safeHead == live.view.safeHead,
      fresh.view.result(of: fresh.view.safeHead)?.header == live.view.result(of: live.view.safeHead)?.header
    else { throw violation(.rebuildIsEqual, "a rebuild at L1 block \(chain.head.id.number) gives another state") }
  }
}
