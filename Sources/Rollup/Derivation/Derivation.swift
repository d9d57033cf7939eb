package import Primitives

/// Which blocks the order has: a pure function of the canonical L1 facts, one record at a time (`Docs/Events.md`,
/// Derivation).
///
/// The state is small; what is looked up is a `DerivationStorage`. Both are values in rows for whoever folds a ledger, so
/// taking back an L1 block means putting the old rows back.
package struct Derivation: Hashable, Sendable {
  package let rules: BlockRules

  /// Within how many L1 blocks data must come that did not come with its batch: the sequencing window as it is set now.
  package internal(set) var sequencingWindow: UInt64

  /// The last block of the order.
  package internal(set) var head: OrderHead

  /// The last thing that was taken or dropped.
  package internal(set) var cursor = DerivationCursor.genesis

  /// The newest L1 block.
  package internal(set) var l1Block: BlockID

  /// Index of the newest batch or forced inclusion on L1.
  package internal(set) var lastBatchIndex: UInt64 = 0

  /// The accumulator of batches after it.
  package internal(set) var batchAcc = Hash256.zero

  /// How many messages the inbox has, and its accumulator after them.
  package internal(set) var messageCount: UInt64 = 0
  package internal(set) var inboxAcc = Hash256.zero

  /// The batch whose blocks are coming in.
  var reading: BatchReading?

  /// Before the first record. O(allocation).
  package init(_ configuration: ChainConfiguration) throws(DerivationError) {
    guard let rollup = configuration.rollup, let head = configuration.genesisHead else { throw .notARollup }
    rules = BlockRules(rollup)
    sequencingWindow = rollup.sequencingWindow
    self.head = head
    l1Block = rollup.genesisOrigin
  }

  /// The batch that everything waits for, because its data is missing; nil while all that L1 has is derived.
  package var awaitedBatch: UInt64? {
    let next = cursor.batchIndex + 1
    return reading == nil && next <= lastBatchIndex ? next : nil
  }
}

/// How far the blocks of a batch have been read.
struct BatchReading: Hashable, Sendable {
  let batchIndex: UInt64

  /// The L1 block that delivered the batch, not the data.
  let l1Block: UInt64

  let count: UInt64
  let dataHash: Hash256

  /// Whether its blocks are the next in the order, or come too late to be any; else they are kept until those before them
  /// are known.
  var isNext: Bool

  /// Whether a block was bad: the rest is only read to check `dataHash`.
  var isRejected = false

  /// The commitments so far.
  var commitments = BatchData.Frontier()

  init(batchIndex: UInt64, l1Block: UInt64, count: UInt64, dataHash: Hash256, isNext: Bool) {
    self.batchIndex = batchIndex
    self.l1Block = l1Block
    self.count = count
    self.dataHash = dataHash
    self.isNext = isNext
  }
}
