package import Primitives
import StateTrie

/// A block as the sequencer orders it: nothing about state, and nothing that origin and configuration decide.
package struct RollupBlock: Hashable, Sendable {
  package var number: UInt64

  /// `BlockOrder.commitment` of the block before it; for block 1 the chain's `rollupId`.
  package var parentOrder: Hash256

  /// In seconds.
  package var timestamp: UInt64

  /// The L1 block whose state it sees, and up to which it may consume messages.
  package var l1Origin: BlockID

  /// Inbox messages consumed up to and with this block. Those that the block before it has not consumed come before the
  /// block's transactions.
  package var messagesConsumed: UInt64

  /// EIP-2718 bytes, each at least one byte long and otherwise whatever the sequencer put there.
  package var transactions: [[UInt8]]

  package init(
    number: UInt64, parentOrder: Hash256, timestamp: UInt64, l1Origin: BlockID, messagesConsumed: UInt64,
    transactions: [[UInt8]]
  ) {
    self.number = number
    self.parentOrder = parentOrder
    self.timestamp = timestamp
    self.l1Origin = l1Origin
    self.messagesConsumed = messagesConsumed
    self.transactions = transactions
  }

  /// The preimage of the block's order commitment. O(size of the transactions).
  package var order: BlockOrder {
    BlockOrder(
      number: number, parentOrder: parentOrder, timestamp: timestamp, l1Origin: l1Origin,
      messagesConsumed: messagesConsumed, transactionsRoot: Trie.orderedRoot(of: transactions))
  }
}

extension RollupBlock {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    number = try fields.readUInt64()
    parentOrder = try fields.readHash256()
    timestamp = try fields.readUInt64()
    l1Origin = try BlockID(&fields)
    messagesConsumed = try fields.readUInt64()
    transactions = try fields.readAll { (items) throws(RLPError) in
      let offset = items.offset
      let bytes = try items.readBytes().bytes
      guard !bytes.isEmpty else {
        throw RLPError(offset: offset, reason: .invalidValue("a transaction has a byte at least"))
      }
      return bytes
    }
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(number)
      fields.append(parentOrder)
      fields.append(timestamp)
      l1Origin.append(to: &fields)
      fields.append(messagesConsumed)
      fields.list { (items) in
        for transaction in transactions { items.append(bytes: transaction) }
      }
    }
  }
}
