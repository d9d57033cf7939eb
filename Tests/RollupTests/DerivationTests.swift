import Primitives
import Rollup
import TestSupport
import Testing

@Suite("Derivation")
struct DerivationTests {
  /// A ledger at L1 block 8 with two derived blocks, of origin 0 and 1, and three messages, the first of which is due at L1
  /// block 6.
  private func start() throws -> RollupLedger {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    for _ in 0..<3 { try ledger.deliverMessage() }
    let first = ledger.block(origin: 0)
    let second = ledger.block(after: OrderHead(first), origin: 1)
    try ledger.deliverBatch([first, second])
    for _ in 0..<6 { try ledger.beginL1Block() }
    return ledger
  }

  private func rejection(_ ledger: RollupLedger) -> RejectionReason? {
    guard case .rejected(let rejected)? = ledger.steps.last else { return nil }
    return rejected.reason
  }

  /// Posts one block and says why it was dropped.
  private func reason(_ change: (inout RollupBlock) -> Void, from ledger: RollupLedger) throws -> RejectionReason? {
    var ledger = ledger
    let head = ledger.derivation.head
    var block = ledger.block(origin: 2, messages: 3)
    change(&block)
    try ledger.deliverBatch([block])
    let reason = rejection(ledger)
    #expect((ledger.derivation.head == head) == (reason != nil))
    #expect(ledger.derivation.cursor == DerivationCursor(batchIndex: 2, indexInBatch: 0))
    return reason
  }

  @Test("an honest block is the next one")
  func honest() throws {
    let ledger = try start()
    #expect(ledger.derivation.head.number == 2)
    #expect(try reason({ _ in }, from: ledger) == nil)
    #expect(try reason({ $0.transactions = [[1], [2, 3]] }, from: ledger) == nil)
  }

