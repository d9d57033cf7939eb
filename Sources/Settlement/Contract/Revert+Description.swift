import Primitives

extension Revert: CustomStringConvertible {
  /// What was wrong, and where it helps, what would be right.
  package var description: String {
    callDescription ?? orderDescription ?? outputDescription ?? gameDescription ?? keyDescription ?? "refused"
  }

  private var callDescription: String? {
    switch self {
    case .notPayable(let value): "the call takes no value, and \(value) wei came with it"
    case .valueOverflow: "more value than all accounts together can have"
    case .notGuardian(let caller): "\(caller) is not the guardian"
    case .isPaused: "the contract is paused: no outputs are proposed or finalized"
    case .isNotPaused: "the contract is not paused"
    case .wrongBond(let required, let given): "the bond is \(required) wei, and \(given) came with the call"
    case .emptyMessage: "a transaction has a byte at least"
    case .messageTooLong(let bytes, let limit): "the message has \(bytes) bytes, at most \(limit) are taken"
    case .mintTooLarge(let value, let limit): "\(value) wei came with it, and L2 mints at most \(limit) for a message"
    case .messageGasTooHigh(let gas, let limit): "the message asks for \(gas) gas, a deposit has at most \(limit)"
    case .depositGasTaken(let gas, let left):
      "the message asks for \(gas) gas beyond what is free, and this L1 block has \(left) left; send it in a later one"
    case .transactionWithCallFields: "a transaction's bytes say target, value and gas; beside them they must be empty"
    case .noSuchMessage(let index, let count): "there is no message \(index), the inbox has \(count)"
    case .notOverdue(let message, let block, let time):
      "message \(message) can be forced from L1 block \(block) and time \(time) on"
    case .alreadyForced(let message, let forced): "message \(message) was forced in, as were the first \(forced)"
    case .messageOfThisBlock(let message): "message \(message) came with this L1 block; force it in the next"
    case .tooManyMessages(let count, let limit):
      "\(count) messages do not fit into one block, which has room for \(limit)"
    default: nil
    }
  }

  private var orderDescription: String? {
    switch self {
    case .notBatchPoster(let caller): "\(caller) is not the batch poster"
    case .wrongBatchIndex(let expected, let given): "the next batch is \(expected), not \(given)"
    case .emptyBatch: "a batch has a block at least"
    case .blockCountMismatch(let stated, let given): "the batch's numbers are of \(stated) blocks, and \(given) came"
    case .blocksNotInSequence(let index): "block \(index) of the batch does not have the number after the one before"
    case .blocksNotLinked(let index): "block \(index) of the batch does not extend the one before"
    case .tooManyTransactions(let block, let count, let limit):
      "block \(block) has \(count) transactions, and a dispute has room for \(limit)"
    case .dataIsNotElsewhere: "data in an event or in calldata comes with the call"
    case .lastBlockIsNotSigned(let signed, let given): "the last block's order is \(given), and \(signed) is signed"
    case .messagesGoBack(let consumed, let given): "\(consumed) messages count as consumed, the batch says \(given)"
    case .messagesBeyondInbox(let count, let given): "the inbox has \(count) messages, the batch consumes \(given)"
    case .overdueMessageLeftOut(let message, let consumed):
      "message \(message) is past its deadline, and the batch consumes the first \(consumed) only"
    case .noSequencer(let origin): "nobody may sign blocks with L1 origin \(origin)"
    case .sequencerRevoked(let key): "\(key) has contradicted itself and signs no more"
    case .malformedSignature: "the signature is not r, s and v in 65 bytes, s low and v 27 or 28"
    case .wrongSigner(let expected, let recovered): "signed by \(recovered), and \(expected) has the authority"
    case .sequencerBondTooLow(let required, let has):
      "behind the key stand \(has) wei, and \(required) are required; deposit the rest first"
    case .noSuchBatch(let index): "there is no batch \(index) of blocks"
    case .dataAlreadyDelivered(let batch): "the data of batch \(batch) is there"
    case .dataTooLate(let batch, let since): "batch \(batch) is dropped since L1 block \(since): its data had not come"
    case .dataHashMismatch(let expected, let computed):
      "the blocks give data hash \(computed), the batch has \(expected)"
    default: nil
    }
  }

