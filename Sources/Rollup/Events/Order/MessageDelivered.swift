package import Primitives

/// A message that a user put into the contract's inbox, past the sequencer.
package struct MessageDelivered: EventPayload {
  package static var kind: EventKind { .messageDelivered }

  /// Counted from 0, over all messages.
  package var messageIndex: UInt64

  /// The inbox accumulator before this message (`afterInboxAcc` of the one before it); zero before the first.
  package var beforeInboxAcc: Hash256

  package var messageKind: MessageKind

  /// Who called the contract; a contract's address is aliased, so that no key on L2 can stand for it.
  package var sender: Address

  /// Whom a deposit calls; nil creates a contract. Of a transaction always nil: its bytes say it.
  package var to: Address?

  /// What a deposit's call carries, in wei.
  package var value: UInt256

  /// What is locked on L1 and made on L2 for the sender, in wei.
  package var mint: UInt256

  /// Of a deposit's call; of a transaction 0: its bytes say it.
  package var gasLimit: UInt64

  /// A deposit's input, or a transaction's EIP-2718 bytes.
  package var data: [UInt8]

  /// From this L1 block on, and from `deadlineTime` on, anybody may force the message in, and no block may leave it
  /// out.
  package var deadlineBlock: UInt64

  /// In seconds.
  package var deadlineTime: UInt64

  package init(
    messageIndex: UInt64, beforeInboxAcc: Hash256, messageKind: MessageKind, sender: Address, to: Address?,
    value:
      UInt256, mint: UInt256, gasLimit: UInt64, data: [UInt8], deadlineBlock: UInt64, deadlineTime: UInt64
  ) {
    self.messageIndex = messageIndex
    self.beforeInboxAcc = beforeInboxAcc
    self.messageKind = messageKind
    self.sender = sender
    self.to = to
    self.value = value
    self.mint = mint
    self.gasLimit = gasLimit
    self.data = data
    self.deadlineBlock = deadlineBlock
    self.deadlineTime = deadlineTime
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    messageIndex = try fields.readUInt64()
    beforeInboxAcc = try fields.readHash256()
    messageKind = try fields.readChoice("messageKind is 0 or 1")
    sender = try fields.readAddress()
    to = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    value = try fields.readUInt256()
    mint = try fields.readUInt256()
    gasLimit = try fields.readUInt64()
    data = try fields.readBytes().bytes
    deadlineBlock = try fields.readUInt64()
    deadlineTime = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(messageIndex)
    fields.append(beforeInboxAcc)
    fields.append(messageKind.rawValue)
    fields.append(sender)
    fields.appendOptional(to) { (item, value) in item.append(value) }
    fields.append(value)
    fields.append(mint)
    fields.append(gasLimit)
    fields.append(bytes: data)
    fields.append(deadlineBlock)
    fields.append(deadlineTime)
  }
}
