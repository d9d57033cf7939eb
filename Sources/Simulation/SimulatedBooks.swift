import L1
import Primitives
import Rollup
import Settlement

/// What the rollup contract has in its books, and what L1 has: read one by one, and added up here once more.
struct SimulatedBooks {
  /// All value of L1, and what of it is the contract's.
  private var total, held: UInt256

  /// What the contract says that it has.
  private var balance: UInt256

  private var deposited, paidOut, locked, escrow, burned, owed: UInt256
  private var credits: [Address: UInt256]

  /// Everything that something is locked for.
  private var lockedByCause: UInt256

  init(_ chain: EmbeddedChain) {
    let (contract, bonds) = (chain.contract, chain.contract.bonds)
    total = chain.totalBalance
    held = chain.balance(of: contract.address)
    balance = bonds.balance
    (deposited, paidOut, locked, escrow) = (bonds.deposited, bonds.paidOut, bonds.locked, bonds.escrow)
    (burned, owed, credits) = (bonds.burned, bonds.owed, bonds.credits)
    lockedByCause = contract.lockedByCause
  }

  /// What does not add up; nil when everything does.
  ///
  /// - Parameter beginning: all value that L1 began with.
  func problem(_ beginning: UInt256) -> String? {
    if total != beginning { return "L1 has \(total) wei, and began with \(beginning)" }
    if held != balance { return "the contract has \(held) wei, and says \(balance)" }
    let sum = credits.values.reduce(UInt256.zero, +)
    if sum != owed { return "accounts may take out \(sum) wei, and \(owed) are owed" }
    let (spent, kept) = (owed + paidOut, locked + escrow + burned)
    if spent + kept != deposited { return "\(spent + kept) wei are accounted for, and \(deposited) came in" }
    if lockedByCause != locked { return "\(locked) wei are locked, and \(lockedByCause) of them for something" }
    return nil
  }

  /// What the books would be if a call that emitted the event had been booked wrongly.
  mutating func plant(_ bug: PlantedBug, _ event: Event) {
    switch (bug, event) {
    case (.mintingL1, .bondDeposited(let event)): total += event.amount
    case (.unpaidPayout, .creditClaimed(let event)): held += event.amount
    case (.doubleCredit, .bondReleased(let event)): credits[event.account, default: .zero] += event.amount
    case (.doubleLock, .bondLocked(let event)):
      locked += event.amount
      lockedByCause += event.amount
    case (.forgottenLock, .bondReleased(let event)): lockedByCause += event.amount
    default: break
    }
  }
}
