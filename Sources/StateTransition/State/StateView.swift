package import Primitives

/// What the state transition may know of the world: the state before the block, and the hashes of its ancestors.
///
/// A database, a dictionary and a witness all serve it. An answer must be the same every time it is asked for, and
/// must not depend on anything but the state. Each thing is asked for at most once per block, so an implementation need
/// not cache, and one dynamic call per question is lost in the cost of the answer.
package protocol StateView {
  /// The account at `address`; nil when the state has none.
  func account(_ address: Address) throws(StateReadError) -> Account?

  /// Several accounts, in this order, where asking for them together costs less; nil where it does not.
  func accounts(_ addresses: [Address]) throws(StateReadError) -> [Account?]?

  /// The value of a storage slot; zero when it was never set. Asked only of accounts that have storage.
  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256

  /// The code with this Keccak-256, which an account of the state names. Never asked for the empty code.
  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8]

  /// The hash of an ancestor, which is at most 256 blocks before the one that runs.
  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256
}

extension StateView {
  package func accounts(_ addresses: [Address]) throws(StateReadError) -> [Account?]? { nil }
}

/// The state could not be read: the caller's storage failed, or what it holds is not what was stored.
package struct StateReadError: Error, Equatable, CustomStringConvertible {
  /// What could not be read, why, and what to do about it; one sentence.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
