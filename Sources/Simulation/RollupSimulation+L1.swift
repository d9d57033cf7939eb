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
  /// It never takes so much back that an honest party could not answer in time what it has yet to answer, or has to answer
  /// once more: a contract can do nothing for a challenger whose dispute never stays.
  mutating func disturb() {
    let height = chain.head.id.number - chain.finalizedNumber
    guard height > 0, step - lastReorganisation >= 3, random.chance(plan.reorganisation) else { return }
    let (before, tip) = (chain, leftTip)
    guard reorganise(height) else { return }
    guard Deadlines(chain).leave(asMuchTimeAs: Deadlines(before)) else {
      (chain, leftTip, mined) = (before, tip, [])
      return
    }
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
      // Nobody is kept from L1 for ever: after a loss a message arrives.
      let isLost = random.chance(plan.loss) && !next.wasLost
      next.wasLost = isLost
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

  mutating func transaction(_ call: ContractCall, from account: Address, value: UInt256) -> L1Transaction {
    keyCount += 1
    return L1Transaction(
      call, of: chain.contract.address, from: account, value: value, key: Hash256(0, 0, seed, keyCount))
  }

  mutating func dispatch(_ transaction: L1Transaction, delay: Int, isHurried: Bool = false) {
    inFlight.append((step + delay, isHurried, transaction))
  }

  /// What arrives, arrives in any order; only who pays for it comes first.
  mutating func deliver() {
    let hurried = inFlight.filter { $0.step <= step && $0.isHurried }.map(\.transaction)
    var arriving = inFlight.filter { $0.step <= step && !$0.isHurried }.map(\.transaction)
    inFlight.removeAll { $0.step <= step }
    arriving.shuffle(using: &random)
    for transaction in hurried + arriving { chain.submit(transaction) }
  }
}

/// What an honest party may have yet to answer on a branch of L1, and until when, in seconds of L1 time.
private struct Deadlines {
  private let now: UInt64

  /// By what is to be answered.
  private var ends: [Hash256: UInt64] = [:]

  init(_ chain: EmbeddedChain) {
    now = chain.head.header.timestamp
    let contract = chain.contract
    for index in 0..<contract.outputs.count where contract.outputs[index].status == .open {
      let output = contract.outputs[index]
      if let game = output.game {
        note(contract.games[Int(game)])
      } else if output.proposer != SimulatedWorld.proposer {
        ends[output.node.lineage] = output.challengeEnd
      }
    }
  }

  private mutating func note(_ game: DisputeGame) {
    let answered = game.claimsAnswered(by: SimulatedWorld.honest)
    for index in 0..<game.claims.count {
      let claim = game.claims[index]
      guard !claim.isResolved, !answered.contains(UInt64(index)), !SimulatedWorld.honest.contains(claim.claimant) else {
        continue
      }
      // A step settles it.
      if claim.position.depth == game.rules.maxDepth, claim.counter != nil { continue }
      ends[claim.lineage] = game.deadline(of: UInt64(index))
    }
  }

  /// Whether on this branch there is time for each answer, or as much time as on the one that was left.
  func leave(asMuchTimeAs left: Deadlines) -> Bool {
    ends.allSatisfy { lineage, end in
      if end > now + (SimulatedWorld.patience + 1) * SimulatedWorld.blockTime { return true }
      return left.ends[lineage].map { $0 <= end } ?? false
    }
  }
}

extension DisputeGame {
  /// Indices of the claims that one of these accounts has answered by a move.
  func claimsAnswered(by accounts: Set<Address>) -> Set<UInt64> {
    Set((1..<claims.count).lazy.filter { accounts.contains(claims[$0].claimant) }.compactMap { claims[$0].parentIndex })
  }
}
