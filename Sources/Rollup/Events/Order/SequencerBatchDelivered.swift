package import Primitives

/// A batch of sequenced blocks that reached L1. If their data came with it, the blocks follow, one `BlockSequenced` each.
package struct SequencerBatchDelivered: EventPayload {
  /// Where L1 keeps the batch's data.
  package enum DataLocation: UInt64, CaseIterable, Sendable {
    case event = 0
    case calldata = 1
    case blob = 2
    /// Outside L1: a file that was imported, or a data availability layer.
    case external = 3
  }

  /// Whether the data came with the batch, as L1 sees it; what a node happens to have is no part of it.
  package enum DataStatus: UInt64, CaseIterable, Sendable {
    /// The blocks come with a later `BatchDataDelivered`, or never.
    case missing = 0
    /// The blocks follow this record.
    case present = 1
  }

  package static var kind: EventKind { .sequencerBatchDelivered }

  package var batchIndex: UInt64

  /// `BatchData.accumulator` before this batch and after it.
  package var beforeAcc, afterAcc: Hash256

  /// Numbers of the first and the last block of the batch.
  package var firstBlock, lastBlock: UInt64

  /// Inbox messages consumed by all blocks up to the batch's last one.
  package var messagesConsumed: UInt64

  package var poster: Address

  /// `SignedCommitment` of the batch's last block, which by its parents binds all of them; empty for an imported chain,
  /// whose order its own headers fix.
  package var signedCommitment: [UInt8]

  /// Root over the commitments of the batch's blocks (`BatchData.hash`).
  package var dataHash: Hash256

  package var dataLocation: DataLocation

  package var data: DataStatus

  package init(
    batchIndex: UInt64, beforeAcc: Hash256, afterAcc: Hash256, firstBlock: UInt64, lastBlock: UInt64,
    messagesConsumed: UInt64, poster: Address, signedCommitment: [UInt8], dataHash: Hash256,
    dataLocation: DataLocation, data: DataStatus
  ) {
    self.batchIndex = batchIndex
    self.beforeAcc = beforeAcc
    self.afterAcc = afterAcc
    self.firstBlock = firstBlock
    self.lastBlock = lastBlock
    self.messagesConsumed = messagesConsumed
    self.poster = poster
    self.signedCommitment = signedCommitment
    self.dataHash = dataHash
    self.dataLocation = dataLocation
    self.data = data
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    batchIndex = try fields.readUInt64()
    beforeAcc = try fields.readHash256()
    afterAcc = try fields.readHash256()
    firstBlock = try fields.readUInt64()
    lastBlock = try fields.readUInt64()
    messagesConsumed = try fields.readUInt64()
    poster = try fields.readAddress()
    signedCommitment = try fields.readBytes().bytes
    dataHash = try fields.readHash256()
    dataLocation = try fields.readChoice("dataLocation is a number from 0 to 3")
    data = try fields.readChoice("data is 0 or 1")
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(batchIndex)
    fields.append(beforeAcc)
    fields.append(afterAcc)
    fields.append(firstBlock)
    fields.append(lastBlock)
    fields.append(messagesConsumed)
    fields.append(poster)
    fields.append(bytes: signedCommitment)
    fields.append(dataHash)
    fields.append(dataLocation.rawValue)
    fields.append(data.rawValue)
  }
}
