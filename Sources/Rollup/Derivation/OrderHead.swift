package import Primitives

/// What the next block has to fit to: the last block of the order.
package struct OrderHead: Hashable, Sendable {
  package var number: UInt64

  /// The block's order commitment; the rollupId at genesis.
  package var order: Hash256

  /// In seconds.
  package var timestamp: UInt64

  package var l1Origin: BlockID

  /// Inbox messages consumed up to and with the block.
  package var messagesConsumed: UInt64

  package init(
    number: UInt64, order: Hash256, timestamp: UInt64, l1Origin: BlockID, messagesConsumed: UInt64
  ) {
    self.number = number
    self.order = order
    self.timestamp = timestamp
    self.l1Origin = l1Origin
    self.messagesConsumed = messagesConsumed
  }

  /// The head that a block makes. O(size of the transactions).
  package init(_ block: RollupBlock) {
    self.init(
      number: block.number, order: block.order.commitment, timestamp: block.timestamp, l1Origin: block.l1Origin,
      messagesConsumed: block.messagesConsumed)
  }
}

extension ChainConfiguration {
  /// The genesis block as the order has it; nil for an imported chain. O(allocation).
  package var genesisHead: OrderHead? {
    rollup.map { (rollup) in
      OrderHead(
        number: genesisHeader.number, order: rollupId, timestamp: genesisHeader.timestamp,
        l1Origin: rollup.genesisOrigin, messagesConsumed: 0)
    }
  }
}

extension OrderHead {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    number = try fields.readUInt64()
    order = try fields.readHash256()
    timestamp = try fields.readUInt64()
    l1Origin = try BlockID(&fields)
    messagesConsumed = try fields.readUInt64()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(number)
      fields.append(order)
      fields.append(timestamp)
      l1Origin.append(to: &fields)
      fields.append(messagesConsumed)
    }
  }
}
