package import Primitives

/// What a contract can know of the L1 block that its call stands in.
package struct L1Context: Sendable {
  /// How many blocks before its own a contract can tell the hash of (`BLOCKHASH`, yellow paper, section 9.4).
  package static let ancestorLimit: UInt64 = 256

  /// Of the block that holds the call.
  package var number: UInt64

  /// Of the block that holds the call, in seconds.
  package var timestamp: UInt64

  /// Hashes of the blocks before it, by number from `firstAncestor` on. More than a contract may see does no harm.
  package var ancestors: [Hash256]

  /// Number of the first of `ancestors`.
  package var firstAncestor: UInt64

  package init(number: UInt64, timestamp: UInt64, ancestors: [Hash256], firstAncestor: UInt64 = 0) {
    self.number = number
    self.timestamp = timestamp
    self.ancestors = ancestors
    self.firstAncestor = firstAncestor
  }

  /// The hash of an earlier block; nil when it is not one of the last 256. O(1).
  package func hash(ofBlock number: UInt64) -> Hash256? {
    guard number < self.number, self.number - number <= L1Context.ancestorLimit, number >= firstAncestor else {
      return nil
    }
    let index = number - firstAncestor
    return index < UInt64(ancestors.count) ? ancestors[Int(index)] : nil
  }
}

/// Who calls the contract.
package struct Caller: Hashable, Sendable {
  package var address: Address

  /// Whether the address is that of a contract, whose messages get an aliased sender.
  package var isContract: Bool

  package init(_ address: Address, isContract: Bool = false) {
    self.address = address
    self.isContract = isContract
  }

  /// What is added to a contract's address: the OP Stack's and Arbitrum's offset.
  package static let aliasOffset = Address(0x1111_0000_0000_0000, 0, 0x0000_1111)

  /// The sender that a message from this caller has on L2. A contract's address is moved, modulo 2^160, so that the
  /// contract at the same address on L2, which may be another one, is not spoken for.
  package var messageSender: Address {
    guard isContract else { return address }
    let (word2, carry2) = address.word2.addingReportingOverflow(Caller.aliasOffset.word2)
    let (sum1, carry1) = address.word1.addingReportingOverflow(Caller.aliasOffset.word1)
    let (word1, carry0) = sum1.addingReportingOverflow(carry2 ? 1 : 0)
    let word0 = address.word0 &+ Caller.aliasOffset.word0 &+ (carry1 || carry0 ? 1 : 0)
    return Address(word0, word1, word2)
  }
}
