package import Primitives

/// What the state transition may know of the world: the state before the block.
///
/// A database, a dictionary and a witness all serve it. An answer must be the same every time it is asked for, and
/// must not depend on anything but the state.
package protocol StateView: ~Copyable, ~Escapable {
  /// The account at `address`; nil when the state has none.
  func account(_ address: Address) throws(StateReadError) -> Account?
}

/// The state could not be read: the caller's storage failed, or what it holds is not what was stored.
package struct StateReadError: Error, CustomStringConvertible {
  /// What could not be read, why, and what to do about it; one sentence.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
