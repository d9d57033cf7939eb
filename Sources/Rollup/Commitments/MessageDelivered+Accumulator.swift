import Hashing
package import Primitives

extension MessageDelivered {
  /// What the inbox commits to of this message: `keccak(RLP[version, messageIndex, messageKind, sender, to, value, mint,
  /// gasLimit, keccak(data), deadlineBlock, deadlineTime])`. O(data).
  package var messageHash: Hash256 {
    var writer = RLPWriter(capacity: 192)
    writer.list { (fields) in
      fields.append(MessageDelivered.version)
      fields.append(messageIndex)
      fields.append(messageKind.rawValue)
      fields.append(sender)
      fields.appendOptional(to) { (item, value) in item.append(value) }
      fields.append(value)
      fields.append(mint)
      fields.append(gasLimit)
      fields.append(Keccak256.hash(data))
      fields.append(deadlineBlock)
      fields.append(deadlineTime)
    }
    return Keccak256.hash(writer.bytes)
  }

  /// The inbox accumulator after this message: `keccak(beforeInboxAcc ‖ messageHash)`. O(data).
  package var afterInboxAcc: Hash256 {
    BatchData.accumulator(after: beforeInboxAcc, dataHash: messageHash)
  }
}
