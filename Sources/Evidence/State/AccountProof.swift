import Hashing
package import Primitives
package import StateTransition
package import StateTrie

/// What an account and slots of its storage hold in a state, and the trie nodes that show it (EIP-1186).
package struct AccountProof: Equatable, Sendable {
  package struct Slot: Equatable, Sendable {
    package let number: UInt256

    /// Zero for a slot that holds nothing.
    package let value: UInt256

    /// The stored nodes on the way of keccak(number) in the storage trie, root first.
    package let nodes: [[UInt8]]

    package init(number: UInt256, value: UInt256, nodes: [[UInt8]]) {
      self.number = number
      self.value = value
      self.nodes = nodes
    }
  }

  package let address: Address

  /// An account that is not in the state has no nonce, no balance, no code and no storage.
  package let account: Account

  /// The stored nodes on the way of keccak(address) in the state trie, root first.
  package let nodes: [[UInt8]]

  package let slots: [Slot]

  package init(address: Address, account: Account, nodes: [[UInt8]], slots: [Slot]) {
    self.address = address
    self.account = account
    self.nodes = nodes
    self.slots = slots
  }
}

extension AccountProof {
  /// Makes the proof from the nodes of a state. O((slots + 1) · depth) nodes read and hashed.
  ///
  /// - Parameter root: of the state.
  package init(
    of address: Address, slots numbers: [UInt256], root: Hash256, reader: some StateNodeReader
  ) throws(StateTrieError) {
    let key = address.withBytes { Keccak256.hash($0) }
    let nodes = try reader.proof(ofAccount: key, root: root)
    let account = Self.account(at: key, root: root, nodes) ?? .empty
    var slots: [Slot] = []
    for number in numbers {
      let slot = number.withBigEndianBytes { Keccak256.hash($0) }
      let nodes = try reader.proof(ofSlot: slot, of: key, root: account.storageRoot)
      let value = Self.value(at: slot, root: account.storageRoot, nodes) ?? .zero
      slots.append(Slot(number: number, value: value, nodes: nodes))
    }
    self.init(address: address, account: account, nodes: nodes, slots: slots)
  }

  /// Of nodes that were hashed as they were read, and so are a proof.
  private static func account(at key: Hash256, root: Hash256, _ nodes: [[UInt8]]) -> Account? {
    guard let row = try? TrieProof.verify(root: root, key: NibblePath(key), proof: nodes) else { return nil }
    return try? Account(rlp: row.rawSpan)
  }

  private static func value(at slot: Hash256, root: Hash256, _ nodes: [[UInt8]]) -> UInt256? {
    guard let row = try? TrieProof.verify(root: root, key: NibblePath(slot), proof: nodes) else { return nil }
    return try? StateCommitment.decode(slotValue: row.rawSpan)
  }

  /// Checks that the state with this root holds what the proof says, of the account and of every slot. Needs nothing else.
  /// One Keccak-256 for each node.
  package func verify(root: Hash256) throws(AccountProofError) {
    let key = address.withBytes { Keccak256.hash($0) }
    var proven = Account.empty
    do {
      if let row = try TrieProof.verify(root: root, key: NibblePath(key), proof: nodes) {
        guard let account = try? Account(rlp: row.rawSpan) else { throw AccountProofError.malformed(slot: nil) }
        proven = account
      }
    } catch let error as TrieProofError {
      throw .account(error)
    } catch { throw .malformed(slot: nil) }
    if let field = Self.firstDifference(account, proven) { throw .otherAccount(field: field) }
    for slot in slots { try verify(slot) }
  }

  private func verify(_ slot: Slot) throws(AccountProofError) {
    let key = slot.number.withBigEndianBytes { Keccak256.hash($0) }
    let row: [UInt8]?
    do {
      row = try TrieProof.verify(root: account.storageRoot, key: NibblePath(key), proof: slot.nodes)
    } catch { throw .slot(slot.number, error) }
    var proven = UInt256.zero
    if let row {
      guard let value = try? StateCommitment.decode(slotValue: row.rawSpan) else { throw .malformed(slot: slot.number) }
      proven = value
    }
    guard proven == slot.value else { throw .otherValue(slot: slot.number, proven: proven) }
  }

  private static func firstDifference(_ claimed: Account, _ proven: Account) -> String? {
    if claimed.nonce != proven.nonce { return "nonce" }
    if claimed.balance != proven.balance { return "balance" }
    if claimed.storageRoot != proven.storageRoot { return "storageHash" }
    return claimed.codeHash == proven.codeHash ? nil : "codeHash"
  }
}

/// Why a proof does not show what it says.
package enum AccountProofError: Error, Equatable, Sendable {
  /// The account's nodes prove nothing.
  case account(TrieProofError)

  /// A slot's nodes prove nothing.
  case slot(UInt256, TrieProofError)

  /// The nodes prove that the account holds something else.
  case otherAccount(field: String)

  /// The nodes prove that a slot holds something else.
  case otherValue(slot: UInt256, proven: UInt256)

  /// What the nodes prove to be there is no account, or no slot's value.
  case malformed(slot: UInt256?)
}

extension AccountProofError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .account(let error): "of the account, \(error)"
    case .slot(let slot, let error): "of slot \(slot.hex), \(error)"
    case .otherAccount(let field): "the nodes prove another \(field) of the account"
    case .otherValue(let slot, let proven): "the nodes prove \(proven.hex) in slot \(slot.hex)"
    case .malformed(let slot?): "what the nodes prove in slot \(slot.hex) is no value"
    case .malformed(nil): "what the nodes prove under the address is no account"
    }
  }
}
