import Primitives
import Rollup
import StateTransition

extension RollupContract {
  /// Bytes of a message's data: a transaction of a size that L2 nodes pass on, and no way to fill L1 blocks.
  package static let longestMessage = 120_000

  /// L2 gas that a deposit has for its call to the contract, which L1 charges for: about as much as that call costs.
  package static let freeDepositGas: UInt64 = 100_000

  /// L2 gas that the deposits of one L1 block may have beyond `freeDepositGas` each: half of an L2 block's, so that the
  /// other half is left when a block takes the messages of one L1 block.
  package var depositGasLimit: UInt64 { settings.current.gasLimit / 2 }

  mutating func deliverMessage(
    _ request: MessageRequest, from caller: Caller, value: UInt256, at context: L1Context
  ) throws(Revert) -> CallResult {
    try check(request, mint: value, at: context)
    let current = settings.current
    let own = (
      block: context.number.saturatingSum(current.forceInclusionBlocks),
      time: context.timestamp.saturatingSum(current.forceInclusionTime)
    )
    // Messages are forced in order, so a shorter window does not let one overtake those before it.
    let deadlineBlock = max(own.block, inbox.last?.deadlineBlock ?? 0)
    let deadlineTime = max(own.time, inbox.last?.deadlineTime ?? 0)
    let event = MessageDelivered(
      messageIndex: inbox.count, beforeInboxAcc: inbox.accumulator, messageKind: request.kind,
      sender: caller.messageSender, to: request.to, value: request.value, mint: value, gasLimit: request.gasLimit,
      data: request.data, deadlineBlock: deadlineBlock, deadlineTime: deadlineTime)
    inbox.append(
      Inbox.Message(
        accumulator: event.afterInboxAcc, deadlineBlock: deadlineBlock, deadlineTime: deadlineTime,
        l1Block: context.number), chargedGas: request.chargedGas)
    bonds.putInEscrow(value)
    return CallResult(events: [.messageDelivered(event)])
  }

  private func check(_ request: MessageRequest, mint: UInt256, at context: L1Context) throws(Revert) {
    guard request.data.count <= RollupContract.longestMessage else {
      throw .messageTooLong(bytes: request.data.count, limit: RollupContract.longestMessage)
    }
    switch request.kind {
    case .transaction:
      guard request.to == nil, request.value.isZero, request.gasLimit == 0 else { throw .transactionWithCallFields }
      guard mint.isZero else { throw .notPayable(value: mint) }
      guard !request.data.isEmpty else { throw .emptyMessage }
    case .deposit:
      guard mint <= InboxCall.greatestMint else { throw .mintTooLarge(value: mint, limit: InboxCall.greatestMint) }
      let limit = min(settings.current.gasLimit, depositGasLimit.saturatingSum(RollupContract.freeDepositGas))
      guard request.gasLimit <= limit else { throw .messageGasTooHigh(gas: request.gasLimit, limit: limit) }
      let left = depositGasLimit.saturatingDifference(inbox.chargedGas(inL1Block: context.number))
      guard request.chargedGas <= left else { throw .depositGasTaken(gas: request.chargedGas, left: left) }
    }
  }

  /// How many messages may be forced in now, and must be in the order: those past both deadlines; all of them while
  /// nobody may sign.
  package func overdueMessages(at context: L1Context) -> UInt64 {
    keys.current == .zero
      ? inbox.count : inbox.overdueCount(atL1Block: context.number, timestamp: context.timestamp)
  }

  mutating func forceInclude(
    through last: UInt64, from caller: Address, at context: L1Context
  ) throws(Revert) -> CallResult {
    guard let message = inbox[last] else { throw .noSuchMessage(index: last, count: inbox.count) }
    guard last < overdueMessages(at: context) else {
      throw .notOverdue(
        message: last, deadlineBlock: message.deadlineBlock, deadlineTime: message.deadlineTime)
    }
    // A forced block sees the inbox as of the L1 block before.
    guard message.l1Block < context.number else { throw .messageOfThisBlock(message: last) }
    guard last >= batches.messagesForced else { throw .alreadyForced(message: last, forced: batches.messagesForced) }
    // A batch may count messages as consumed and be dropped by derivation, which the contract cannot know. So what counts
    // as consumed can be forced all the same; when it was consumed in truth, derivation makes no block of it.
    let first = min(batches.messagesConsumed, last)
    let limit = settings.current.maxTransactionsPerBlock
    guard last - first < limit else { throw .tooManyMessages(count: last - first + 1, limit: limit) }
    let before = batches.accumulator
    let event = ForceIncluded(
      batchIndex: batches.nextIndex, beforeAcc: before,
      afterAcc: BatchData.accumulator(after: before, dataHash: message.accumulator), firstMessage: first,
      lastMessage: last, caller: caller)
    batches.append(
      BatchList.Batch(
        content: .forced(firstMessage: first, lastMessage: last), accumulator: event.afterAcc,
        messagesConsumed: max(batches.messagesConsumed, last + 1), l1Block: context.number),
      maxMessagesPerBlock: limit)
    return CallResult(events: [.forceIncluded(event)])
  }
}

extension MessageRequest {
  /// L2 gas that counts against what the deposits of an L1 block may have.
  fileprivate var chargedGas: UInt64 { gasLimit.saturatingDifference(RollupContract.freeDepositGas) }
}
