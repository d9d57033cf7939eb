import L1
import Primitives
import Roles
import Rollup
import Settlement

// A sequencer's key in the hands of somebody who is not honest, and a sequencer that leaves messages out.
extension RollupSimulation {
  /// Two orders of one height with the same origin, which nothing excuses but what came to the contract just then.
  struct Betrayal {
    var evidence: Conflict
    var key: Address

    /// The step since which the contract would take the evidence; nil while it would not.
    var acceptedSince: Int?
  }

  /// The key that is not only the honest sequencer's; nil when all are.
  var betrayingKey: SimulatedKey? { plan.doubleSign > 0 ? SimulatedWorld.keys.last : nil }

  /// Signs another block for a height that was signed just now.
  mutating func betray(_ block: RollupBlock, _ first: Signing) {
    guard let key = betrayingKey, first.key == key, schemes.chance(plan.doubleSign) else { return }
    var other = block
    other.transactions.append([0xc2, 0x01, UInt8(schemes.next() % 128)])
    let commitment = SequencerCommitment(order: other.order, l2ChainID: configuration.chainID)
    let forger = bug == .forgedEvidence ? SimulatedWorld.keys[0] : key
    let second = signature(of: Signing(commitment: commitment, key: forger))
    betrayals.append(
      Betrayal(evidence: Conflict(first: signature(of: first), second: second), key: key.address))
    report.betrayals += 1
  }

  /// Somebody who listens shows the contract what was signed, until the key is slashed.
  mutating func reportBetrayals() {
    guard step.isMultiple(of: 3), bug != .silentWatcher else { return }
    for betrayal in betrayals.suffix(2) where !chain.contract.keys.isSlashed(betrayal.key) {
      let evidence = betrayal.evidence
      sendLoosely(
        .reportDoubleSign(first: evidence.first, second: evidence.second), from: SimulatedWorld.watcher)
    }
  }

  /// Messages that the sequencer leaves out are forced in by whoever sent them, when their time has come.
  mutating func forceOverdue() {
    guard plan.isCensoring, schemes.chance(40) else { return }
    let (contract, head) = (chain.contract, chain.head)
    let overdue = contract.inbox.overdueCount(
      atL1Block: head.id.number + 1, timestamp: head.header.timestamp + SimulatedWorld.blockTime)
    guard overdue > contract.batches.messagesConsumed else { return }
    sendLoosely(.forceInclude(lastMessage: overdue - 1), from: SimulatedWorld.user.address)
  }

  /// The sequencer leaves messages out for twenty steps of forty.
  var leavesMessagesOut: Bool { plan.isCensoring && (step / 20).isMultiple(of: 2) }
}

// What must come of it.
extension RollupSimulation {
  /// Whoever really contradicted itself is slashed, if the contract was told in time and nothing excuses it.
  mutating func checkBetrayals() throws {
    let contract = chain.contract
    for index in betrayals.indices {
      let betrayal = betrayals[index]
      if contract.keys.isSlashed(betrayal.key) {
        betrayals[index].acceptedSince = nil
      } else if isHeld(betrayal.evidence) {
        let since = betrayal.acceptedSince ?? step
        betrayals[index].acceptedSince = since
        guard step - since < 30 else {
          throw violation(.doubleSignIsSlashed, "the key \(betrayal.key) signed twice, and is not slashed")
        }
      } else {
        betrayals[index].acceptedSince = nil
        guard isExcused(betrayal) else {
          throw violation(.doubleSignIsSlashed, "nothing excuses the key \(betrayal.key), and no evidence counts")
        }
      }
    }
  }

  /// Whether two orders of one height can be held against their key.
  func isHeld(_ conflict: Conflict) -> Bool {
    let context = L1Context(
      number: chain.head.id.number + 1, timestamp: chain.head.header.timestamp + SimulatedWorld.blockTime,
      ancestors: chain.blocks.map(\.id.hash))
    var contract = chain.contract
    let report = ContractCall.reportDoubleSign(first: conflict.first, second: conflict.second)
    return (try? contract.call(report, from: Caller(SimulatedWorld.griefer), at: context, verifier: verifier)) != nil
  }

  /// On this branch of L1 the key had no authority at the origin, or messages were forced in just behind it.
  private func isExcused(_ betrayal: Betrayal) -> Bool {
    let origin = betrayal.evidence.first.commitment.l1Origin.number
    var key = SimulatedWorld.keys[0].address
    for block in chain.blocks.prefix(Int(origin) + 2) {
      for fact in block.facts {
        if case .forceIncluded = fact.event, block.id.number == origin + 1 { return true }
        if case .configUpdated(let event) = fact.event, case .sequencer(let next) = event.update,
          block.id.number <= origin
        {
          key = next
        }
      }
    }
    return key != betrayal.key
  }
}
