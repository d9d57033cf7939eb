public import Primitives

/// The world as running code sees and changes it.
///
/// The machine knows the rules: what costs what, what is allowed, in which order things happen. The host knows the
/// facts, and only remembers: it keeps a journal, so that all that happened after a snapshot can be undone. That is
/// true of every change below (access marks of EIP-2929, logs and self-destruct marks too), with one exception, noted
/// at `touch`.
///
/// `Failure` is what reading the underlying state may throw. The machine passes it through and is not usable for the
/// rest of that message; the next `execute` starts afresh.
package protocol Host: ~Copyable {
  associatedtype Failure: Error

  // MARK: Accounts

  /// Whether the account is in the state, empty or not. Asked only before Spurious Dragon.
  mutating func exists(_ address: Address) throws(Failure) -> Bool

  /// Whether the account has no code, no balance and a nonce of zero (EIP-161); so has one that is not in the state.
  mutating func isEmpty(_ address: Address) throws(Failure) -> Bool

  /// In wei; zero for an account that is not in the state.
  mutating func balance(of address: Address) throws(Failure) -> UInt256

  mutating func nonce(of address: Address) throws(Failure) -> UInt64

  /// The hash of the account's code; `Keccak256.emptyHash` for one without code or not in the state.
  mutating func codeHash(of address: Address) throws(Failure) -> Hash256

  /// The account's code. The machine asks when it has not met the account's code hash before.
  mutating func code(of address: Address) throws(Failure) -> [UInt8]

  /// Whether any storage slot of the account is set, now or before the transaction (EIP-7610).
  mutating func hasStorage(_ address: Address) throws(Failure) -> Bool

  /// Marks the account as accessed; true when it had not been before in this transaction (EIP-2929). Never asked before
  /// Berlin.
  mutating func accessAccount(_ address: Address) throws(Failure) -> Bool

  // MARK: Changes to accounts

  /// Marks the account as touched: under EIP-161 (since Spurious Dragon) it leaves the state when the transaction ends
  /// if it is empty then; before, it is made, empty, if it is not there.
  ///
  /// A touch of 0x03 survives a revert: in block 2,675,119 of the main network that account went although the call
  /// that touched it had run out of gas.
  mutating func touch(_ address: Address) throws(Failure)

  /// Moves wei and touches both accounts. The machine has checked that `sender` has it; `sender` may be `recipient`.
  mutating func transfer(_ value: UInt256, from sender: Address, to recipient: Address) throws(Failure)

  mutating func setNonce(_ nonce: UInt64, of address: Address) throws(Failure)

  /// Starts a contract: the account is in the state with the balance it had and a nonce of zero, and counts as created
  /// in this transaction (EIP-6780).
  mutating func createAccount(_ address: Address) throws(Failure)

  /// Whether `createAccount` has been called for it in this transaction and not been undone.
  mutating func isCreatedInTransaction(_ address: Address) -> Bool

  mutating func setCode(_ code: [UInt8], hash: Hash256, of address: Address) throws(Failure)

  /// SELFDESTRUCT. Moves the whole balance to `beneficiary`, who is touched. When `destroying`, what is left of the
  /// balance (all of it, when the beneficiary is the account itself) goes and the account is marked to leave the state
  /// when the transaction ends. Answers whether it is marked now and was not before: what the refund depends on.
  mutating func selfDestruct(
    _ address: Address, beneficiary: Address, destroying: Bool
  ) throws(Failure) -> Bool

  // MARK: Storage

  /// Reads a slot and marks it as accessed.
  mutating func loadStorage(_ key: UInt256, of address: Address) throws(Failure) -> StorageRead

  /// What SSTORE must know of a slot to price a write (EIP-2200, 2929, 3529). Marks the slot as accessed.
  mutating func storageSlot(_ key: UInt256, of address: Address) throws(Failure) -> StorageSlot

  /// Writes a slot that `storageSlot` was asked about just before.
  mutating func setStorage(_ value: UInt256, at key: UInt256, of address: Address) throws(Failure)

  /// Reads transient storage, which every transaction finds empty (EIP-1153).
  mutating func transientStorage(_ key: UInt256, of address: Address) -> UInt256

  mutating func setTransientStorage(_ value: UInt256, at key: UInt256, of address: Address)

  // MARK: The rest

  /// Adds a log record.
  mutating func log(address: Address, topics: [Hash256], data: [UInt8])

  /// The hash of one of the 256 blocks before this one: the machine has checked that it is one of those.
  mutating func blockHash(_ number: UInt64) throws(Failure) -> Hash256

  /// Marks this point of the journal. Marks nest: reverting to one forgets those after it.
  mutating func snapshot() -> Int

  /// Undoes everything since the mark.
  mutating func revert(to snapshot: Int)
}

/// The answer to SLOAD.
@frozen
public struct StorageRead: Hashable, Sendable {
  public var value: UInt256

  /// Whether the slot had not been accessed before in this transaction.
  public var isCold: Bool

  @inlinable
  public init(value: UInt256, isCold: Bool) {
    self.value = value
    self.isCold = isCold
  }
}

/// What the price of a storage write depends on.
@frozen
public struct StorageSlot: Hashable, Sendable {
  /// The value before the transaction.
  public var original: UInt256

  /// The value now.
  public var current: UInt256

  /// Whether the slot had not been accessed before in this transaction.
  public var isCold: Bool

  @inlinable
  public init(original: UInt256, current: UInt256, isCold: Bool) {
    self.original = original
    self.current = current
    self.isCold = isCold
  }
}
