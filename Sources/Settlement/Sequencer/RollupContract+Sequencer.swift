import Hashing
import Primitives
import Rollup
import Signatures

extension RollupContract {
  /// Holds that the key which may sign at the commitment's origin has signed it, and has its bond.
  func checkSigner(of signed: SignedCommitment) throws(Revert) {
    let origin = signed.commitment.l1Origin.number
    let key = keys.key(atL1Origin: origin)
    guard key != .zero else { throw .noSequencer(l1Origin: origin) }
    guard !keys.isSlashed(key) else { throw .sequencerRevoked(key: key) }
    let signer = try signer(of: signed)
    guard signer == key else { throw .wrongSigner(expected: key, recovered: signer) }
    let required = settings.current.bonds.sequencer
    guard keys.bond(of: key) >= required else {
      throw .sequencerBondTooLow(required: required, has: keys.bond(of: key))
    }
  }

  /// Who signed; refuses what is no signature in the one form allowed.
  func signer(of signed: SignedCommitment) throws(Revert) -> Address {
    do {
      let signature = try Signature(walletBytes: signed.signature)
      return try Secp256k1.recoverAddress(hash: signed.commitment.digest(in: domain), signature: signature)
    } catch {
      throw .malformedSignature
    }
  }

  mutating func depositSequencerBond(key: Address, from caller: Address, amount: UInt256) throws(Revert) -> CallResult {
    guard !keys.isSlashed(key) else { throw .keyIsSlashed(key: key) }
    guard !amount.isZero else { throw .noBond(key: key) }
    bonds.lock(amount)
    keys.addBond(amount, to: key)
    return CallResult(events: Bond.locked(amount, by: caller, for: .sequencer(key)))
  }

  mutating func releaseSequencerBond(key: Address, at context: L1Context) throws(Revert) -> CallResult {
    guard key != keys.current else { throw .keyIsInAuthority(key: key) }
    guard !keys.bond(of: key).isZero else { throw .noBond(key: key) }
    if let retired = keys.retiredSince(key) {
      let end = retired.saturatingSum(settings.current.slashingWindow)
      guard context.number > end else { throw .slashingWindowIsOpen(until: end) }
    }
    let amount = keys.takeBond(of: key)
    bonds.credit(amount, to: key)
    return CallResult(events: [.bondReleased(BondReleased(account: key, cause: .sequencer(key), amount: amount))])
  }

  mutating func reportDoubleSign(
    _ first: SignedCommitment, _ second: SignedCommitment, from caller: Address, at context: L1Context
  ) throws(Revert) -> CallResult {
    let offender = try provenDoubleSigner(first, second, at: context)
    let amount = keys.takeBond(of: offender)
    // Rounded down, so that at least half is burned and reporting oneself never pays.
    let reward = amount >> 1
    let burned = amount - reward
    bonds.burn(burned)
    bonds.credit(reward, to: caller)
    keys.markSlashed(offender)
    var events: [Event] = [
      .sequencerSlashed(
        SequencerSlashed(
          evidenceHash: evidenceHash(first, second), equivocation: .doubleSign, offender: offender, reporter: caller,
          amount: amount, burned: burned))
    ]
    events += Bond.slashed(reward, of: offender, for: .sequencer(offender), to: caller)
    if !burned.isZero {
      events.append(
        .bondSlashed(
          BondSlashed(account: offender, cause: .sequencer(offender), amount: burned, beneficiary: .zero)))
    }
    if offender == keys.current {
      keys.change(to: .zero, atL1Block: context.number)
      settings.change(.sequencer(.zero), atL1Block: context.number)
      events.append(.configUpdated(ConfigUpdated(update: .sequencer(.zero))))
    }
    return CallResult(events: events)
  }

  /// The same for both orders of the two.
  private func evidenceHash(_ first: SignedCommitment, _ second: SignedCommitment) -> Hash256 {
    let isInOrder = first.commitment.orderCommitment < second.commitment.orderCommitment
    let (low, high) = isInOrder ? (first, second) : (second, first)
    return Keccak256.hash(low.encode() + high.encode())
  }
}
