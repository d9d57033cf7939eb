package import Primitives
package import Rollup

/// The order as it stood at the L1 block that a disputed output pinned, as far as the contract itself knows it. Nothing
/// that came later can be seen.
package protocol DisputedOrder {
  /// Last L1 block whose data counts.
  var l1Head: BlockID { get }

  /// What came under this index; nil when nothing had.
  func disputedBatch(_ index: UInt64) -> DisputedBatch?

  /// The message at `index`; nil when it had not come.
  func disputedMessage(_ index: UInt64) -> DisputedMessage?

  /// How many messages had come up to and with an L1 block.
  func messageCount(throughL1Block number: UInt64) -> UInt64

  /// What the execution of an L2 block with this L1 origin takes of the settings.
  func settings(atL1Block number: UInt64) -> RollupSettings
}

/// A batch or a forced inclusion, as the contract keeps it.
package struct DisputedBatch: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// Blocks of the sequencer, by the root over their commitments. `hasData` says whether the data came; without it the
    /// batch is dropped from L1 block `dataDeadline` on.
    case blocks(count: UInt64, dataHash: Hash256, hasData: Bool, dataDeadline: UInt64)
    /// Messages that somebody forced in.
    case forced(lastMessage: UInt64)
  }

  package var content: Content

  /// The L1 block that it came with.
  package var l1Block: UInt64

  package init(_ content: Content, l1Block: UInt64) {
    self.content = content
    self.l1Block = l1Block
  }
}

/// An inbox message, as the contract keeps it.
package struct DisputedMessage: Hashable, Sendable {
  /// `MessageDelivered.afterInboxAcc`.
  package var accumulator: Hash256

  package var deadlineBlock, deadlineTime: UInt64

  package init(accumulator: Hash256, deadlineBlock: UInt64, deadlineTime: UInt64) {
    self.accumulator = accumulator
    self.deadlineBlock = deadlineBlock
    self.deadlineTime = deadlineTime
  }
}

/// Gives what the contract has only the hashes of.
package protocol OrderData {
  /// A block of a batch, with its path to the batch's `dataHash`.
  func block(at place: DerivationCursor) -> PlacedBlock?

  /// An inbox message.
  func message(_ index: UInt64) -> MessageDelivered?
}

/// A block of a batch, with the hashes beside its way to the batch's `dataHash`.
package struct PlacedBlock: Hashable, Sendable {
  package var block: RollupBlock
  package var path: [Hash256]

  package init(block: RollupBlock, path: [Hash256]) {
    self.block = block
    self.path = path
  }
}
