package import Primitives

/// A transaction of the embedded L1. Only the log of that chain holds these: replayed, they give the chain again.
package struct L1TransactionIncluded: EventPayload {
  package static var kind: EventKind { .l1TransactionIncluded }

  /// The raw bytes, as the block's transactions trie has them.
  package var transaction: [UInt8]

  /// Whether it was carried out; of a reverted one nothing remains but this.
  package var succeeded: Bool

  package init(transaction: [UInt8], succeeded: Bool) {
    self.transaction = transaction
    self.succeeded = succeeded
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    transaction = try fields.readBytes().bytes
    succeeded = try fields.readFlag()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(bytes: transaction)
    fields.append(flag: succeeded)
  }
}
