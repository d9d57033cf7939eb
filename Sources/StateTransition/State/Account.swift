import Hashing
package import Primitives
import StateTrie

/// What the state trie holds for an address (yellow paper, section 4.1).
package struct Account: Hashable, Sendable {
  /// How many transactions the account has sent, or how many contracts it has made.
  package var nonce: UInt64

  /// In wei.
  package var balance: UInt256

  /// Root of the account's storage trie.
  package var storageRoot: Hash256

  /// Keccak-256 of the account's code.
  package var codeHash: Hash256

  /// An account that has never done anything; the defaults are those of an account without storage and code.
  package init(
    nonce: UInt64 = 0, balance: UInt256 = .zero, storageRoot: Hash256 = Trie.emptyRoot,
    codeHash: Hash256 = Keccak256.emptyHash
  ) {
    self.nonce = nonce
    self.balance = balance
    self.storageRoot = storageRoot
    self.codeHash = codeHash
  }

  /// An account that has never done anything.
  package static let empty = Account()

  /// Whether a call to the account runs code.
  package var hasCode: Bool { codeHash != Keccak256.emptyHash }

  /// Without nonce, balance and code: what EIP-161 clears from the state when a transaction touches it.
  package var isEmpty: Bool { nonce == 0 && balance.isZero && !hasCode }
}

extension Account {
  /// The value in the state trie: RLP of nonce, balance, storage root, code hash.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 112)
    writer.list { list in
      list.append(nonce)
      list.append(balance)
      list.append(storageRoot)
      list.append(codeHash)
    }
    return writer.bytes
  }

  /// Inverse of `encode`.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var outer = RLPReader(bytes)
    var list = try outer.readList()
    try outer.finish()
    nonce = try list.readUInt64()
    balance = try list.readUInt256()
    storageRoot = try list.readHash256()
    codeHash = try list.readHash256()
    try list.finish()
  }
}
