package import Primitives
package import Rollup

/// Why the contract refused a call. The state is then as it was.
package enum Revert: Error, Hashable, Sendable {
  // Any call.

  /// The call takes no value.
  case notPayable(value: UInt256)
  /// More value than there can be.
  case valueOverflow
  case notGuardian(caller: Address)
  case isPaused
  case isNotPaused
  case wrongBond(required: UInt256, given: UInt256)

  // Inbox.

  case emptyMessage
  case messageTooLong(bytes: Int, limit: Int)
  /// L2 mints no such deposit, and what is locked for it would be lost.
  case mintTooLarge(value: UInt256, limit: UInt256)
  case messageGasTooHigh(gas: UInt64, limit: UInt64)
  /// Others of this L1 block have taken what there was.
  case depositGasTaken(gas: UInt64, left: UInt64)
  /// A transaction's bytes say where it goes; target, value and gas belong to deposits.
  case transactionWithCallFields
  case noSuchMessage(index: UInt64, count: UInt64)
  case notOverdue(message: UInt64, deadlineBlock: UInt64, deadlineTime: UInt64)
  case alreadyForced(message: UInt64, forced: UInt64)
  /// It came with the same L1 block.
  case messageOfThisBlock(message: UInt64)
  case tooManyMessages(count: UInt64, limit: UInt64)

  // Batches.

  case notBatchPoster(caller: Address)
  case wrongBatchIndex(expected: UInt64, given: UInt64)
  case emptyBatch
  case blockCountMismatch(stated: UInt64, given: UInt64)
  case blocksNotInSequence(index: UInt64)
  /// A block does not extend the one before it, so that the signature over the last one does not vouch for all.
  case blocksNotLinked(index: UInt64)
  case tooManyTransactions(block: UInt64, count: UInt64, limit: UInt64)
  /// Data in the call is said to be elsewhere.
  case dataIsNotElsewhere
  /// The last block is not the one that was signed.
  case lastBlockIsNotSigned(signed: Hash256, given: Hash256)
  case messagesGoBack(consumed: UInt64, given: UInt64)
  case messagesBeyondInbox(count: UInt64, given: UInt64)
  case overdueMessageLeftOut(message: UInt64, consumed: UInt64)
  case noSequencer(l1Origin: UInt64)
  case sequencerRevoked(key: Address)
  case malformedSignature
  case wrongSigner(expected: Address, recovered: Address)
  case sequencerBondTooLow(required: UInt256, has: UInt256)
  case noSuchBatch(index: UInt64)
  case dataAlreadyDelivered(batch: UInt64)
  /// The batch is dropped for want of its data.
  case dataTooLate(batch: UInt64, since: UInt64)
  case dataHashMismatch(expected: Hash256, computed: Hash256)

  // Outputs.

  case noSuchOutput(index: UInt64)
  case outputIsDeleted(index: UInt64)
  case outputIsFinal(index: UInt64)
  case outputExists(index: UInt64)
  /// What the output was to extend is another one.
  case parentMismatch(stands: Hash256, given: Hash256)
  case blockNotAfterParent(parent: UInt64, given: UInt64)
  case tooManyBlocks(count: UInt64, limit: UInt64)
  /// Not one of the last 256 L1 blocks.
  case l1HeadUnknown(number: UInt64)
  case l1HeadMismatch(canonical: BlockID, given: Hash256)
  case l1HeadBeforeParent(parent: UInt64, given: UInt64)
  case challengePeriodIsRunning(until: UInt64)
  case parentIsNotFinal(parent: UInt64)
  case outputIsDisputed(game: UInt64)

  // Dispute games.

  case gameExists(game: UInt64)
  case challengePeriodIsOver(since: UInt64)
  case noSuchGame(id: UInt64)
  case gameIsOver(status: GameStatus)
  case noSuchClaim(index: UInt64, count: UInt64)
  /// What was to be disputed is another output or claim.
  case disputedMismatch(stands: Hash256, given: Hash256)
  case rootCannotBeDefended
  case gameDepthExceeded(limit: Int)
  case clockHasRunOut
  case claimExists(index: UInt64)
  case claimIsResolved(index: UInt64)
  /// The first claim about a block's steps denies what the other side said of their end.
  case traceRootMustDiffer(from: Hash256)
  /// The first claim about a block's steps confirms what its own side said of their end.
  case traceRootMustBe(Hash256)
  case claimIsNotAtFullDepth(depth: Int, full: Int)
  case claimIsCountered(by: Address)
  case proofRefused(StepProofError)
  /// Behind the output's own block nothing is executed, and so nothing is proven.
  case proofWithoutStep(bytes: Int)
  /// The step was executed, and it agrees with the claim that it was to refute.
  case stepDoesNotRefute(postState: Hash256)
  case clockIsRunning(until: UInt64)
  case answersUnresolved(count: Int)
  case nothingToClaim(account: Address)

  // Settings.

  /// The fork does not come after all that the chain has.
  case upgradeOutOfOrder(Fork, at: UInt64)

  // The sequencer's key.

  case noBond(key: Address)
  case keyIsInAuthority(key: Address)
  case slashingWindowIsOpen(until: UInt64)
  case slashingWindowIsOver(since: UInt64)
  case notTheSameHeight(first: UInt64, second: UInt64)
  case sameOrder(Hash256)
  case wrongChain(l2ChainID: UInt64)
  case notOneSigner(first: Address, second: Address)
  case keyHadNoAuthority(key: Address, l1Origin: UInt64)
  case keyIsSlashed(key: Address)
  /// A forced block may have taken the height away from the first of the two.
  case excusedByForcedInclusion(l1Block: UInt64)
  /// A reorganisation of L1 may be what made the sequencer sign again.
  case originIsNotCanonical(BlockID)
}