  private var outputDescription: String? {
    switch self {
    case .noSuchOutput(let index): "there is no output \(index)"
    case .outputIsDeleted(let index): "output \(index) is deleted"
    case .outputIsFinal(let index): "output \(index) is final"
    case .outputExists(let index): "the same was proposed, as output \(index)"
    case .parentMismatch(let stands, let given):
      "the output to be extended has lineage \(stands), not \(given); L1 may have reorganised"
    case .blockNotAfterParent(let parent, let given): "block \(given) is not after the parent's block \(parent)"
    case .tooManyBlocks(let count, let limit): "an output extends another by at most \(limit) blocks, not \(count)"
    case .l1HeadUnknown(let number): "L1 block \(number) is not one of the last \(L1Context.ancestorLimit) before this"
    case .l1HeadMismatch(let canonical, let given): "the L1 head is \(given), L1 has block \(canonical); propose anew"
    case .l1HeadBeforeParent(let parent, let given): "the L1 head is block \(given), the parent's is \(parent)"
    case .challengePeriodIsRunning(let until): "it can be disputed until time \(until)"
    case .parentIsNotFinal(let parent): "the output that it extends, \(parent), is not final"
    case .outputIsDisputed(let game): "it is disputed in game \(game)"
    default: nil
    }
  }

  private var gameDescription: String? {
    switch self {
    case .gameExists(let game): "the output is disputed in game \(game): move there"
    case .challengePeriodIsOver(let since): "it could be disputed until time \(since)"
    case .noSuchGame(let id): "there is no game \(id)"
    case .gameIsOver(let status): "the game is over: \(status)"
    case .noSuchClaim(let index, let count): "there is no claim \(index), the game has \(count)"
    case .disputedMismatch(let stands, let given):
      "what stands there has lineage \(stands), not \(given); L1 may have reorganised"
    case .rootCannotBeDefended: "nothing comes after what this claim is about: it can be attacked only"
    case .gameDepthExceeded(let limit): "the claim is at depth \(limit), the last: prove a step"
    case .clockHasRunOut: "the time of this side is over"
    case .claimExists(let index): "the same was claimed, as claim \(index)"
    case .claimIsResolved(let index): "claim \(index) is resolved"
    case .traceRootMustDiffer(let end): "the other side says that the block ends in \(end), and the move agrees"
    case .traceRootMustBe(let end): "this side says that the block ends in \(end), and the move does not"
    case .claimIsNotAtFullDepth(let depth, let full): "the claim is at depth \(depth), steps are proven at \(full)"
    case .claimIsCountered(let by): "\(by) has proven the claim wrong"
    case .proofRefused(let error): "the proof is not one of this step: \(error)"
    case .proofWithoutStep(let bytes):
      "behind the output's block nothing is executed; the proof must be empty, and has \(bytes) bytes"
    case .stepDoesNotRefute(let postState): "the step leads to \(postState), which does not contradict the claim"
    case .clockIsRunning(let until): "the claim can be answered until time \(until)"
    case .answersUnresolved(let count): "\(count) answers to the claim are to be resolved first"
    case .nothingToClaim(let account): "\(account) is owed nothing"
    case .upgradeOutOfOrder(let fork, let time): "\(fork) at time \(time) does not come after the forks there are"
    default: nil
    }
  }

  private var keyDescription: String? {
    switch self {
    case .noBond(let key): "no value, where a bond of \(key) belongs"
    case .keyIsInAuthority(let key): "\(key) has authority: its bond stays"
    case .slashingWindowIsOpen(let until): "the key can be slashed until L1 block \(until)"
    case .slashingWindowIsOver(let since): "the key could be slashed until L1 block \(since)"
    case .notTheSameHeight(let first, let second): "the orders are for blocks \(first) and \(second)"
    case .sameOrder(let order): "both signatures are of the same order, \(order)"
    case .wrongChain(let id): "the commitment is of chain \(id)"
    case .notOneSigner(let first, let second): "the signers are \(first) and \(second)"
    case .keyHadNoAuthority(let key, let origin): "\(key) had no authority at L1 origin \(origin)"
    case .keyIsSlashed(let key): "\(key) was slashed"
    case .excusedByForcedInclusion(let block):
      "messages were forced in at L1 block \(block), which may have taken the height away from the first order"
    case .originIsNotCanonical(let origin):
      "L1 origin \(origin) is not among the last \(L1Context.ancestorLimit) canonical blocks; a reorganisation excuses"
    default: nil
    }
  }
}
