import Primitives

extension Derivation {
  /// Reads the next block of the batch whose blocks are coming in, and after its last one whatever waited for it.
  mutating func read(
    _ event: BlockSequenced, of current: BatchReading, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    var current = current
    let index = current.commitments.count
    guard event.batchIndex == current.batchIndex, event.indexInBatch == index else {
      throw .blockOutOfPlace(batchIndex: event.batchIndex, indexInBatch: event.indexInBatch)
    }
    guard let commitment = try? event.block.commitment() else {
      throw .blockOutOfPlace(batchIndex: event.batchIndex, indexInBatch: event.indexInBatch)
    }
    current.commitments.append(commitment)
    let place = DerivationCursor(batchIndex: current.batchIndex, indexInBatch: index)
    var steps = [DerivationStep]()
    if !current.isNext {
      try storage.put(event.block, at: place)
    } else if !current.isRejected {
      let step = try take(
        event.block, order: commitment, at: place, of: current.count, l1Block: current.l1Block, storage: storage)
      if case .rejected = step { current.isRejected = true }
      steps.append(step)
    }
    reading = current
    if current.commitments.count == current.count { steps += try finishReading(current, storage: &storage) }
    return steps
  }

  private mutating func finishReading(
    _ current: BatchReading, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    let root = current.commitments.root
    guard root == current.dataHash else {
      throw .wrongData(batchIndex: current.batchIndex, expected: current.dataHash, computed: root)
    }
    reading = nil
    // Too late, and not dropped yet: what waits for its turn is still a batch without data.
    if current.isRejected, current.batchIndex > cursor.batchIndex { return [] }
    let waiting = WaitingBatch.withData(l1Block: current.l1Block, count: current.count)
    try storage.put(current.isNext ? nil : waiting, batchIndex: current.batchIndex)
    return current.isNext ? try takeWaiting(storage: &storage) : []
  }

  /// Holds a batch's block against the rules and moves on: to the block, or past the rest of its batch.
  private mutating func take(
    _ sequenced: SequencedBlock, order: Hash256, at place: DerivationCursor, of count: UInt64, l1Block: UInt64,
    storage: some DerivationStorage
  ) throws(DerivationError) -> DerivationStep {
    guard case .rollup(let block) = sequenced else { return reject(at: place, of: count, .notARollupBlock) }
    if let reason = try rules.violation(by: block, after: head, l1Block: l1Block, storage: storage) {
      return reject(at: place, of: count, reason)
    }
    return accept(block, order: order, at: place, isForced: false)
  }

  private mutating func accept(
    _ block: RollupBlock, order: Hash256, at place: DerivationCursor, isForced: Bool
  ) -> DerivationStep {
    let messages = head.messagesConsumed..<block.messagesConsumed
    head = OrderHead(
      number: block.number, order: order, timestamp: block.timestamp, l1Origin: block.l1Origin,
      messagesConsumed: block.messagesConsumed)
    cursor = place
    return .block(DerivedBlock(block: block, order: order, cursor: place, messages: messages, isForced: isForced))
  }

  private mutating func reject(
    at place: DerivationCursor, of count: UInt64, _ reason: RejectionReason
  ) -> DerivationStep {
    cursor = DerivationCursor(batchIndex: place.batchIndex, indexInBatch: count - 1)
    return .rejected(
      BatchRejected(batchIndex: place.batchIndex, indexInBatch: place.indexInBatch, reason: reason))
  }
}

// What has been delivered and not been taken.
extension Derivation {
  /// Takes what waits, in order, up to the next batch whose data is missing and may still come.
  mutating func takeWaiting(
    storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    var steps = [DerivationStep]()
    while let next = awaitedBatch {
      guard let waiting = try storage.waiting(next) else { throw .storage("nothing waits for batch \(next)") }
      switch waiting {
      case .withoutData(_, let count, _, let deadline):
        if l1Block.number < deadline { return steps }
        let place = DerivationCursor(batchIndex: next, indexInBatch: 0)
        steps.append(reject(at: place, of: count, .dataWithheld))
        continue  // Its row stays: should the data come after all, it says how many blocks to read past.
      case .withData(let l1Block, let count):
        steps += try takeWaitingBlocks(of: next, l1Block: l1Block, count: count, storage: &storage)
      case .forced(let l1Block, let lastMessage):
        steps.append(try force(batchIndex: next, l1Block: l1Block, lastMessage: lastMessage, storage: storage))
      }
      try storage.put(nil, batchIndex: next)
    }
    return steps
  }

  private mutating func takeWaitingBlocks(
    of batchIndex: UInt64, l1Block: UInt64, count: UInt64, storage: inout some DerivationStorage
  ) throws(DerivationError) -> [DerivationStep] {
    var steps = [DerivationStep]()
    var isRejected = false
    for index in 0..<count {
      let place = DerivationCursor(batchIndex: batchIndex, indexInBatch: index)
      guard let block = try storage.waitingBlock(place), let order = try? block.commitment() else {
        throw .storage("block \(place) does not wait")
      }
      if !isRejected {
        let step = try take(block, order: order, at: place, of: count, l1Block: l1Block, storage: storage)
        if case .rejected = step { isRejected = true }
        steps.append(step)
      }
      try storage.put(nil, at: place)
    }
    return steps
  }

  /// The block that forced messages make.
  private mutating func force(
    batchIndex: UInt64, l1Block: UInt64, lastMessage: UInt64, storage: some DerivationStorage
  ) throws(DerivationError) -> DerivationStep {
    let place = DerivationCursor(batchIndex: batchIndex, indexInBatch: 0)
    let first = head.messagesConsumed
    guard lastMessage >= first else { return reject(at: place, of: 1, .nothingToForce) }
    guard l1Block > 0, let origin = try storage.l1Block(l1Block - 1) else {
      throw .storage("L1 block \(l1Block) has no parent among the blocks before it")
    }
    guard lastMessage < (try rules.messageCount(atOrigin: l1Block - 1, storage: storage)) else {
      return reject(at: place, of: 1, .messagesBeyondOrigin)
    }
    let consumed = min(lastMessage - first, rules.maxTransactionsPerBlock - 1) + first + 1
    let block = RollupBlock(
      number: head.number + 1, parentOrder: head.order, timestamp: max(head.timestamp + 1, origin.timestamp),
      l1Origin: BlockID(number: l1Block - 1, hash: origin.hash), messagesConsumed: consumed, transactions: [])
    return accept(block, order: block.order.commitment, at: place, isForced: true)
  }
}