  @Test("every rule of a block has its reason")
  func rules() throws {
    let ledger = try start()
    let head = ledger.derivation.head
    let l1 = ledger.l1Blocks
    #expect(try reason({ $0.number += 1 }, from: ledger) == .wrongNumber)
    #expect(try reason({ $0.number -= 1 }, from: ledger) == .wrongNumber)
    #expect(try reason({ $0.parentOrder = .zero }, from: ledger) == .wrongParent)
    #expect(try reason({ $0.l1Origin = BlockID(number: 3, hash: l1[3].hash) }, from: ledger) == .originSkips)
    #expect(try reason({ $0.l1Origin = BlockID(number: 0, hash: l1[0].hash) }, from: ledger) == .originSkips)
    #expect(try reason({ $0.l1Origin.hash = l1[1].hash }, from: ledger) == .originNotCanonical)
    #expect(try reason({ $0.timestamp = head.timestamp }, from: ledger) == .timeNotAfterParent)
    #expect(try reason({ $0.timestamp = l1[2].timestamp - 1 }, from: ledger) == .timeBeforeOrigin)
    #expect(try reason({ $0.timestamp = l1[2].timestamp + 60 }, from: ledger) == nil)
    #expect(try reason({ $0.timestamp = l1[2].timestamp + 61 }, from: ledger) == .timeBeyondDrift)
    #expect(try reason({ $0.messagesConsumed = 4 }, from: ledger) == .messagesBeyondOrigin)
    #expect(
      try reason({ $0.transactions = Array(repeating: [1], count: 12) }, from: ledger) == .tooManyTransactions)
    #expect(try reason({ $0.transactions = Array(repeating: [1], count: 11) }, from: ledger) == nil)
  }

  @Test("a block of origin 1 may not consume what came in L1 block 2")
  func messagesOfOrigin() throws {
    let ledger = try start()
    let origin = BlockID(number: 1, hash: ledger.l1Blocks[1].hash)
    let timestamp = ledger.derivation.head.timestamp + 1
    for (consumed, expected) in [(UInt64(0), nil), (1, RejectionReason.messagesBeyondOrigin)] {
      let found = try reason(
        {
          $0.l1Origin = origin
          $0.timestamp = timestamp
          $0.messagesConsumed = consumed
        }, from: ledger)
      #expect(found == expected)
    }
  }

  @Test("the origin lies before the batch's L1 block")
  func originOfTheBatch() throws {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    var block = ledger.block(origin: 0)
    block.l1Origin = ledger.l1Head
    block.timestamp = ledger.l1Time
    try ledger.deliverBatch([block])
    #expect(rejection(ledger) == .originNotCanonical)
  }

  @Test("messages do not go back, and none past its deadline is left out")
  func messages() throws {
    var ledger = try start()
    var blocks = [ledger.block(origin: 2, messages: 2)]
    for origin in UInt64(3)...5 {
      blocks.append(ledger.block(after: blocks.last.map(OrderHead.init), origin: origin, messages: 2))
    }
    try ledger.deliverBatch(blocks)
    #expect(rejection(ledger) == nil)
    #expect(ledger.derivation.head.l1Origin.number == 5)
    var back = ledger
    try back.deliverBatch([ledger.block(origin: 5, messages: 1)])
    #expect(rejection(back) == .messagesGoBack)
    // The third message is due from L1 block 6 on.
    var overdue = ledger
    try overdue.deliverBatch([ledger.block(origin: 6, messages: 2)])
    #expect(rejection(overdue) == .overdueMessageLeftOut)
    try ledger.deliverBatch([ledger.block(origin: 6, messages: 3)])
    #expect(rejection(ledger) == nil)
    #expect(ledger.derivation.head.messagesConsumed == 3)
  }

  @Test("a message is due when both its block and its time have passed")
  func bothDeadlines() throws {
    for (seconds, expected) in [(UInt64(12), RejectionReason.overdueMessageLeftOut), (9, nil)] {
      var ledger = try RollupLedger(configuration: RollupLedger.configuration())
      try ledger.beginL1Block(after: seconds)
      try ledger.deliverMessage()
      for _ in 0..<6 { try ledger.beginL1Block(after: seconds) }
      var blocks = [ledger.block(origin: 0, messages: 0)]
      for origin in UInt64(1)...5 {
        blocks.append(ledger.block(after: blocks.last.map(OrderHead.init), origin: origin, messages: 0))
      }
      try ledger.deliverBatch(blocks)
      #expect(rejection(ledger) == expected)
    }
  }

  @Test("from the first bad block on, a batch is dropped, and the next batch begins where the good ones ended")
  func restOfBatch() throws {
    var ledger = try start()
    let first = ledger.block(origin: 2, messages: 3)
    var second = ledger.block(after: OrderHead(first), origin: 3)
    second.timestamp = 0
    let third = ledger.block(after: OrderHead(second), origin: 3)
    try ledger.deliverBatch([first, second, third])
    #expect(rejection(ledger) == .timeNotAfterParent)
    #expect(ledger.derivation.head == OrderHead(first))
    #expect(ledger.derivation.cursor == DerivationCursor(batchIndex: 2, indexInBatch: 2))
    try ledger.deliverBatch([ledger.block(origin: 3)])
    #expect(ledger.derivation.head.number == 4)
  }

  @Test(
    "only facts about the order change how far it is derived, and between a batch and its blocks nothing else may stand"
  )
  func concerns() throws {
    let ledger = try start()
    let batch = SequencerBatchDelivered(
      batchIndex: 2, beforeAcc: ledger.derivation.batchAcc,
      afterAcc: BatchData.accumulator(after: ledger.derivation.batchAcc, dataHash: .zero), firstBlock: 3, lastBlock: 4,
      messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: .zero, dataLocation: .event, data: .present)
    var reading = ledger
    try reading.add(.sequencerBatchDelivered(batch))
    #expect(try !Derivation.isReading(rlp: ledger.derivation.encode().rawSpan))
    #expect(try Derivation.isReading(rlp: reading.derivation.encode().rawSpan))
    let others = Samples.events.filter { !Derivation.concerns($0.kind) }
    #expect(others.count > 20)
    for event in others {
      var (whole, cut) = (ledger, reading)
      try whole.add(event)
      #expect(whole.derivation == ledger.derivation && whole.steps == ledger.steps, "\(event.kind)")
      #expect(throws: DerivationError.batchIncomplete(batchIndex: 2, missingFrom: 0)) { try cut.add(event) }
    }
  }

  @Test("an imported block is no rollup's")
  func variant() throws {
    var ledger = try start()
    try ledger.deliverImportedBlock()
    #expect(rejection(ledger) == .notARollupBlock)
  }
}

// Forced inclusion, and data that is missing.
extension DerivationTests {
  @Test("forced messages make one block by rule")
  func forced() throws {
    var ledger = try start()
    let head = ledger.derivation.head
    try ledger.force(lastMessage: 1)
    guard case .block(let derived)? = ledger.steps.last else { throw Missing() }
    #expect(derived.isForced)
    #expect(derived.messages == 0..<2)
    #expect(derived.block.number == head.number + 1)
    #expect(derived.block.parentOrder == head.order)
    #expect(derived.block.l1Origin == BlockID(number: 7, hash: ledger.l1Blocks[7].hash))
    #expect(derived.block.timestamp == ledger.l1Blocks[7].timestamp)
    #expect(derived.cursor == DerivationCursor(batchIndex: 2, indexInBatch: 0))
    try ledger.force(lastMessage: 1)
    #expect(rejection(ledger) == .nothingToForce)
    try ledger.force(lastMessage: 2)
    #expect(rejection(ledger) == nil)
    #expect(ledger.derivation.head.timestamp == ledger.l1Blocks[7].timestamp + 1)
  }

  @Test("a batch that was dropped consumed nothing: its messages can still be forced")
  func forcedAfterRejection() throws {
    var ledger = try start()
    var block = ledger.block(origin: 2, messages: 3)
    block.number = 77
    try ledger.deliverBatch([block])
    #expect(rejection(ledger) == .wrongNumber)
    try ledger.force(lastMessage: 2)
    guard case .block(let derived)? = ledger.steps.last else { throw Missing() }
    #expect(derived.messages == 0..<3)
  }

