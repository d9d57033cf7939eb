package import Primitives
package import StateTrie

/// Diffs as the tries see them: what to write so that the stored state is the one after the diffs.
package struct StateCommitment: Equatable, Sendable {
  /// A storage slot under the Keccak-256 of its number.
  package struct SlotChange: Equatable, Sendable {
    package let key: Hash256

    /// Zero removes the slot.
    package let value: UInt256

    /// Whether the slot is known not to have been zero.
    var replaces = false

    /// The value in the storage trie: RLP of the number.
    package var encodedValue: [UInt8] { StateCommitment.encode(value) }
  }

  /// One account, under the Keccak-256 of its address.
  package struct AccountChange: Equatable, Sendable {
    package let key: Hash256

    /// With its new storage root; nil when the account was removed.
    package let account: Account?

    /// `Account.encode` of it.
    package let encoded: [UInt8]?

    /// Whether all its rows and nodes of storage are to be removed, before those below are written.
    package let clearsStorage: Bool

    /// By ascending key.
    package let storage: [SlotChange]

    /// Nodes of the account's storage trie that are to be written.
    package let storageNodeChanges: NodeChanges

    /// The same in the order of `NibblePath`.
    package var storageNodes: [NodeChange] { storageNodeChanges.ordered }
  }

  /// The state root.
  package let root: Hash256

  /// By ascending key.
  package let accounts: [AccountChange]

  /// Nodes of the account trie that are to be written.
  package let nodeChanges: NodeChanges

  /// The same in the order of `NibblePath`.
  package var nodes: [NodeChange] { nodeChanges.ordered }

  /// Code to store under its hash, by ascending hash.
  package let code: [StateDiff.NewCode]

  /// What a storage trie holds for a slot.
  static func encode(_ value: UInt256) -> [UInt8] {
    var writer = RLPWriter(capacity: 33)
    writer.append(value)
    return writer.bytes
  }

  /// The value that a storage trie holds for a slot.
  package static func decode(slotValue bytes: RawSpan) throws(RLPError) -> UInt256 {
    var reader = RLPReader(bytes)
    let value = try reader.readUInt256()
    try reader.finish()
    return value
  }
}

/// Gives the stored nodes of the account trie and of all storage tries.
package protocol StateNodeReader {
  /// The node of the account trie at `path`; nil when none is stored there.
  func accountNode(at path: NibblePath) throws(TrieError) -> [UInt8]?

  /// The node at `path` of the storage trie of the account whose address has the hash `account`.
  func storageNode(of account: Hash256, at path: NibblePath) throws(TrieError) -> [UInt8]?

  /// As `accountNode(at:)`, where the node's parent has this hash for it; see `NodeReader.node(at:hash:)`.
  func accountNode(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]?

  /// As `storageNode(of:at:)`, where the node's parent has this hash for it.
  func storageNode(of account: Hash256, at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]?

  /// As `accountNode(at:hash:)`, appended to `bytes`; see `NodeReader.appendNode`.
  func appendAccountNode(at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]) throws(TrieError) -> Bool

  /// As `storageNode(of:at:hash:)`, appended to `bytes`.
  func appendStorageNode(
    of account: Hash256, at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool

  /// Whether the node of the account trie at `path` is known to be a leaf; see `NodeReader.hasLeaf`.
  func hasAccountLeaf(at path: NibblePath) throws(TrieError) -> Bool

  /// As `hasAccountLeaf`, in the storage trie of the account whose address has the hash `account`.
  func hasStorageLeaf(of account: Hash256, at path: NibblePath) throws(TrieError) -> Bool

  /// Applies changes to the account trie, or to the storage trie of an account, as far as it can do so by changing nodes
  /// where it keeps them.
  ///
  /// What it has changed shows in what it reads from then on, and is nothing that a commitment has to write.
  ///
  /// - Parameter changes: in ascending order of keys.
  /// - Returns: the root then, and the changes that remain, in this order.
  func changeInPlace(
    _ changes: [TrieChange], of account: Hash256?, onto root: Hash256
  ) throws(TrieError) -> (root: Hash256, rest: [TrieChange])
}

extension StateNodeReader {
  package func accountNode(at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    try accountNode(at: path)
  }

  package func storageNode(of account: Hash256, at path: NibblePath, hash: Hash256) throws(TrieError) -> [UInt8]? {
    try storageNode(of: account, at: path)
  }

  package func appendAccountNode(
    at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    guard let node = try accountNode(at: path, hash: hash) else { return false }
    bytes += node
    return true
  }

  package func appendStorageNode(
    of account: Hash256, at path: NibblePath, hash: Hash256, to bytes: inout [UInt8]
  ) throws(TrieError) -> Bool {
    guard let node = try storageNode(of: account, at: path, hash: hash) else { return false }
    bytes += node
    return true
  }

  package func hasAccountLeaf(at path: NibblePath) throws(TrieError) -> Bool { false }

  package func hasStorageLeaf(of account: Hash256, at path: NibblePath) throws(TrieError) -> Bool { false }

  package func changeInPlace(
    _ changes: [TrieChange], of account: Hash256?, onto root: Hash256
  ) throws(TrieError) -> (root: Hash256, rest: [TrieChange]) { (root, changes) }
}

/// A trie of the state cannot be read.
package struct StateTrieError: Error, Equatable, CustomStringConvertible {
  /// Keccak-256 of the address whose storage trie it is; nil for the account trie.
  package let account: Hash256?

  package let error: TrieError

  package init(account: Hash256? = nil, _ error: TrieError) {
    self.account = account
    self.error = error
  }

  package var description: String {
    account.map { "storage of the account with key \($0): \(error)" } ?? "\(error)"
  }
}
