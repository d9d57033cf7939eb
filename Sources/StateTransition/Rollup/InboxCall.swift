package import Primitives
package import Rollup

/// An inbox message as a block carries it out: the part of `MessageDelivered` that execution looks at.
package struct InboxCall: Hashable, Sendable {
  package var messageIndex: UInt64
  package var kind: MessageKind
  package var sender: Address

  /// Of a deposit; nil creates a contract.
  package var to: Address?

  package var value: UInt256

  /// Wei made for the sender before the call, and kept whatever becomes of the call. More than `greatestMint` is not
  /// made.
  package var mint: UInt256

  package var gasLimit: UInt64

  /// A deposit's input; of a transaction its EIP-2718 bytes.
  package var data: [UInt8]

  package init(_ message: MessageDelivered) {
    messageIndex = message.messageIndex
    kind = message.messageKind
    sender = message.sender
    to = message.to
    value = message.value
    mint = message.mint
    gasLimit = message.gasLimit
    data = message.data
  }

  /// What stands in the executed block: the transaction's own bytes, or a deposit transaction of type 0x7e.
  ///
  /// A deposit is unsigned: `0x7e ‖ RLP[messageIndex, sender, to, mint, value, gasLimit, data]`. The index makes each one
  /// different, as a nonce would.
  package var transaction: [UInt8] {
    switch kind {
    case .transaction: return data
    case .deposit:
      var writer = RLPWriter(capacity: 128 + data.count)
      writer.list { fields in
        fields.append(messageIndex)
        fields.append(sender)
        appendRecipient(to: &fields)
        fields.append(mint)
        fields.append(value)
        fields.append(gasLimit)
        fields.append(bytes: data)
      }
      return [InboxCall.depositType] + writer.bytes
    }
  }

  /// Greatest `mint`, in wei: 2¹²⁸ − 1, far above all there is of any coin. There are at most 2⁶⁴ messages, so together
  /// they mint less than 2¹⁹², and with what a rollup begins with (`ChainConfiguration`) there are less than 2²⁵⁶ wei.
  package static let greatestMint: UInt256 = (UInt256.one << 128) - .one

  /// The EIP-2718 type of deposits, as in the OP Stack.
  package static let depositType: UInt8 = 0x7e

  private func appendRecipient(to fields: inout RLPWriter) {
    if let to { fields.append(to) } else { fields.append(bytes: []) }
  }
}

// What `RollupBlockContext.messagesRoot` is made of. Not `transaction`: a message of kind transaction may hold any bytes,
// those of a deposit too, and must not become one.
extension InboxCall {
  /// All fields, as one list.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 128 + data.count)
    writer.list { fields in
      fields.append(messageIndex)
      fields.append(kind.rawValue)
      fields.append(sender)
      appendRecipient(to: &fields)
      fields.append(value)
      fields.append(mint)
      fields.append(gasLimit)
      fields.append(bytes: data)
    }
    return writer.bytes
  }

  /// Inverse of `encode`.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    messageIndex = try fields.readUInt64()
    let offset = fields.offset
    guard let kind = MessageKind(rawValue: try fields.readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("messageKind is 0 or 1"))
    }
    self.kind = kind
    sender = try fields.readAddress()
    let recipient = try fields.readBytes()
    guard recipient.byteCount == 0 || recipient.byteCount == Address.byteCount else {
      throw RLPError(offset: offset, reason: .wrongLength(expected: Address.byteCount, actual: recipient.byteCount))
    }
    to = recipient.byteCount == 0 ? nil : Address(recipient)
    value = try fields.readUInt256()
    mint = try fields.readUInt256()
    gasLimit = try fields.readUInt64()
    data = try fields.readBytes().bytes
    try fields.finish()
  }
}
