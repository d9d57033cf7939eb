import Hashing
import L1
import Primitives
import Roles
import Rollup
import Settlement

// L1, and the network before it.
extension RollupSimulation {
  mutating func mine(limit: Int = .max) throws {
    let timestamp = chain.head.header.timestamp + SimulatedWorld.blockTime
    mined.append(try chain.mine(at: timestamp, limit: limit, verifier: verifier))
  }

  /// What L1 does by itself: it leaves some blocks for others, or returns to some that it left.
  ///
  /// What the honest node has said in a dispute is taken back twice at most. A challenge period is longer than
  /// reorganisations take; were it not, a contract could do nothing for a challenger whose dispute never stays. All else may
  /// be taken back as often as L1 likes.
  mutating func disturb() {
    let height = chain.head.id.number - chain.finalizedNumber
    guard height > 0, step - lastReorganisation >= 3, random.chance(plan.reorganisation) else { return }
    let (before, tip) = (chain, leftTip)
    guard reorganise(height) else { return }
    let undone = node.disk.outbox.filter { _, outgoing in
      let hash = outgoing.transaction.hash
      return before.receipt(of: hash) != nil && chain.receipt(of: hash) == nil && outgoing.isOfDispute
    }
    guard undone.keys.allSatisfy({ timesUndone[$0, default: 0] < 2 }) else {
      (chain, leftTip, mined) = (before, tip, [])
      return
    }
    for name in undone.keys { timesUndone[name, default: 0] += 1 }
    isReorganised = true
    lastReorganisation = step
    report.reorganisations += 1
  }

  private mutating func reorganise(_ height: UInt64) -> Bool {
    if let tip = leftTip, random.chance(25), (try? chain.returnTo(tip)) != nil {
      leftTip = nil
      return true
    }
    let depth = 1 + random.next() % min(height, 6)
    let tip = chain.head.id.hash
    guard (try? chain.orphan(depth: depth, transactions: random.chance(70) ? .resubmit : .drop)) != nil else {
      return false
    }
    leftTip = tip
    // Some of the new blocks are empty: what users want can wait for so long, and no longer.
    let empty = random.below(4)
    for index in 0..<Int(depth) { try? mine(limit: index < empty ? 0 : .max) }
    return true
  }

  /// Sends what an honest role wants, unless it is on its way; again, when nothing came of it for a while. What is to be
  /// sent is on disk first.
  mutating func send(_ intents: [Intent], from account: Address) throws {
    for intent in intents {
      let name = Keccak256.hash(account.bytes + intent.call.encode())
      var outgoing = node.disk.outbox[name]
      if let earlier = outgoing {
        if step - earlier.step < 2 { continue }
        // What L1 has carried out or refused, and is still wanted, is another transaction.
        if chain.receipt(of: earlier.transaction.hash) != nil { outgoing = nil }
      }
      var next =
        outgoing
        ?? SimulatedDisk.Outgoing(
          transaction: transaction(intent.call, from: account, value: intent.value), step: step)
      next.step = step
      // Nobody is kept from L1 for ever: after two losses a message arrives.
      let isLost = random.chance(plan.loss) && next.losses < 2
      next.losses = isLost ? next.losses + 1 : 0
      try node.disk.keep(next, as: name)
      if !isLost { dispatch(next.transaction, delay: random.chance(plan.delay) ? random.below(3) : 0) }
    }
  }

  /// Sends what somebody else wants.
  mutating func sendLoosely(_ call: ContractCall, from account: Address, value: UInt256 = .zero) {
    let transaction = transaction(call, from: account, value: value)
    if random.chance(plan.loss) { return }
    dispatch(transaction, delay: random.chance(plan.delay) ? random.below(5) : 0)
  }

  private mutating func transaction(_ call: ContractCall, from account: Address, value: UInt256) -> L1Transaction {
    keyCount += 1
    return L1Transaction(
      call, of: chain.contract.address, from: account, value: value, key: Hash256(0, 0, seed, keyCount))
  }

  private mutating func dispatch(_ transaction: L1Transaction, delay: Int) {
    inFlight.append((step + delay, transaction))
  }

  /// What arrives, arrives in any order.
  mutating func deliver() {
    var arriving = inFlight.filter { $0.step <= step }.map(\.transaction)
    inFlight.removeAll { $0.step <= step }
    arriving.shuffle(using: &random)
    for transaction in arriving { chain.submit(transaction) }
  }
}

extension SimulatedDisk.Outgoing {
  /// Whether it opens a game, or says something in one.
  fileprivate var isOfDispute: Bool {
    switch try? ContractCall(rlp: transaction.input.rawSpan) {
    case .createGame, .move, .step: true
    default: false
    }
  }
}
