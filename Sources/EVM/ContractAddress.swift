import Hashing
package import Primitives

/// Where a new contract goes.
package enum ContractAddress {
  /// The address that CREATE and a creating transaction give: it depends on the sender and its nonce before the
  /// creation (yellow paper, section 7).
  package static func create(sender: Address, nonce: UInt64) -> Address {
    var writer = RLPWriter(capacity: 32)
    writer.list { list in
      list.append(sender)
      list.append(nonce)
    }
    return Address(lastBytesOf: Keccak256.hash(writer.bytes))
  }

  /// The address that CREATE2 gives: it depends on the sender, a salt and the hash of the code that makes the contract
  /// (EIP-1014).
  package static func create2(sender: Address, salt: UInt256, initcodeHash: Hash256) -> Address {
    var hasher = Keccak256()
    hasher.update([0xff])
    sender.withBytes { hasher.update($0) }
    salt.withBigEndianBytes { hasher.update($0) }
    initcodeHash.withBytes { hasher.update($0) }
    return Address(lastBytesOf: hasher.finalize())
  }
}
