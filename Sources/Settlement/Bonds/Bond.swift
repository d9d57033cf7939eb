import Primitives
import Rollup

/// The events of the movements of bonds.
enum Bond {
  /// Value came with a call and stands for something at once.
  static func locked(_ amount: UInt256, by account: Address, for cause: BondCause) -> [Event] {
    guard !amount.isZero else { return [] }
    return [
      .bondDeposited(BondDeposited(account: account, cause: cause, amount: amount)),
      .bondLocked(BondLocked(account: account, cause: cause, amount: amount)),
    ]
  }

  /// What stood for something is another's.
  static func slashed(
    _ amount: UInt256, of account: Address, for cause: BondCause, to winner: Address
  ) -> [Event] {
    guard !amount.isZero else { return [] }
    return [
      .bondSlashed(BondSlashed(account: account, cause: cause, amount: amount, beneficiary: winner)),
      .rewardPaid(RewardPaid(account: winner, cause: cause, amount: amount)),
    ]
  }

  /// What stood for something is its owner's again.
  static func released(_ amount: UInt256, to account: Address, for cause: BondCause) -> [Event] {
    guard !amount.isZero else { return [] }
    return [.bondReleased(BondReleased(account: account, cause: cause, amount: amount))]
  }
}

extension RollupContract {
  /// Gives a bond to whoever proved its owner wrong; back to the owner when nobody did.
  mutating func settleBond(
    _ amount: UInt256, of owner: Address, for cause: BondCause, counteredBy winner: Address?,
    into events: inout [Event]
  ) {
    bonds.credit(amount, to: winner ?? owner)
    if let winner {
      events += Bond.slashed(amount, of: owner, for: cause, to: winner)
    } else {
      events += Bond.released(amount, to: owner, for: cause)
    }
  }

  mutating func claimCredit(of account: Address, to beneficiary: Address) throws(Revert) -> CallResult {
    let amount = bonds.payOut(account)
    guard !amount.isZero else { throw .nothingToClaim(account: account) }
    return CallResult(
      events: [.creditClaimed(CreditClaimed(account: account, amount: amount, beneficiary: beneficiary))],
      payout: Payout(beneficiary: beneficiary, amount: amount))
  }
}
