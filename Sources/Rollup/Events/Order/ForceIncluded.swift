package import Primitives

/// Messages past their deadline, put into the order by somebody other than the sequencer. It stands among the
/// batches, under an index of its own, and makes at most one block.
package struct ForceIncluded: EventPayload {
  package static var kind: EventKind { .forceIncluded }

  package var batchIndex: UInt64

  /// `BatchData.accumulator` before it and after it, with the inbox accumulator after `lastMessage` in the place of
  /// a `dataHash`.
  package var beforeAcc: Hash256

  package var afterAcc: Hash256

  /// The first message that the contract does not count as consumed. Derivation begins at the first that no valid
  /// block consumed, which is earlier when a batch was rejected.
  package var firstMessage: UInt64

  package var lastMessage: UInt64

  package var caller: Address

  package init(
    batchIndex: UInt64, beforeAcc: Hash256, afterAcc: Hash256, firstMessage: UInt64, lastMessage: UInt64,
    caller:
      Address
  ) {
    self.batchIndex = batchIndex
    self.beforeAcc = beforeAcc
    self.afterAcc = afterAcc
    self.firstMessage = firstMessage
    self.lastMessage = lastMessage
    self.caller = caller
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    batchIndex = try fields.readUInt64()
    beforeAcc = try fields.readHash256()
    afterAcc = try fields.readHash256()
    firstMessage = try fields.readUInt64()
    lastMessage = try fields.readUInt64()
    caller = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(batchIndex)
    fields.append(beforeAcc)
    fields.append(afterAcc)
    fields.append(firstMessage)
    fields.append(lastMessage)
    fields.append(caller)
  }
}
