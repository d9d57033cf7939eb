package import Primitives

/// What derivation looks up besides its own small state: rows that it had written before.
package protocol DerivationStorage {
  /// Nil when the ledger does not have the block on its canonical branch.
  func l1Block(_ number: UInt64) throws(DerivationError) -> DerivationL1Block?
  mutating func put(_ block: DerivationL1Block, number: UInt64) throws(DerivationError)

  /// Nil when there is no such message yet.
  func message(_ index: UInt64) throws(DerivationError) -> MessageDelivered?
  mutating func put(_ message: MessageDelivered) throws(DerivationError)

  /// What waits under a batch's index, because data before it, or its own, is missing.
  func waiting(_ batchIndex: UInt64) throws(DerivationError) -> WaitingBatch?
  mutating func put(_ waiting: WaitingBatch?, batchIndex: UInt64) throws(DerivationError)

  /// A block of a batch that waits.
  func waitingBlock(_ cursor: DerivationCursor) throws(DerivationError) -> SequencedBlock?
  mutating func put(_ block: SequencedBlock?, at cursor: DerivationCursor) throws(DerivationError)
}

/// What derivation keeps of an L1 block.
package struct DerivationL1Block: Hashable, Sendable {
  package var hash: Hash256

  /// In seconds.
  package var timestamp: UInt64

  /// How many inbox messages there were before this block.
  package var messagesBefore: UInt64

  package init(hash: Hash256, timestamp: UInt64, messagesBefore: UInt64) {
    self.hash = hash
    self.timestamp = timestamp
    self.messagesBefore = messagesBefore
  }
}

/// A batch or a forced inclusion that was delivered and cannot be taken yet.
package enum WaitingBatch: Hashable, Sendable {
  /// The L1 block that delivered it, its number of blocks, and the L1 block from which on it is dropped.
  case withoutData(l1Block: UInt64, count: UInt64, dataHash: Hash256, deadline: UInt64)
  /// Its blocks wait under their own places.
  case withData(l1Block: UInt64, count: UInt64)
  case forced(l1Block: UInt64, lastMessage: UInt64)
}

/// Derivation's rows in dictionaries: for tests, simulations and contracts.
package struct DerivationMemory: DerivationStorage, Sendable {
  private var l1Blocks: [UInt64: DerivationL1Block] = [:]
  private var messages: [UInt64: MessageDelivered] = [:]
  private var waitingBatches: [UInt64: WaitingBatch] = [:]
  private var waitingBlocks: [DerivationCursor: SequencedBlock] = [:]

  package init() {}

  package func l1Block(_ number: UInt64) -> DerivationL1Block? { l1Blocks[number] }
  package mutating func put(_ block: DerivationL1Block, number: UInt64) { l1Blocks[number] = block }
  package func message(_ index: UInt64) -> MessageDelivered? { messages[index] }
  package mutating func put(_ message: MessageDelivered) { messages[message.messageIndex] = message }
  package func waiting(_ batchIndex: UInt64) -> WaitingBatch? { waitingBatches[batchIndex] }
  package mutating func put(_ waiting: WaitingBatch?, batchIndex: UInt64) { waitingBatches[batchIndex] = waiting }
  package func waitingBlock(_ cursor: DerivationCursor) -> SequencedBlock? { waitingBlocks[cursor] }
  package mutating func put(_ block: SequencedBlock?, at cursor: DerivationCursor) { waitingBlocks[cursor] = block }

  /// How many batches and blocks wait.
  package var waitingCount: Int { waitingBatches.count + waitingBlocks.count }
}
