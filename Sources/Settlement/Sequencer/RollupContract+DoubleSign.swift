import Primitives
import Rollup

extension RollupContract {
  /// The key that signed two orders for one height, if nothing can have made an honest one do so.
  ///
  /// Sound before complete: two origins of which one is not canonical, or a forced block that may have superseded the
  /// earlier order, excuse the key. What the sequencer's guard owes in return is that it signs a height again only with
  /// an origin at or past what made it do so: the forced block's L1 block, or one of the new branch.
  func provenDoubleSigner(
    _ first: SignedCommitment, _ second: SignedCommitment, at context: L1Context
  ) throws(Revert) -> Address {
    let (one, other) = (first.commitment, second.commitment)
    for commitment in [one, other] where commitment.l2ChainID != l2ChainID {
      throw .wrongChain(l2ChainID: commitment.l2ChainID)
    }
    guard one.blockNumber == other.blockNumber else {
      throw .notTheSameHeight(first: one.blockNumber, second: other.blockNumber)
    }
    guard one.orderCommitment != other.orderCommitment else { throw .sameOrder(one.orderCommitment) }
    // What excuses the key is looked at before any signature is: it costs next to nothing.
    try checkNoExcuse(one.l1Origin, other.l1Origin, at: context)
    let (signer, otherSigner) = (try signer(of: first), try signer(of: second))
    guard signer == otherSigner else { throw .notOneSigner(first: signer, second: otherSigner) }
    for commitment in [one, other] where keys.key(atL1Origin: commitment.l1Origin.number) != signer {
      throw .keyHadNoAuthority(key: signer, l1Origin: commitment.l1Origin.number)
    }
    guard !keys.isSlashed(signer) else { throw .keyIsSlashed(key: signer) }
    if let retired = keys.retiredSince(signer) {
      let end = retired.saturatingSum(settings.current.slashingWindow)
      guard context.number <= end else { throw .slashingWindowIsOver(since: end) }
    }
    return signer
  }

  /// Equal origins need no canonical chain: whatever the chain, the sequencer saw the same one.
  private func checkNoExcuse(_ one: BlockID, _ other: BlockID, at context: L1Context) throws(Revert) {
    if one != other {
      for origin in [one, other] where context.hash(ofBlock: origin.number) != origin.hash {
        throw .originIsNotCanonical(origin)
      }
    }
    // A forced block has the parent of its L1 block for its origin. So one in L1 block f can only have come between the
    // two when the earlier was signed without knowing f, and the later has an origin of f − 1 at least.
    let (low, high) = (min(one.number, other.number), max(one.number, other.number))
    if let forced = batches.forcedInclusion(afterL1Block: low), forced <= high.saturatingSum(1) {
      throw .excusedByForcedInclusion(l1Block: forced)
    }
  }
}
