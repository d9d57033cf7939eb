import Hashing
package import Primitives

/// What a sequencer commits to of a block: everything it chose, the transactions by their root. Computing it needs no
/// execution, and one transaction is proven against it with a short path.
package struct BlockOrder: Hashable, Sendable {
  package var number: UInt64

  /// The commitment of the block before it; for block 1 the chain's `rollupId`.
  package var parentOrder: Hash256

  /// In seconds.
  package var timestamp: UInt64

  package var l1Origin: BlockID

  /// Inbox messages consumed up to and with this block.
  package var messagesConsumed: UInt64

  /// Ethereum's ordered trie over the raw transactions.
  package var transactionsRoot: Hash256

  package init(
    number: UInt64, parentOrder: Hash256, timestamp: UInt64, l1Origin: BlockID, messagesConsumed: UInt64,
    transactionsRoot: Hash256
  ) {
    self.number = number
    self.parentOrder = parentOrder
    self.timestamp = timestamp
    self.l1Origin = l1Origin
    self.messagesConsumed = messagesConsumed
    self.transactionsRoot = transactionsRoot
  }

  /// The order commitment: `keccak(RLP[version, number, parentOrder, timestamp, l1OriginNumber, l1OriginHash,
  /// messagesConsumed, transactionsRoot])`.
  package var commitment: Hash256 { Keccak256.hash(encode()) }

  /// The commitment's preimage.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 160)
    append(to: &writer)
    return writer.bytes
  }
}

extension BlockOrder {
  private static let version: UInt64 = 1

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    let version = try fields.readUInt64()
    guard version == BlockOrder.version else {
      throw RLPError(offset: offset, reason: .invalidValue("version 1 of an order, not \(version)"))
    }
    number = try fields.readUInt64()
    parentOrder = try fields.readHash256()
    timestamp = try fields.readUInt64()
    l1Origin = BlockID(number: try fields.readUInt64(), hash: try fields.readHash256())
    messagesConsumed = try fields.readUInt64()
    transactionsRoot = try fields.readHash256()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(BlockOrder.version)
      fields.append(number)
      fields.append(parentOrder)
      fields.append(timestamp)
      fields.append(l1Origin.number)
      fields.append(l1Origin.hash)
      fields.append(messagesConsumed)
      fields.append(transactionsRoot)
    }
  }
}
