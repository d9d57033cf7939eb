import Primitives
package import Rollup

/// The tables in which a projection keeps derivation's state, whatever else it has.
///
/// | table | key | value |
/// |---|---|---|
/// | `derivation` | 0 | `Derivation` |
/// | `l1Blocks` | L1 block | `DerivationL1Block` |
/// | `messages` | message index | payload of `MessageDelivered` |
/// | `waiting` | batch index | `WaitingBatch` |
/// | `waitingBlocks` | batch index, index in batch | payload of `BlockSequenced` |
/// | `safeHeads` | L1 block | `SafeHead` |
/// | `rejections` | batch index | `BatchRejected` |
package struct OrderTables: Sendable {
  package let derivation, l1Blocks, messages, waiting, waitingBlocks, safeHeads, rejections: ProjectionTable

  package init(firstIndex: Int) {
    derivation = ProjectionTable(index: firstIndex, name: "derivation")
    l1Blocks = ProjectionTable(index: firstIndex + 1, name: "l1Blocks")
    messages = ProjectionTable(index: firstIndex + 2, name: "messages")
    waiting = ProjectionTable(index: firstIndex + 3, name: "waiting")
    waitingBlocks = ProjectionTable(index: firstIndex + 4, name: "waitingBlocks")
    safeHeads = ProjectionTable(index: firstIndex + 5, name: "safeHeads")
    rejections = ProjectionTable(index: firstIndex + 6, name: "rejections")
  }

  /// The key of a table's only row: keys are not empty.
  static let onlyKey: [UInt8] = [0]

  package var all: [ProjectionTable] {
    [derivation, l1Blocks, messages, waiting, waitingBlocks, safeHeads, rejections]
  }
}

/// What the order's head was after an L1 block: the answer to "what was derivable at L1 block n?".
package struct SafeHead: Hashable, Sendable {
  package var l1Block: BlockID
  package var head: OrderHead
  package var cursor: DerivationCursor

  /// The batch whose data is missing, so that nothing after it can be derived; nil when all that L1 has is derived.
  package var awaitedBatch: UInt64?
}

extension SafeHead {
  func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 192)
    writer.list { fields in
      l1Block.append(to: &fields)
      head.append(to: &fields)
      cursor.append(to: &fields)
      fields.list { item in
        if let awaitedBatch { item.append(awaitedBatch) }
      }
    }
    return writer.bytes
  }

  init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    l1Block = try BlockID(&fields)
    head = try OrderHead(&fields)
    cursor = try DerivationCursor(&fields)
    var item = try fields.readList()
    awaitedBatch = item.isAtEnd ? nil : try item.readUInt64()
    try item.finish()
    try fields.finish()
  }
}
