import Primitives
package import Rollup

/// What the claim about the state before a block means: preimages of its hash.
package struct OpeningPoint: Equatable, Sendable {
  package var claim: OutputClaim

  /// Of the block that the claim is about.
  package var header: BlockHeader

  /// Number of that block's L1 origin, whose hash is in the claim.
  package var l1OriginNumber: UInt64

  package init(claim: OutputClaim, header: BlockHeader, l1OriginNumber: UInt64) {
    self.claim = claim
    self.header = header
    self.l1OriginNumber = l1OriginNumber
  }
}

/// The opening step: what comes next in the order after a claim's cursor, by the rules of derivation.
///
/// Batches that make no block are passed over. Where the data ends, so does the chain: the claim repeats.
struct BlockOpening<Order: DisputedOrder, Source: OrderData, Data: CommittedData> {
  let point: OpeningPoint
  let order: Order
  let source: Source
  let data: Data

  /// What derivation goes by, which never changes; what execution goes by is as the contract has it at the block's origin.
  let configuration: ChainConfiguration

  /// Nil where the data ends.
  func run() throws(StepError) -> (context: RollupBlockContext, messages: [InboxCall])? {
    try checkPoint()
    let head = OrderHead(
      number: point.header.number, order: point.claim.parentOrder, timestamp: point.header.timestamp,
      l1Origin: BlockID(number: point.l1OriginNumber, hash: point.claim.l1OriginHash),
      messagesConsumed: point.claim.messagesConsumed)
    var place = firstPlace
    while place.batchIndex < UInt64.max, let batch = order.disputedBatch(place.batchIndex) {
      switch batch.content {
      case .blocks(_, _, hasData: false, let dataDeadline):
        if order.l1Head.number < dataDeadline { return nil }
      case .blocks(let count, let dataHash, hasData: true, _):
        let block = try block(at: place, of: count, dataHash)
        if try violation(by: block, after: head, batch) == nil { return try open(block, after: head, at: place) }
      case .forced(let lastMessage):
        if let block = try forced(lastMessage, after: head, batch) { return try open(block, after: head, at: place) }
      }
      place = DerivationCursor(batchIndex: place.batchIndex + 1, indexInBatch: 0)
    }
    return nil
  }

  private func checkPoint() throws(StepError) {
    // A claim in a dispute can be the hash of anything.
    let counters = [
      point.claim.batchIndex, point.claim.indexInBatch, point.header.number, point.header.timestamp,
      point.l1OriginNumber,
    ]
    guard counters.allSatisfy({ $0 < UInt64.max }) else {
      throw .notExecutable("no block ever has the numbers of the state before the step")
    }
    let root = OutputRoot.hash(
      stateRoot: point.header.stateRoot, messagePasserStorageRoot: OutputRoot.emptyStorageRoot,
      blockHash: point.header.hash)
    guard root == point.claim.outputRoot else {
      throw .wrongPreimage("output root", expected: point.claim.outputRoot, found: root)
    }
    let origin = try l1Hash(point.l1OriginNumber)
    guard origin == point.claim.l1OriginHash else {
      throw .wrongPreimage("L1 origin", expected: point.claim.l1OriginHash, found: origin)
    }
  }

  /// Where the next block stands unless something is passed over.
  private var firstPlace: DerivationCursor {
    let claim = point.claim
    if case .blocks(let count, _, _, _)? = order.disputedBatch(claim.batchIndex)?.content,
      claim.indexInBatch + 1 < count
    {
      return DerivationCursor(batchIndex: claim.batchIndex, indexInBatch: claim.indexInBatch + 1)
    }
    return DerivationCursor(batchIndex: claim.batchIndex + 1, indexInBatch: 0)
  }

  private func block(
    at place: DerivationCursor, of count: UInt64, _ dataHash: Hash256
  ) throws(StepError) -> RollupBlock {
    guard let placed = source.block(at: place) else { throw .notExecutable("block \(place) of the data is missing") }
    let root = BatchData.root(
      from: placed.block.order.commitment, at: place.indexInBatch, of: count, path: placed.path)
    guard root == dataHash else {
      throw .wrongPreimage("block \(place)", expected: dataHash, found: root ?? .zero)
    }
    return placed.block
  }

  private func violation(
    by block: RollupBlock, after head: OrderHead, _ batch: DisputedBatch
  ) throws(StepError) -> RejectionReason? {
    do {
      return try BlockRules(settings: configuration)
        .violation(by: block, after: head, l1Block: batch.l1Block, storage: facts)
    } catch { throw .notExecutable("\(error)") }
  }

