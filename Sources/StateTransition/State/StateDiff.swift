package import Primitives

/// What a run of transactions did to the state.
package struct StateDiff: Hashable, Sendable {
  /// A storage slot and its new value; zero removes it.
  package struct SlotChange: Hashable, Sendable {
    package let slot: UInt256
    package let value: UInt256

    /// Whether the slot is known not to have been zero.
    package let replaces: Bool

    package init(slot: UInt256, value: UInt256, replaces: Bool = false) {
      self.slot = slot
      self.value = value
      self.replaces = replaces
    }
  }

  /// The new value of one account.
  package struct AccountChange: Hashable, Sendable {
    package let address: Address

    /// The account as it is now; nil when it was removed, with its storage. Its `storageRoot` is that of the state
    /// before, or the empty one when the storage is cleared: a diff's commitment computes the new one.
    package let account: Account?

    /// Whether storage that was there is gone: the account was removed, and may since have been made anew.
    package let clearsStorage: Bool

    /// By ascending slot; on top of nothing when the storage is cleared.
    package let storage: [SlotChange]

    /// Whether the account is known to have been there before.
    package let replaces: Bool

    /// The slots may come in any order; none twice.
    package init(
      address: Address, account: Account?, clearsStorage: Bool = false, storage: [SlotChange] = [],
      replaces: Bool = false
    ) {
      self.address = address
      self.account = account
      self.clearsStorage = clearsStorage
      self.storage = storage.count > 1 ? storage.sorted { $0.slot < $1.slot } : storage
      self.replaces = replaces
    }
  }

  /// Code that no account had when the run began, or that one was given again.
  package struct NewCode: Hashable, Sendable {
    /// Keccak-256 of the code.
    package let hash: Hash256
    package let code: [UInt8]

    package init(hash: Hash256, code: [UInt8]) {
      self.hash = hash
      self.code = code
    }
  }

  /// Accounts that are different, or have different storage, by ascending address.
  package let accounts: [AccountChange]

  /// By ascending hash.
  package let code: [NewCode]

  /// The changes, in any order; no address and no hash twice.
  package init(_ changes: [AccountChange], code: [NewCode] = []) {
    // Places are moved about, and not the changes, of which each is large.
    let order = changes.enumerated().map { (address: $1.address, place: $0) }.sorted { $0.address < $1.address }
    accounts = order.map { changes[$0.place] }
    self.code = code.sorted { $0.hash < $1.hash }
  }

  /// Whether nothing changed.
  package var isEmpty: Bool { accounts.isEmpty && code.isEmpty }
}
