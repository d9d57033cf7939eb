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
    try checkStoredBlocks()
    if bug != .unwatchedSequencer { try checkSignatures() }
    try checkBetrayals()
    try checkNodes()
    if step % 8 == 7 { try checkOutputs() }
  }

  private func checkValue() throws {
    var books = SimulatedBooks(chain)
    if let bug {
      for fact in mined.flatMap(\.facts) { books.plant(bug, fact.event) }
    }
    if let problem = books.problem(totalBalance) { throw violation(.conservation, problem) }
  }

  private func checkHonestParties() throws {
    for fact in mined.flatMap(\.facts) {
      switch fact.event {
      case .bondSlashed(let slashed) where SimulatedWorld.honest.contains(slashed.account):
        throw violation(.honestKeepBonds, "\(slashed.account) lost \(slashed.amount) wei for \(slashed.cause)")
      case .sequencerSlashed(let slashed) where slashed.offender != betrayingKey?.address:
        throw violation(.honestSequencerIsNotSlashed, "the key \(slashed.offender) was slashed")
      default: break
      }
    }
  }

  /// What a batch stores, one of the sequencer's keys has signed, or the last block of it, which that descends from.
  private func checkStoredBlocks() throws {
    var stored: [(batch: UInt64, block: RollupBlock)] = []
    for fact in mined.flatMap(said) {
      guard case .blockSequenced(let event) = fact.event, case .rollup(let block) = event.block else { continue }
      stored.append((event.batchIndex, block))
    }
    var expected: (batch: UInt64, order: Hash256)?
    for (batch, block) in stored.reversed() {
      let order = block.order
      if expected?.batch != batch, isSigned(order) { expected = (batch, order.commitment) }
      guard let signed = expected, signed == (batch, order.commitment) else {
        throw violation(.storedBlocksAreSigned, "batch \(batch) stores a block \(order.number) that nobody signed")
      }
      expected = (batch, order.parentOrder)
    }
  }

  /// Whether one of the sequencer's keys has signed the order, in whosever hands.
  private func isSigned(_ order: BlockOrder) -> Bool {
    let other = leakedSignings.map(\.commitment) + betrayals.map(\.evidence.second.commitment)
    return ((signed[order.number] ?? []).map(\.commitment) + other).contains { $0.orderCommitment == order.commitment }
  }

  /// Nothing that was signed could be held against the sequencer, on this branch of L1: not even by somebody who is asleep.
  private func checkSignatures() throws {
    // What is settled was looked at when it was not: neither origins nor forced inclusions change below finality.
    let open = conflicts.filter { $0.newestOrigin + 2 >= chain.finalizedNumber }
    for conflict in open where isHeld(conflict) {
      throw violation(
        .honestSequencerIsNotSlashed,
        "two orders of height \(conflict.first.commitment.blockNumber) could be held against their key")
    }
  }

  /// Both nodes say the same of every L1 block that is final for both.
  mutating func checkNodes() throws {
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
}
