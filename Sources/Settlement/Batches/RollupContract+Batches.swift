import Primitives
import Rollup

extension RollupContract {
  mutating func postBatch(
    _ batch: BatchSubmission, from caller: Address, at context: L1Context
  ) throws(Revert) -> CallResult {
    guard caller == settings.current.batchPoster else { throw .notBatchPoster(caller: caller) }
    guard batch.batchIndex == batches.nextIndex else {
      throw .wrongBatchIndex(expected: batches.nextIndex, given: batch.batchIndex)
    }
    let order = batch.lastOrder
    let commitment = SequencerCommitment(order: order, l2ChainID: l2ChainID)
    try checkMessages(order.messagesConsumed, at: context)
    try checkSigner(of: SignedCommitment(commitment: commitment, signature: batch.signature))
    let (dataHash, blocks) = try checkedData(of: batch, signedOrder: commitment.orderCommitment)
    let before = batches.accumulator
    let event = SequencerBatchDelivered(
      batchIndex: batch.batchIndex, beforeAcc: before,
      afterAcc: BatchData.accumulator(after: before, dataHash: dataHash), firstBlock: batch.firstBlock,
      lastBlock: order.number, messagesConsumed: order.messagesConsumed, poster: caller,
      signedCommitment: SignedCommitment(commitment: commitment, signature: batch.signature).encode(),
      dataHash: dataHash, dataLocation: batch.data.location, data: blocks == nil ? .missing : .present)
    batches.append(
      BatchList.Batch(
        content: .blocks(
          firstBlock: batch.firstBlock, lastBlock: order.number, dataHash: dataHash,
          signedOrder: commitment.orderCommitment,
          data: BatchList.Batch.Data(
            l1Block: blocks == nil ? nil : context.number,
            deadline: context.number.saturatingSum(settings.current.sequencingWindow))),
        accumulator: event.afterAcc, messagesConsumed: order.messagesConsumed, l1Block: context.number),
      maxMessagesPerBlock: settings.current.maxTransactionsPerBlock)
    return CallResult(
      events: [.sequencerBatchDelivered(event)] + sequencedEvents(blocks ?? [], ofBatch: batch.batchIndex))
  }

  mutating func deliverBatchData(
    _ index: UInt64, _ blocks: [RollupBlock], from caller: Address, at context: L1Context
  ) throws(Revert) -> CallResult {
    guard case .blocks(let first, let last, let dataHash, let order, let data) = batches[index]?.content else {
      throw .noSuchBatch(index: index)
    }
    guard data.l1Block == nil else { throw .dataAlreadyDelivered(batch: index) }
    guard context.number < data.deadline else { throw .dataTooLate(batch: index, since: data.deadline) }
    let computed = try checkedRoot(of: blocks, firstBlock: first, lastBlock: last, signedOrder: order)
    guard computed == dataHash else { throw .dataHashMismatch(expected: dataHash, computed: computed) }
    batches.noteData(ofBatch: index, atL1Block: context.number)
    let event = BatchDataDelivered(batchIndex: index, dataHash: dataHash, dataLocation: .event, poster: caller)
    return CallResult(events: [.batchDataDelivered(event)] + sequencedEvents(blocks, ofBatch: index))
  }

  private func sequencedEvents(_ blocks: [RollupBlock], ofBatch index: UInt64) -> [Event] {
    blocks.enumerated().map { offset, block in
      .blockSequenced(BlockSequenced(batchIndex: index, indexInBatch: UInt64(offset), block: .rollup(block)))
    }
  }

  private func checkMessages(_ consumed: UInt64, at context: L1Context) throws(Revert) {
    guard consumed <= inbox.count else { throw .messagesBeyondInbox(count: inbox.count, given: consumed) }
    guard consumed >= batches.messagesConsumed else {
      throw .messagesGoBack(consumed: batches.messagesConsumed, given: consumed)
    }
    let overdue = overdueMessages(at: context)
    guard consumed >= overdue else { throw .overdueMessageLeftOut(message: consumed, consumed: consumed) }
  }

  /// The root over the blocks' commitments, and the blocks if they came along.
  private func checkedData(
    of batch: BatchSubmission, signedOrder: Hash256
  ) throws(Revert) -> (dataHash: Hash256, blocks: [RollupBlock]?) {
    switch batch.data {
    case .event(let blocks):
      let root = try checkedRoot(
        of: blocks, firstBlock: batch.firstBlock, lastBlock: batch.lastOrder.number, signedOrder: signedOrder)
      return (root, blocks)
    case .elsewhere(let location, let dataHash):
      guard location != .event, location != .calldata else { throw .dataIsNotElsewhere }
      guard batch.firstBlock <= batch.lastOrder.number else { throw .emptyBatch }
      return (dataHash, nil)
    }
  }

  /// The root over the commitments of blocks whose numbers run from `firstBlock` to `lastBlock`, each of which extends the
  /// one before, and whose last one is what was signed: so that one signature vouches for all of them, and whoever posts
  /// them cannot put a block among them that the sequencer has not ordered. O(size of the blocks).
  private func checkedRoot(
    of blocks: [RollupBlock], firstBlock: UInt64, lastBlock: UInt64, signedOrder: Hash256
  ) throws(Revert) -> Hash256 {
    guard firstBlock <= lastBlock, !blocks.isEmpty else { throw .emptyBatch }
    let stated = (lastBlock - firstBlock).saturatingSum(1)
    guard stated == UInt64(blocks.count) else {
      throw .blockCountMismatch(stated: stated, given: UInt64(blocks.count))
    }
    let limit = settings.current.maxTransactionsPerBlock
    var commitments: [Hash256] = []
    commitments.reserveCapacity(blocks.count)
    for (offset, block) in blocks.enumerated() {
      guard block.number == firstBlock + UInt64(offset) else { throw .blocksNotInSequence(index: UInt64(offset)) }
      if let before = commitments.last, block.parentOrder != before {
        throw .blocksNotLinked(index: UInt64(offset))
      }
      let count = UInt64(block.transactions.count)
      guard count <= limit else { throw .tooManyTransactions(block: block.number, count: count, limit: limit) }
      commitments.append(block.order.commitment)
    }
    let last = commitments[commitments.count - 1]
    guard last == signedOrder else { throw .lastBlockIsNotSigned(signed: signedOrder, given: last) }
    return BatchData.hash(of: commitments)
  }
}

extension BatchSubmission.Data {
  fileprivate var location: SequencerBatchDelivered.DataLocation {
    switch self {
    case .event: .event
    case .elsewhere(let location, _): location
    }
  }
}
