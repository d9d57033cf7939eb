import Primitives

extension Derivation {
  /// Takes the ledger's next canonical L1 fact and says what follows: nothing, one block, or many when something that all
  /// waited for has come.
  ///
  /// O(log n) in the size of the batch and of storage per step. After an error neither the state nor `storage` means
  /// anything.
  package mutating func apply(
    _ event: Event, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    if let reading {
      guard case .blockSequenced(let block) = event else {
        throw .batchIncomplete(batchIndex: reading.batchIndex, missingFrom: reading.commitments.count)
      }
      return try read(block, of: reading, storage: &storage)
    }
    switch event {
    case .l1BlockAppended(let event): return try append(event, storage: &storage)
    case .messageDelivered(let message): try deliver(message, storage: &storage)
    case .sequencerBatchDelivered(let batch): return try deliver(batch, storage: &storage)
    case .batchDataDelivered(let data): try deliver(data, storage: &storage)
    case .forceIncluded(let forced): return try deliver(forced, storage: &storage)
    case .blockSequenced(let block):
      throw .blockOutOfPlace(batchIndex: block.batchIndex, indexInBatch: block.indexInBatch)
    case .configUpdated(let event):
      if case .sequencingWindow(let window) = event.update { sequencingWindow = window }
    case .chainConfigured, .outputProposed, .disputeGameCreated, .move, .stepProven, .claimResolved, .resolved,
      .gameBlacklisted, .outputsDeleted, .outputFinalized, .bondDeposited, .bondLocked, .bondReleased, .bondSlashed,
      .rewardPaid, .creditClaimed, .sequencerSlashed, .withdrawalProven, .withdrawalFinalized, .paused, .unpaused:
      break  // What is claimed about the order is no part of it.
    case .l1Finalized, .l1Reorged, .sequencerCommitmentObserved, .feedGap, .espressoBlockObserved,
      .l1TransactionIncluded:
      break  // Neither is what a node saw or heard.
    }
    return []
  }

  /// Whether facts of a kind can change the state. Others say nothing about the order; they only cannot come in the middle of
  /// a batch.
  package static func concerns(_ kind: EventKind) -> Bool {
    switch kind {
    case .l1BlockAppended, .messageDelivered, .sequencerBatchDelivered, .batchDataDelivered, .forceIncluded,
      .blockSequenced, .configUpdated:
      true
    default: false
    }
  }

  private mutating func append(
    _ event: L1BlockAppended, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    let header: BlockHeader
    do { header = try BlockHeader(rlp: event.header.rawSpan) } catch { throw .malformedHeader(error) }
    l1Block = BlockID(number: header.number, hash: header.hash)
    let entry = DerivationL1Block(hash: l1Block.hash, timestamp: header.timestamp, messagesBefore: messageCount)
    try storage.put(entry, number: header.number)
    return try takeWaiting(storage: &storage)
  }

  private mutating func deliver(
    _ message: MessageDelivered, storage: inout some DerivationStorage
  ) throws(DerivationError) {
    guard message.messageIndex == messageCount else {
      throw .messageOutOfOrder(expected: messageCount, found: message.messageIndex)
    }
    guard message.beforeInboxAcc == inboxAcc else { throw .accumulatorBroken(batchOrMessage: message.messageIndex) }
    try storage.put(message)
    messageCount += 1
    inboxAcc = message.afterInboxAcc
  }

  private mutating func deliver(
    _ batch: SequencerBatchDelivered, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    try advance(to: batch.batchIndex, before: batch.beforeAcc, after: batch.afterAcc, dataHash: batch.dataHash)
    guard batch.firstBlock <= batch.lastBlock, batch.lastBlock - batch.firstBlock < .max else {
      throw .batchIncomplete(batchIndex: batch.batchIndex, missingFrom: 0)
    }
    let count = batch.lastBlock - batch.firstBlock + 1
    switch batch.data {
    case .present:
      reading = BatchReading(
        batchIndex: batch.batchIndex, l1Block: l1Block.number, count: count, dataHash: batch.dataHash,
        isNext: batch.batchIndex == cursor.batchIndex + 1)
      return []
    case .missing:
      let (deadline, overflows) = l1Block.number.addingReportingOverflow(sequencingWindow)
      let waiting = WaitingBatch.withoutData(
        l1Block: l1Block.number, count: count, dataHash: batch.dataHash, deadline: overflows ? .max : deadline)
      try storage.put(waiting, batchIndex: batch.batchIndex)
      return []
    }
  }

  private mutating func deliver(
    _ data: BatchDataDelivered, storage: inout some DerivationStorage
  ) throws(DerivationError) {
    guard case .withoutData(let l1Block, let count, let dataHash, let deadline) = try storage.waiting(data.batchIndex)
    else {
      throw .dataNotAwaited(batchIndex: data.batchIndex)
    }
    guard data.dataHash == dataHash else {
      throw .wrongData(batchIndex: data.batchIndex, expected: dataHash, computed: data.dataHash)
    }
    reading = BatchReading(
      batchIndex: data.batchIndex, l1Block: l1Block, count: count, dataHash: dataHash,
      isNext: data.batchIndex <= cursor.batchIndex + 1)
    // Too late: the batch is dropped, or will be when those before it are known. Its blocks are read past.
    if self.l1Block.number >= deadline {
      reading?.isNext = true
      reading?.isRejected = true
    }
  }

  private mutating func deliver(
    _ forced: ForceIncluded, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    guard let last = try storage.message(forced.lastMessage) else {
      throw .messageOutOfOrder(expected: messageCount, found: forced.lastMessage)
    }
    try advance(
      to: forced.batchIndex, before: forced.beforeAcc, after: forced.afterAcc, dataHash: last.afterInboxAcc)
    let waiting = WaitingBatch.forced(l1Block: l1Block.number, lastMessage: forced.lastMessage)
    try storage.put(waiting, batchIndex: forced.batchIndex)
    return try takeWaiting(storage: &storage)
  }

  private mutating func advance(
    to batchIndex: UInt64, before: Hash256, after: Hash256, dataHash: Hash256
  ) throws(DerivationError) {
    guard batchIndex == lastBatchIndex + 1 else {
      throw .batchOutOfOrder(expected: lastBatchIndex + 1, found: batchIndex)
    }
    guard before == batchAcc, after == BatchData.accumulator(after: before, dataHash: dataHash) else {
      throw .accumulatorBroken(batchOrMessage: batchIndex)
    }
    lastBatchIndex = batchIndex
    batchAcc = after
  }
}
