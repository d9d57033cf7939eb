package import Primitives

/// A withdrawal from the beacon chain (EIP-4895).
package struct Withdrawal: Hashable, Sendable {
  package var index: UInt64
  package var validatorIndex: UInt64
  package var address: Address

  /// In gwei.
  package var amount: UInt64

  package init(index: UInt64, validatorIndex: UInt64, address: Address, amount: UInt64) {
    self.index = index
    self.validatorIndex = validatorIndex
    self.address = address
    self.amount = amount
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    index = try fields.readUInt64()
    validatorIndex = try fields.readUInt64()
    address = try fields.readAddress()
    amount = try fields.readUInt64()
    try fields.finish()
  }

  /// The canonical RLP: what the withdrawals trie holds.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { (fields) in
      fields.append(index)
      fields.append(validatorIndex)
      fields.append(address)
      fields.append(amount)
    }
    return writer.bytes
  }
}
