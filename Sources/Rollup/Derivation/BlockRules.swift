import Primitives

/// The rules that a block of a batch must keep (`Docs/Events.md`, Derivation): a function of the block, the head it
/// extends and L1 up to the block that holds the batch, so that a contract and an auditor can ask it about one block.
package struct BlockRules: Hashable, Sendable {
  /// By how many seconds a block's time may be past its origin's.
  package var maxDrift: UInt64

  /// Messages and transactions together.
  package var maxTransactionsPerBlock: UInt64

  package init(_ configuration: RollupConfiguration) {
    maxDrift = configuration.maxDrift
    maxTransactionsPerBlock = configuration.maxTransactionsPerBlock
  }

  /// The first rule that the block breaks; nil for a block that is the next one. O(1) lookups.
  ///
  /// - Parameter l1Block: number of the L1 block that holds the batch.
  package func violation(
    by block: RollupBlock, after head: OrderHead, l1Block: UInt64, storage: some DerivationStorage
  ) throws(DerivationError) -> RejectionReason? {
    if block.number != head.number + 1 { return .wrongNumber }
    if block.parentOrder != head.order { return .wrongParent }
    let origin = block.l1Origin
    if origin.number != head.l1Origin.number && origin.number != head.l1Origin.number + 1 { return .originSkips }
    guard origin.number < l1Block, let entry = try storage.l1Block(origin.number), entry.hash == origin.hash else {
      return .originNotCanonical
    }
    if let reason = timeViolation(by: block.timestamp, after: head, origin: entry) { return reason }
    return try messageViolation(by: block, after: head, origin: entry, storage: storage)
  }

  private func timeViolation(
    by timestamp: UInt64, after head: OrderHead, origin: DerivationL1Block
  ) -> RejectionReason? {
    if timestamp <= head.timestamp { return .timeNotAfterParent }
    if timestamp < origin.timestamp { return .timeBeforeOrigin }
    if timestamp - origin.timestamp > maxDrift { return .timeBeyondDrift }
    return nil
  }

  private func messageViolation(
    by block: RollupBlock, after head: OrderHead, origin: DerivationL1Block, storage: some DerivationStorage
  ) throws(DerivationError) -> RejectionReason? {
    let consumed = block.messagesConsumed
    if consumed < head.messagesConsumed { return .messagesGoBack }
    if consumed > (try messageCount(atOrigin: block.l1Origin.number, storage: storage)) { return .messagesBeyondOrigin }
    if let next = try storage.message(consumed), next.deadlineBlock <= block.l1Origin.number,
      next.deadlineTime <= origin.timestamp
    {
      return .overdueMessageLeftOut
    }
    if consumed - head.messagesConsumed + UInt64(block.transactions.count) > maxTransactionsPerBlock {
      return .tooManyTransactions
    }
    return nil
  }

  /// How many messages there are in L1 blocks up to and with `number`, of which a later one is known.
  func messageCount(atOrigin number: UInt64, storage: some DerivationStorage) throws(DerivationError) -> UInt64 {
    guard let next = try storage.l1Block(number + 1) else {
      throw .storage("L1 block \(number + 1) is not among the blocks before the batch")
    }
    return next.messagesBefore
  }
}
