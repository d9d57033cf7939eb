import Hashing
import L1
import Primitives
import Projections
import Roles
import Rollup
import Settlement

extension RollupSimulation {
  func violation(_ invariant: Invariant, _ detail: String) -> Violation {
    Violation(invariant: invariant, step: step, detail: detail)
  }

  /// Holds every invariant against what this step did.
  mutating func check() throws {
    try checkValue()
    try checkHonestParties()
    try checkSignatures()
    try checkNodes()
    if step % 8 == 7 { try checkOutputs() }
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

  private func checkHonestParties() throws {
    for fact in mined.flatMap(\.facts) {
      switch fact.event {
      case .bondSlashed(let slashed) where SimulatedWorld.honest.contains(slashed.account):
        throw violation(.honestKeepBonds, "\(slashed.account) lost \(slashed.amount) wei for \(slashed.cause)")
      case .sequencerSlashed(let slashed):
        throw violation(.honestSequencerIsNotSlashed, "the key \(slashed.offender) was slashed")
      default: break
      }
    }
  }

  /// Nothing that was signed could be held against the sequencer, on this branch of L1: not even by somebody who is asleep.
  private func checkSignatures() throws {
    // What is settled was looked at when it was not: neither origins nor forced inclusions change below finality.
    let open = conflicts.filter { $0.newestOrigin + 2 >= chain.finalizedNumber }
    if open.isEmpty { return }
    let context = L1Context(
      number: chain.head.id.number + 1, timestamp: chain.head.header.timestamp + SimulatedWorld.blockTime,
      ancestors: chain.blocks.map(\.id.hash))
    for conflict in open {
      var contract = chain.contract
      let report = ContractCall.reportDoubleSign(first: conflict.first, second: conflict.second)
      let from = Caller(SimulatedWorld.griefer)
      if (try? contract.call(report, from: from, at: context, verifier: verifier)) != nil {
        throw violation(
          .honestSequencerIsNotSlashed,
          "two orders of height \(conflict.first.commitment.blockNumber) could be held against their key")
      }
    }
  }

  /// Both nodes say the same of every L1 block that is final for both.
  private mutating func checkNodes() throws {
    let (mine, theirs) = (node.disk, observer)
    let reached = [
      mine.proposerState.fold.l1Block, mine.challengerView.fold.l1Block, theirs.proposerState.fold.l1Block,
      theirs.challengerView.fold.l1Block,
    ].map { $0?.number ?? 0 }
    // The newest that was folded may not be folded whole yet.
    let limit = ([mine.ledger.finalized, theirs.ledger.finalized] + reached.map { $0 > 0 ? $0 - 1 : 0 }).min() ?? 0
    guard agreedThrough < limit else { return }
    while agreedThrough < limit {
      agreedThrough += 1
      guard let one = mine.ledger.block(agreedThrough), let other = theirs.ledger.block(agreedThrough) else { return }
      guard one.canonicalAcc == other.canonicalAcc else {
        throw violation(
          .nodesAgree, "canonicalAcc at L1 block \(one.id.number) is \(one.canonicalAcc) and \(other.canonicalAcc)")
      }
      try compare(mine.proposerState, theirs.proposerState, ProposerState.name)
      try compare(mine.challengerView, theirs.challengerView, ChallengerView.name)
    }
    node.disk.forgetChanges(throughL1Block: agreedThrough)
    observer.forgetChanges(throughL1Block: agreedThrough)
  }

  /// What the L1 block changed in one and the other.
  private func compare<P>(_ one: SimulatedProjection<P>, _ other: SimulatedProjection<P>, _ name: String) throws {
    let (mine, theirs) = (one.changes[agreedThrough], other.changes[agreedThrough])
    guard let mine, let theirs, mine == theirs else {
      throw violation(.projectionsAgree, "\(name) changes otherwise in L1 block \(agreedThrough) at one node")
    }
  }

  /// Nothing honest is deleted, and all of it is final in time.
  private func checkOutputs() throws {
    let view = observer.challengerView.fold.view
    guard let now = observer.ledger.blocks.last?.facts.first, case .l1BlockAppended(let block) = now.event,
      let time = (try? BlockHeader(rlp: block.header.rawSpan))?.timestamp
    else { return }
    // Every claim of a game is settled when both clocks are out; settling them takes a transaction each.
    let bound = 2 * SimulatedWorld.maxClockDuration + 40 * SimulatedWorld.blockTime
    var index: UInt64 = 0
    while let row = try ChallengerView.output(index, in: view) {
      index += 1
      guard row.output.proposer == SimulatedWorld.proposer, bug != .lyingProposer else { continue }
      if row.status == .deleted {
        throw violation(.honestOutputsFinalize, "output \(row.output.outputIndex) was deleted")
      }
      guard row.status == .open, time > row.challengeEnd + bound else { continue }
      throw violation(
        .honestOutputsFinalize, "output \(row.output.outputIndex) could be final since time \(row.challengeEnd)")
    }
  }
}

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
    let (live, fresh) = (node.view, try node.rebuiltView())
    guard fresh.derivation == live.derivation, fresh.credits == live.credits, fresh.forcedBlocks == live.forcedBlocks,
      fresh.result(of: fresh.safeHead)?.header == live.result(of: live.safeHead)?.header,
      fresh.outputs.map(\.status) == live.outputs.map(\.status), fresh.games.map(\.status) == live.games.map(\.status)
    else { throw violation(.rebuildIsEqual, "the roles' view made anew at L1 block \(chain.head.id) is another") }
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
    report.reverts = chain.blocks.reduce(0) { $0 + $1.receipts.count { $0.failure != nil } }
  }
}