  /// The block that forced messages make; nil when they make none (`Docs/Events.md`, Derivation).
  private func forced(
    _ lastMessage: UInt64, after head: OrderHead, _ batch: DisputedBatch
  ) throws(StepError) -> RollupBlock? {
    let first = head.messagesConsumed
    guard lastMessage >= first, batch.l1Block > 0 else { return nil }
    guard lastMessage < order.messageCount(throughL1Block: batch.l1Block - 1) else { return nil }
    let origin = try l1Header(batch.l1Block - 1)
    let limit = BlockRules(settings: configuration).maxTransactionsPerBlock
    return RollupBlock(
      number: head.number + 1, parentOrder: head.order, timestamp: max(head.timestamp + 1, origin.timestamp),
      l1Origin: origin.id, messagesConsumed: min(lastMessage - first, limit - 1) + first + 1, transactions: [])
  }

  private func open(
    _ block: RollupBlock, after head: OrderHead, at place: DerivationCursor
  ) throws(StepError) -> (context: RollupBlockContext, messages: [InboxCall]) {
    var messages: [InboxCall] = []
    for index in head.messagesConsumed..<block.messagesConsumed { messages.append(try message(index)) }
    let context = RollupBlockContext(
      block.order, messages: messages, parent: point.header,
      settings: order.settings(atL1Block: block.l1Origin.number), batchIndex: place.batchIndex,
      indexInBatch: place.indexInBatch)
    return (context, messages)
  }

  private func message(_ index: UInt64) throws(StepError) -> InboxCall {
    guard let known = order.disputedMessage(index) else { throw .notExecutable("there is no message \(index)") }
    guard let message = source.message(index) else { throw .notExecutable("message \(index) is missing") }
    let before = index == 0 ? .zero : order.disputedMessage(index - 1)?.accumulator
    guard message.messageIndex == index, message.beforeInboxAcc == before,
      message.afterInboxAcc == known.accumulator
    else {
      throw .wrongPreimage("message \(index)", expected: known.accumulator, found: message.afterInboxAcc)
    }
    return InboxCall(message)
  }
}

// L1 as seen from the pinned block: down from it, header by header.
extension BlockOpening {
  private func l1Hash(_ number: UInt64) throws(StepError) -> Hash256 {
    do {
      return try CommittedState(root: .zero, parent: order.l1Head, data: data).blockHash(number)
    } catch { throw .notExecutable("L1: \(error)") }
  }

  private func l1Header(_ number: UInt64) throws(StepError) -> BlockHeader {
    let hash = try l1Hash(number)
    do {
      guard let bytes = try data.bytes(of: .header(hash)) else {
        throw StepError.notExecutable("L1: \(CommittedPiece.header(hash)) is missing")
      }
      return try BlockHeader(rlp: bytes.rawSpan)
    } catch let error as StepError {
      throw error
    } catch { throw .notExecutable("L1: \(error)") }
  }

  private var facts: OpeningFacts<Order> {
    OpeningFacts(order: order) { (number) throws(StepError) in try l1Header(number) }
  }
}

/// What derivation looks up, as the contract and the proof have it.
private struct OpeningFacts<Order: DisputedOrder>: DerivationStorage {
  let order: Order
  let l1Header: (UInt64) throws(StepError) -> BlockHeader

  func l1Block(_ number: UInt64) throws(DerivationError) -> DerivationL1Block? {
    guard number <= order.l1Head.number else { return nil }
    let header: BlockHeader
    do { header = try l1Header(number) } catch { throw .storage(error.description) }
    return DerivationL1Block(
      hash: header.hash, timestamp: header.timestamp,
      messagesBefore: number == 0 ? 0 : order.messageCount(throughL1Block: number - 1))
  }

  /// Of a message only the deadlines, which is all that the rules look at.
  func message(_ index: UInt64) -> MessageDelivered? {
    order.disputedMessage(index).map {
      MessageDelivered(
        messageIndex: index, beforeInboxAcc: .zero, messageKind: .transaction, sender: .zero, to: nil, value: .zero,
        mint: .zero, gasLimit: 0, data: [], deadlineBlock: $0.deadlineBlock, deadlineTime: $0.deadlineTime)
    }
  }

  func waiting(_ batchIndex: UInt64) -> WaitingBatch? { nil }

  func waitingBlock(_ cursor: DerivationCursor) -> SequencedBlock? { nil }

  func put(_ block: DerivationL1Block, number: UInt64) {}

  func put(_ message: MessageDelivered) {}

  func put(_ waiting: WaitingBatch?, batchIndex: UInt64) {}

  func put(_ block: SequencedBlock?, at cursor: DerivationCursor) {}
}

extension BlockRules {
  /// - Precondition: the configuration is a rollup's.
  fileprivate init(settings configuration: ChainConfiguration) {
    guard let rollup = configuration.rollup else { preconditionFailure("only a rollup's blocks are disputed") }
    self.init(rollup)
  }
}