  @Test("a message of the same L1 block cannot be forced")
  func forcedTooEarly() throws {
    var ledger = try start()
    try ledger.deliverMessage()
    try ledger.force(lastMessage: 3)
    #expect(rejection(ledger) == .messagesBeyondOrigin)
  }

  @Test("a forced block has no more messages than a block may have")
  func forcedBound() throws {
    var ledger = try start()
    for _ in 0..<30 { try ledger.deliverMessage() }
    try ledger.beginL1Block()
    try ledger.force(lastMessage: 32)
    #expect(ledger.derivation.head.messagesConsumed == 14)
    try ledger.force(lastMessage: 32)
    try ledger.force(lastMessage: 32)
    #expect(ledger.derivation.head.messagesConsumed == 33)
    try ledger.force(lastMessage: 32)
    #expect(rejection(ledger) == .nothingToForce)
  }

  @Test("missing data stops derivation; when it comes, all that waited is derived")
  func missing() throws {
    var ledger = try start()
    let count = ledger.steps.count
    let third = ledger.block(origin: 2, messages: 3)
    let fourth = ledger.block(after: OrderHead(third), origin: 3)
    try ledger.deliverBatch([third], isWithheld: true)
    try ledger.deliverBatch([fourth])
    try ledger.force(lastMessage: 2)
    try ledger.beginL1Block()
    #expect(ledger.steps.count == count)
    #expect(ledger.derivation.awaitedBatch == 2)
    try ledger.deliverData(of: 2)
    #expect(ledger.derivation.awaitedBatch == nil)
    #expect(ledger.derivation.head == OrderHead(fourth))
    #expect(rejection(ledger) == .nothingToForce)
    #expect(ledger.memory.waitingCount == 0)
  }

  @Test("data that never comes is dropped after the sequencing window, and what waited goes on")
  func withheld() throws {
    var ledger = try start()
    let third = ledger.block(origin: 2, messages: 3)
    try ledger.deliverBatch([third, ledger.block(after: OrderHead(third), origin: 3)], isWithheld: true)
    try ledger.force(lastMessage: 2)
    for _ in 0..<5 {
      try ledger.beginL1Block()
      #expect(ledger.derivation.awaitedBatch == 2)
    }
    try ledger.beginL1Block()
    #expect(ledger.derivation.awaitedBatch == nil)
    let last = ledger.steps.suffix(2)
    #expect(last.first == .rejected(BatchRejected(batchIndex: 2, indexInBatch: 0, reason: .dataWithheld)))
    #expect(ledger.derivation.head.messagesConsumed == 3)
    #expect(ledger.derivation.head.l1Origin.number == 7)
    let before = ledger
    try ledger.deliverData(of: 2)
    #expect(ledger.derivation == before.derivation)
    #expect(ledger.steps == before.steps)
    try ledger.deliverBatch([ledger.block()])
    #expect(rejection(ledger) == nil)
  }

  @Test("data that comes after its deadline is no data, although the batch is not dropped yet")
  func lateBehindAnother() throws {
    var ledger = try start()
    let third = ledger.block(origin: 2, messages: 3)
    let fourth = ledger.block(after: OrderHead(third), origin: 3)
    try ledger.deliverBatch([third], isWithheld: true)
    // From now on data has two blocks only, so the later batch's deadline is the earlier one.
    try ledger.add(.configUpdated(ConfigUpdated(update: .sequencingWindow(2))))
    try ledger.deliverBatch([fourth], isWithheld: true)
    for _ in 0..<2 { try ledger.beginL1Block() }
    let before = ledger
    try ledger.deliverData(of: 3)
    #expect(ledger.derivation == before.derivation)
    #expect(ledger.derivation.awaitedBatch == 2)
    try ledger.deliverData(of: 2)
    #expect(ledger.derivation.head == OrderHead(third))
    #expect(ledger.steps.last == .rejected(BatchRejected(batchIndex: 3, indexInBatch: 0, reason: .dataWithheld)))
    #expect(ledger.derivation.awaitedBatch == nil)
  }

  @Test("data other than what was committed to stops derivation")
  func wrongData() throws {
    var ledger = try start()
    let block = ledger.block(origin: 2, messages: 3)
    try ledger.deliverBatch([block], isWithheld: true)
    var other = block
    other.transactions = [[7]]
    let hash = BatchData.hash(of: [block.order.commitment])
    try ledger.add(
      .batchDataDelivered(
        BatchDataDelivered(batchIndex: 2, dataHash: hash, dataLocation: .event, poster: .zero)))
    let computed = BatchData.hash(of: [other.order.commitment])
    #expect(throws: DerivationError.wrongData(batchIndex: 2, expected: hash, computed: computed)) {
      try ledger.add(.blockSequenced(BlockSequenced(batchIndex: 2, indexInBatch: 0, block: .rollup(other))))
    }
  }

  struct Missing: Error {}
}
