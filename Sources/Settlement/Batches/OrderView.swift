import Primitives
package import Rollup
package import StateTransition

/// The order as it stood at an L1 block: what a disputed step is decided by. Nothing that came later can be seen.
package struct OrderView: Equatable, Sendable {
  private let batches: BatchList
  private let inbox: Inbox
  private let settings: SettingsHistory

  /// Last L1 block whose data counts.
  package let l1Block: UInt64

  package let l2ChainID: UInt64

  package let domain: CommitmentDomain

  /// The index behind the last batch.
  package let nextBatchIndex: UInt64

  package let messageCount: UInt64

  init(_ contract: RollupContract, throughL1Block number: UInt64) {
    batches = contract.batches
    inbox = contract.inbox
    settings = contract.settings
    l1Block = number
    l2ChainID = contract.l2ChainID
    domain = contract.domain
    nextBatchIndex = contract.batches.nextIndex(throughL1Block: number)
    messageCount = contract.inbox.count(throughL1Block: number)
  }

  /// The batch with this index; nil when it came later. Data that came later is not there.
  package func batch(_ index: UInt64) -> BatchList.Batch? {
    guard index < nextBatchIndex, var batch = batches[index] else { return nil }
    if case .blocks(let first, let last, let dataHash, let order, var data) = batch.content,
      let dataBlock = data.l1Block, dataBlock > l1Block
    {
      data.l1Block = nil
      batch.content = .blocks(
        firstBlock: first, lastBlock: last, dataHash: dataHash, signedOrder: order, data: data)
    }
    return batch
  }

  /// The message at `index`; nil when it came later.
  package func message(_ index: UInt64) -> Inbox.Message? {
    index < messageCount ? inbox[index] : nil
  }

  /// How many messages had come up to and with an L1 block. O(log n).
  package func messageCount(throughL1Block number: UInt64) -> UInt64 {
    min(messageCount, inbox.count(throughL1Block: number))
  }

  /// What the execution of an L2 block with this L1 origin takes of the settings. O(log n).
  package func settings(atL1Block number: UInt64) -> RollupSettings {
    settings.execution(atL1Block: number)
  }
}
