package import Primitives
package import Rollup

/// What executing a block gave: a row of table `results`.
package struct BlockResult: Hashable, Sendable {
  /// The header as it was sequenced, claims and all.
  package let header: BlockHeader

  /// Where the block stands in the data: its batch, and its place there.
  package let batchIndex: UInt64
  package let indexInBatch: UInt64

  /// Root of the state after the block, as computed.
  package let stateRoot: Hash256

  /// Hash of the header with every computed field in place of the claimed one: the header's own hash when all agree.
  package let computedHash: Hash256

  /// The header's fields that are wrong, in its order of fields.
  package let differences: [ClaimDifference]

  /// One per transaction, each encoded as the receipts trie holds it.
  package let receipts: [[UInt8]]
}

extension BlockResult {
  func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 768)
    writer.list { fields in
      header.append(to: &fields)
      fields.append(batchIndex)
      fields.append(indexInBatch)
      fields.append(stateRoot)
      fields.append(computedHash)
      fields.list { items in
        for difference in differences { difference.append(to: &items) }
      }
      fields.list { items in
        for receipt in receipts { items.append(bytes: receipt) }
      }
    }
    return writer.bytes
  }

  init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    header = try BlockHeader(&fields)
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    stateRoot = try fields.readHash256()
    computedHash = try fields.readHash256()
    differences = try ClaimDifference.readAll(&fields)
    var items = try fields.readList()
    var receipts: [[UInt8]] = []
    while !items.isAtEnd { receipts.append(try items.readBytes().bytes) }
    self.receipts = receipts
    try fields.finish()
  }
}
