package import Primitives

/// A place in the data: the last thing that was taken, or dropped. Where the rest of a batch was dropped, the place of the
/// batch's last block.
package struct DerivationCursor: Hashable, Sendable {
  /// 0 for genesis.
  package var batchIndex: UInt64
  package var indexInBatch: UInt64

  package init(batchIndex: UInt64, indexInBatch: UInt64) {
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
  }

  /// Where the genesis block stands.
  package static let genesis = DerivationCursor(batchIndex: 0, indexInBatch: 0)
}

extension DerivationCursor {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(batchIndex)
      fields.append(indexInBatch)
    }
  }
}

extension DerivationCursor: CustomStringConvertible {
  package var description: String { "\(batchIndex)/\(indexInBatch)" }
}
