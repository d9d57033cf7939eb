import Primitives
import Rollup
import TestSupport
import Testing

/// Random ledgers against a derivation that is written another way: it looks at all that L1 has at once.
@Suite("Derivation against a model")
struct DerivationModelTests {
  @Test("random ledgers derive as the model says, from any encoded state on")
  func randomLedgers() throws {
    var random = SeededGenerator()
    var reasons = Set<RejectionReason>()
    for _ in 0..<60 {
      var ledger = try RollupLedger()
      try ledger.beginL1Block()
      for _ in 0..<40 { try act(&ledger, &random) }
      #expect(ledger.steps == DerivationModel(ledger).steps())
      try checkResuming(ledger)
      for case .rejected(let rejected) in ledger.steps { reasons.insert(rejected.reason) }
    }
    #expect(reasons.count >= 8, "only \(reasons) were met")
  }

  /// Encodes and decodes the state after every fact: nothing else is remembered.
  private func checkResuming(_ ledger: RollupLedger) throws {
    let rules = BlockRules(try #require(ledger.configuration.rollup))
    var bytes = try Derivation(ledger.configuration).encode()
    var memory = DerivationMemory()
    var steps = [DerivationStep]()
    for fact in ledger.facts {
      var state = try Derivation(rlp: bytes.rawSpan, rules: rules)
      steps += try state.apply(fact.event, storage: &memory)
      bytes = state.encode()
      #expect(try Derivation(rlp: bytes.rawSpan, rules: rules) == state)
    }
    #expect(steps == ledger.steps)
  }

  private func act(_ ledger: inout RollupLedger, _ random: inout SeededGenerator) throws {
    switch random.next() % 10 {
    case 0...3: try ledger.beginL1Block(after: random.next() % 20 + 1)
    case 4: try ledger.deliverMessage()
    case 5:
      if !ledger.messages.isEmpty { try ledger.force(lastMessage: random.next() % UInt64(ledger.messages.count)) }
    case 6:
      if let index = ledger.withheld.keys.sorted().first { try ledger.deliverData(of: index) }
    default: try ledger.deliverBatch(blocks(ledger, &random), isWithheld: random.next() % 4 == 0)
    }
  }

  private func blocks(_ ledger: RollupLedger, _ random: inout SeededGenerator) -> [RollupBlock] {
    var head = ledger.derivation.head
    return (0..<Int(random.next() % 4 + 1)).map { _ in
      let ahead = ledger.l1Head.number > head.l1Origin.number + 1 ? random.next() % 2 : 0
      let origin = min(head.l1Origin.number + ahead, ledger.l1Head.number)
      var block = ledger.block(after: head, origin: origin, transactions: [[UInt8(random.next() % 255) + 1]])
      switch random.next() % 24 {
      case 0: block.timestamp += 70
      case 1: block.timestamp &-= 5
      case 2: block.messagesConsumed += 1
      case 3: block.messagesConsumed = head.messagesConsumed
      case 4: block.l1Origin.hash = .zero
      case 5: block.transactions = Array(repeating: [9], count: 15)
      case 6: block.number += 1
      case 7: block.l1Origin.number += 1
      default: break
      }
      head = OrderHead(block)
      return block
    }
  }
}

/// All facts first, then one pass over the order.
private struct DerivationModel {
  private enum Entry {
    case batch(index: UInt64, l1: UInt64, blocks: [RollupBlock], dataAt: UInt64?)
    case forced(index: UInt64, l1: UInt64, lastMessage: UInt64)
  }

  private let ledger: RollupLedger
  private var entries: [Entry] = []
  private var messageBlocks: [UInt64] = []

  init(_ ledger: RollupLedger) {
    self.ledger = ledger
    var blocks: [UInt64: [RollupBlock]] = [:]
    var dataAt: [UInt64: UInt64] = [:]
    for case (let coordinates, .blockSequenced(let event)) in ledger.facts {
      guard case .rollup(let block) = event.block else { continue }
      blocks[event.batchIndex, default: []].append(block)
      dataAt[event.batchIndex] = coordinates.blockNumber
    }
    for (coordinates, event) in ledger.facts {
      let l1 = coordinates.blockNumber
      switch event {
      case .messageDelivered: messageBlocks.append(l1)
      case .sequencerBatchDelivered(let batch):
        let count = Int(batch.lastBlock)
        let known = blocks[batch.batchIndex] ?? ledger.withheld[batch.batchIndex] ?? []
        precondition(known.count == count)
        entries.append(.batch(index: batch.batchIndex, l1: l1, blocks: known, dataAt: dataAt[batch.batchIndex]))
      case .forceIncluded(let event):
        entries.append(.forced(index: event.batchIndex, l1: l1, lastMessage: event.lastMessage))
      default: break
      }
    }
  }

