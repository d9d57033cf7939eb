package import Primitives

/// What a run of transactions did to the state: the accounts that are different, each once, by ascending address.
package struct StateDiff: Hashable, Sendable {
  /// The new value of one account.
  package struct AccountChange: Hashable, Sendable {
    package let address: Address

    /// The account as it is now; nil when it was removed, with its storage.
    package let account: Account?

    /// Whether storage that was there is gone: the account was removed, and may since have been made anew.
    package let clearsStorage: Bool

    package init(address: Address, account: Account?, clearsStorage: Bool = false) {
      self.address = address
      self.account = account
      self.clearsStorage = clearsStorage
    }
  }

  /// By ascending address.
  package let accounts: [AccountChange]

  /// The changes, in any order; no address twice.
  package init(_ changes: [AccountChange]) {
    accounts = changes.sorted { $0.address < $1.address }
  }
}
