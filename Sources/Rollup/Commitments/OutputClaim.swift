import Hashing
package import Primitives

/// What an output claims: a state, and the place in the data that led to it, so that "was this the next block?" is part
/// of what is proven.
package struct OutputClaim: Hashable, Sendable {
  package var outputRoot: Hash256

  /// What the next block has to extend: the block's own order commitment; for an imported block its parent's hash.
  package var parentOrder: Hash256

  package var l1OriginHash: Hash256

  /// Number of the block. Where the data ends, what is true of the last block stays true of every place behind it in a
  /// game; without the number, an output about a block that does not exist could claim just that.
  package var l2BlockNumber: UInt64

  package var batchIndex: UInt64
  package var indexInBatch: UInt64

  /// Inbox messages consumed up to and with the block.
  package var messagesConsumed: UInt64

  package init(
    outputRoot: Hash256, parentOrder: Hash256, l1OriginHash: Hash256, l2BlockNumber: UInt64, batchIndex: UInt64,
    indexInBatch: UInt64, messagesConsumed: UInt64
  ) {
    self.outputRoot = outputRoot
    self.parentOrder = parentOrder
    self.l1OriginHash = l1OriginHash
    self.l2BlockNumber = l2BlockNumber
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
    self.messagesConsumed = messagesConsumed
  }

  /// `keccak("Varve state" ‖ outputRoot ‖ parentOrder ‖ l1Origin hash ‖ l2BlockNumber ‖ batchIndex ‖ indexInBatch ‖
  /// messagesConsumed)`, the numbers in eight bytes each, big-endian.
  package var hash: Hash256 {
    var bytes = [UInt8]("Varve state".utf8)
    bytes.append(contentsOf: outputRoot.bytes)
    bytes.append(contentsOf: parentOrder.bytes)
    bytes.append(contentsOf: l1OriginHash.bytes)
    bytes.append(bigEndian: l2BlockNumber)
    bytes.append(bigEndian: batchIndex)
    bytes.append(bigEndian: indexInBatch)
    bytes.append(bigEndian: messagesConsumed)
    return Keccak256.hash(bytes)
  }
}

extension OutputClaim {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    outputRoot = try fields.readHash256()
    parentOrder = try fields.readHash256()
    l1OriginHash = try fields.readHash256()
    l2BlockNumber = try fields.readUInt64()
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    messagesConsumed = try fields.readUInt64()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(outputRoot)
      fields.append(parentOrder)
      fields.append(l1OriginHash)
      fields.append(l2BlockNumber)
      fields.append(batchIndex)
      fields.append(indexInBatch)
      fields.append(messagesConsumed)
    }
  }
}