  func steps() -> [DerivationStep] {
    guard var head = ledger.configuration.genesisHead else { return [] }
    var steps = [DerivationStep]()
    for entry in entries {
      switch entry {
      case .batch(let index, let l1, _, let dataAt) where dataAt.map({ $0 >= l1 + 6 }) ?? true:
        guard l1 + 6 <= ledger.l1Head.number else { return steps }
        steps.append(.rejected(BatchRejected(batchIndex: index, indexInBatch: 0, reason: .dataWithheld)))
      case .batch(let index, let l1, let blocks, _):
        for (place, block) in blocks.enumerated() {
          if let reason = violation(block, head, l1) {
            let rejected = BatchRejected(batchIndex: index, indexInBatch: UInt64(place), reason: reason)
            steps.append(.rejected(rejected))
            break
          }
          steps.append(step(block, &head, index, place, isForced: false))
        }
      case .forced(let index, let l1, let lastMessage):
        steps.append(forced(&head, index, l1, lastMessage))
      }
    }
    return steps
  }

  private func step(
    _ block: RollupBlock, _ head: inout OrderHead, _ index: UInt64, _ place: Int, isForced: Bool
  ) -> DerivationStep {
    let messages = head.messagesConsumed..<block.messagesConsumed
    head = OrderHead(block)
    return .block(
      DerivedBlock(
        block: block, order: head.order, cursor: DerivationCursor(batchIndex: index, indexInBatch: UInt64(place)),
        messages: messages, isForced: isForced))
  }

  private func count(upTo l1: UInt64) -> UInt64 { UInt64(messageBlocks.count { $0 <= l1 }) }

  private func forced(
    _ head: inout OrderHead, _ index: UInt64, _ l1: UInt64, _ lastMessage: UInt64
  ) -> DerivationStep {
    let reason: RejectionReason? =
      head.messagesConsumed > lastMessage
      ? .nothingToForce : lastMessage >= count(upTo: l1 - 1) ? .messagesBeyondOrigin : nil
    if let reason { return .rejected(BatchRejected(batchIndex: index, indexInBatch: 0, reason: reason)) }
    let origin = ledger.l1Blocks[Int(l1) - 1]
    let block = RollupBlock(
      number: head.number + 1, parentOrder: head.order, timestamp: max(head.timestamp + 1, origin.timestamp),
      l1Origin: BlockID(number: origin.number, hash: origin.hash),
      messagesConsumed: min(lastMessage + 1, head.messagesConsumed + 14), transactions: [])
    return step(block, &head, index, 0, isForced: true)
  }

  private func violation(_ block: RollupBlock, _ head: OrderHead, _ l1: UInt64) -> RejectionReason? {
    let origin = block.l1Origin
    let header = origin.number < l1 ? ledger.l1Blocks[Int(origin.number)] : nil
    let time = header?.timestamp ?? 0
    let next = Int(block.messagesConsumed)
    let due = next < ledger.messages.count ? ledger.messages[next] : nil
    let checks: [(RejectionReason, Bool)] = [
      (.wrongNumber, block.number == head.number + 1),
      (.wrongParent, block.parentOrder == head.order),
      (.originSkips, (0...1).contains(Int(origin.number) - Int(head.l1Origin.number))),
      (.originNotCanonical, header?.hash == origin.hash),
      (.timeNotAfterParent, block.timestamp > head.timestamp),
      (.timeBeforeOrigin, block.timestamp >= time),
      (.timeBeyondDrift, block.timestamp <= time + 60),
      (.messagesGoBack, block.messagesConsumed >= head.messagesConsumed),
      (.messagesBeyondOrigin, block.messagesConsumed <= count(upTo: origin.number)),
      (.overdueMessageLeftOut, due.map { $0.deadlineBlock > origin.number || $0.deadlineTime > time } ?? true),
      (.tooManyTransactions, Int(block.messagesConsumed) - Int(head.messagesConsumed) + block.transactions.count <= 14),
    ]
    return checks.first { !$0.1 }?.0
  }
}
