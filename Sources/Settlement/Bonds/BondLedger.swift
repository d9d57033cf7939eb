package import Primitives

/// All value that the contract holds, by what it is for.
///
/// What came in is always what is locked, owed, in escrow, burned, or was paid out. Each movement is one verb here and
/// one event of the log.
package struct BondLedger: Equatable, Sendable {
  /// Everything that ever came in, in wei. Bounds every other amount, so none of the sums below can overflow.
  package private(set) var deposited: UInt256 = .zero

  /// Everything that was ever paid to somebody.
  package private(set) var paidOut: UInt256 = .zero

  /// What stands for something: outputs, claims, sequencer keys.
  package private(set) var locked: UInt256 = .zero

  /// What backs the value that messages made on L2.
  package private(set) var escrow: UInt256 = .zero

  /// What nobody has any more.
  package private(set) var burned: UInt256 = .zero

  /// What accounts may take out.
  package private(set) var credits: [Address: UInt256] = [:]

  /// Sum of `credits`.
  package private(set) var owed: UInt256 = .zero

  package init() {}

  /// The contract's balance: what it holds for others, and what it burned, which stays in it.
  package var balance: UInt256 { deposited - paidOut }

  /// Whether nothing has appeared or vanished. O(credits).
  package var isConserved: Bool {
    let sum = credits.values.reduce(UInt256.zero, +)
    return sum == owed && locked + owed + escrow + burned + paidOut == deposited
  }

  /// Whether so much more can come in without any sum ever wrapping.
  func canTake(_ amount: UInt256) -> Bool {
    !deposited.addingReportingOverflow(amount).overflow
  }

  mutating func lock(_ amount: UInt256) {
    deposited += amount
    locked += amount
  }

  mutating func putInEscrow(_ amount: UInt256) {
    deposited += amount
    escrow += amount
  }

  /// Locked value becomes somebody's credit.
  mutating func credit(_ amount: UInt256, to account: Address) {
    guard !amount.isZero else { return }
    locked -= amount
    owed += amount
    credits[account, default: .zero] += amount
  }

  /// Locked value becomes nobody's.
  mutating func burn(_ amount: UInt256) {
    locked -= amount
    burned += amount
  }

  /// Takes out everything that the account is owed; zero when that is nothing.
  mutating func payOut(_ account: Address) -> UInt256 {
    guard let amount = credits.removeValue(forKey: account) else { return .zero }
    owed -= amount
    paidOut += amount
    return amount
  }
}
