import Primitives
import StateTrie

/// The state while a block runs: the view it started from with everything written since on top.
///
/// It remembers, for the transaction that runs, which accounts were touched (EIP-161 looks at those when the
/// transaction ends) and, for the block, what each account was before.
struct StateJournal {
  /// Every account read or written in this block, as it is now.
  private var current: [Address: Account?] = [:]

  /// Accounts written in this block, as they were before it.
  private var original: [Address: Account?] = [:]

  /// Accounts written by the running transaction, changed or not.
  private var touched: Set<Address> = []

  /// The account as it is now. Asks the view the first time only.
  mutating func account(
    _ address: Address, in view: borrowing some StateView & ~Copyable & ~Escapable
  ) throws(StateReadError) -> Account? {
    if let known = current[address] { return known }
    let account = try view.account(address)
    current.updateValue(account, forKey: address)
    return account
  }

  /// Sets the account, which must have been read before. Touches it.
  mutating func set(_ account: Account, at address: Address) {
    guard let previous = current[address] else { preconditionFailure("an account is read before it is written") }
    if original[address] == nil { original.updateValue(previous, forKey: address) }
    current.updateValue(account, forKey: address)
    touched.insert(address)
  }

  /// Ends a transaction: under EIP-161 the touched accounts that are empty leave the state.
  mutating func endTransaction(clearingEmptyAccounts: Bool) {
    if clearingEmptyAccounts {
      for address in touched where current[address]??.isEmpty == true {
        current.updateValue(nil, forKey: address)
      }
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// What the block has changed so far; an account that was changed back is left out. O(n log n) in accounts written.
  func diff() -> StateDiff {
    StateDiff(
      original.compactMap { address, before in
        let now = current[address] ?? nil
        if now == before { return nil }
        // Nothing writes storage, so a root that has changed is that of an account made anew.
        let clearsStorage = before?.storageRoot ?? Trie.emptyRoot != now?.storageRoot ?? Trie.emptyRoot
        return StateDiff.AccountChange(address: address, account: now, clearsStorage: clearsStorage)
      })
  }
}
