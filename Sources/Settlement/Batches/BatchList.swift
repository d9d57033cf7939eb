package import Primitives

/// The order, as far as the contract keeps it: batches and forced inclusions by hash, under one count.
package struct BatchList: Equatable, Sendable {
  package struct Batch: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
      /// Blocks of the sequencer. `signedOrder` is the last block's commitment.
      case blocks(firstBlock: UInt64, lastBlock: UInt64, dataHash: Hash256, signedOrder: Hash256, data: Data)
      /// Messages that somebody forced in.
      case forced(firstMessage: UInt64, lastMessage: UInt64)
    }

    package struct Data: Hashable, Sendable {
      /// The L1 block that it came with; nil as long as it has not come.
      package var l1Block: UInt64?

      /// The L1 block from which on it cannot come any more: derivation has then dropped the batch.
      package var deadline: UInt64
    }

    package var content: Content

    /// After this batch.
    package var accumulator: Hash256

    /// Messages that count as consumed after this batch.
    package var messagesConsumed: UInt64

    /// The L1 block that it came with.
    package var l1Block: UInt64
  }

  /// Genesis stands for batch 0, which is never delivered.
  package static let firstIndex: UInt64 = 1

  private var batches = AppendList<Batch>()

  /// L1 blocks with a forced inclusion, each once.
  private var forcedL1Blocks = AppendList<UInt64>()

  /// Messages that derivation has consumed for certain, because they were forced in or stand before such.
  package private(set) var messagesForced: UInt64 = 0

  /// The index that the next batch gets.
  package var nextIndex: UInt64 { UInt64(batches.count) + BatchList.firstIndex }

  /// After the last batch; zero before the first.
  package var accumulator: Hash256 { batches.last?.accumulator ?? .zero }

  /// Messages that count as consumed.
  package var messagesConsumed: UInt64 { batches.last?.messagesConsumed ?? 0 }

  /// The batch with this index; nil when there is none.
  package subscript(index: UInt64) -> Batch? {
    index < BatchList.firstIndex ? nil : batches[checked: index - BatchList.firstIndex]
  }

  /// The index that a batch after an L1 block gets: all before it came up to and with that block. O(log n).
  package func nextIndex(throughL1Block number: UInt64) -> UInt64 {
    UInt64(batches.partitionPoint { $0.l1Block <= number }) + BatchList.firstIndex
  }

  /// The first L1 block after `number` in which messages were forced in. O(log n).
  package func forcedInclusion(afterL1Block number: UInt64) -> UInt64? {
    let index = forcedL1Blocks.partitionPoint { $0 <= number }
    return forcedL1Blocks[checked: UInt64(index)]
  }

  mutating func append(_ batch: Batch, maxMessagesPerBlock: UInt64) {
    if case .forced(_, let last) = batch.content {
      // Derivation had consumed so many before, at least, and takes as many of the rest as a block may have.
      messagesForced = min(last + 1, messagesForced.saturatingSum(maxMessagesPerBlock))
      if forcedL1Blocks.last != batch.l1Block { forcedL1Blocks.append(batch.l1Block) }
    }
    batches.append(batch)
  }

  /// Notes that the data of the batch came with an L1 block.
  mutating func noteData(ofBatch index: UInt64, atL1Block number: UInt64) {
    let offset = Int(index - BatchList.firstIndex)
    if case .blocks(let first, let last, let dataHash, let order, var data) = batches[offset].content {
      data.l1Block = number
      batches[offset].content = .blocks(
        firstBlock: first, lastBlock: last, dataHash: dataHash, signedOrder: order, data: data)
    }
  }
}
