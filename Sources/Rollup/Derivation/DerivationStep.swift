package import Primitives

/// What derivation makes of the next thing in the order.
package enum DerivationStep: Hashable, Sendable {
  case block(DerivedBlock)
  case rejected(BatchRejected)
}

/// The next L2 block.
package struct DerivedBlock: Hashable, Sendable {
  package var block: RollupBlock

  /// Its order commitment.
  package var order: Hash256

  /// Where the data has it.
  package var cursor: DerivationCursor

  /// The inbox messages that it consumes, before its transactions.
  package var messages: Range<UInt64>

  /// Whether rule made it rather than the sequencer.
  package var isForced: Bool

  package init(
    block: RollupBlock, order: Hash256, cursor: DerivationCursor, messages: Range<UInt64>, isForced: Bool
  ) {
    self.block = block
    self.order = order
    self.cursor = cursor
    self.messages = messages
    self.isForced = isForced
  }
}

/// The rest of a batch, or a forced inclusion, that makes no block.
package struct BatchRejected: Hashable, Sendable {
  package var batchIndex: UInt64

  /// Of the first block that was dropped.
  package var indexInBatch: UInt64

  package var reason: RejectionReason

  package init(batchIndex: UInt64, indexInBatch: UInt64, reason: RejectionReason) {
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
    self.reason = reason
  }
}

/// Why something in the order makes no block. The numbers are part of rows and proofs and keep their meaning;
/// `Docs/Events.md`, Derivation, has each rule.
package enum RejectionReason: UInt64, CaseIterable, Sendable {
  case wrongNumber = 1
  case wrongParent = 2
  case originSkips = 3
  case originNotCanonical = 4
  case timeNotAfterParent = 5
  case timeBeforeOrigin = 6
  case timeBeyondDrift = 7
  case messagesGoBack = 8
  case messagesBeyondOrigin = 9
  case overdueMessageLeftOut = 10
  case tooManyTransactions = 11
  /// The batch's data did not come in time.
  case dataWithheld = 12
  /// All messages of a forced inclusion are consumed already.
  case nothingToForce = 13
  /// What an imported chain has.
  case notARollupBlock = 14

  package var name: String { "\(self)" }
}

extension BatchRejected {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    reason = try fields.readChoice("a reason is a number from 1 to 14")
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(batchIndex)
      fields.append(indexInBatch)
      fields.append(reason.rawValue)
    }
  }
}
