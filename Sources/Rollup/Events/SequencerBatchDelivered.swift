package import Primitives

/// A batch of sequenced blocks that reached L1. Its blocks follow, one `BlockSequenced` each.
package struct SequencerBatchDelivered: EventPayload {
  /// Where L1 keeps the batch's data.
  package enum DataLocation: UInt64, CaseIterable, Sendable {
    case event = 0
    case calldata = 1
    case blob = 2
    /// Outside L1: a file that was imported, or a data availability layer.
    case external = 3
  }

  /// Whether this ledger has the data.
  package enum DataStatus: UInt64, CaseIterable, Sendable {
    case missing = 0
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

  /// Over the last block's commitment; empty for an imported chain, whose order its own headers fix.
  package var sequencerSignature: [UInt8]

  /// Root over the commitments of the batch's blocks (`BatchData.hash`).
  package var dataHash: Hash256

  package var dataLocation: DataLocation

  package var data: DataStatus

  package init(
    batchIndex: UInt64, beforeAcc: Hash256, afterAcc: Hash256, firstBlock: UInt64, lastBlock: UInt64,
    messagesConsumed: UInt64, poster: Address, sequencerSignature: [UInt8], dataHash: Hash256,
    dataLocation: DataLocation, data: DataStatus
  ) {
    self.batchIndex = batchIndex
    self.beforeAcc = beforeAcc
    self.afterAcc = afterAcc
    self.firstBlock = firstBlock
    self.lastBlock = lastBlock
    self.messagesConsumed = messagesConsumed
    self.poster = poster
    self.sequencerSignature = sequencerSignature
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
    sequencerSignature = try fields.readBytes().bytes
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
    fields.append(bytes: sequencerSignature)
    fields.append(dataHash)
    fields.append(dataLocation.rawValue)
    fields.append(data.rawValue)
  }
}
