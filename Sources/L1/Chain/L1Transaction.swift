import Hashing
package import Primitives
import Rollup
package import Settlement

/// A call or a transfer on L1, before it is in a block.
///
/// It has no nonce: `key` tells it from others of the same content, and a chain takes the same one once. So who is not sure
/// whether a transaction was sent, sends it again.
package struct L1Transaction: Hashable, Sendable {
  package var sender: Address

  /// Whether the sender is a contract: then the rollup contract aliases it in messages.
  package var isContract: Bool

  package var to: Address

  /// In wei.
  package var value: UInt256

  /// For the rollup contract, the bytes of a `ContractCall`.
  package var input: [UInt8]

  /// Chosen by the sender.
  package var key: Hash256

  package init(
    sender: Address, isContract: Bool = false, to: Address, value: UInt256 = .zero, input: [UInt8] = [], key: Hash256
  ) {
    self.sender = sender
    self.isContract = isContract
    self.to = to
    self.value = value
    self.input = input
    self.key = key
  }

  /// A call of the rollup contract.
  package init(
    _ call: ContractCall, of contract: Address, from sender: Address, isContract: Bool = false, value: UInt256 = .zero,
    key: Hash256
  ) {
    self.init(
      sender: sender, isContract: isContract, to: contract, value: value, input: call.encode(), key: key)
  }

  package var hash: Hash256 { Keccak256.hash(encode()) }
}

extension L1Transaction {
  /// Type of the envelope (EIP-2718): the highest there can be but two, which no proposal has taken.
  package static let type: UInt8 = 0x7d

  /// The raw bytes: the type, and an RLP list.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: input.count + 128)
    writer.list { fields in
      fields.append(sender)
      fields.append(flag: isContract)
      fields.append(to)
      fields.append(value)
      fields.append(bytes: input)
      fields.append(key)
    }
    return [L1Transaction.type] + writer.bytes
  }

  /// Reads raw bytes; only what `encode` gives is accepted.
  package init(raw bytes: RawSpan) throws(RLPError) {
    guard bytes.byteCount > 1, bytes.byte(at: 0) == L1Transaction.type else {
      throw RLPError(offset: 0, reason: .invalidValue("a transaction of the embedded L1 begins with 0x7d"))
    }
    var reader = RLPReader(bytes.extracting(1..<bytes.byteCount))
    var fields = try reader.readList()
    try reader.finish()
    sender = try fields.readAddress()
    isContract = try fields.readFlag()
    to = try fields.readAddress()
    value = try fields.readUInt256()
    input = try fields.readBytes().bytes
    key = try fields.readHash256()
    try fields.finish()
  }
}
