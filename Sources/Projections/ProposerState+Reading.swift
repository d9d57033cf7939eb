package import Primitives
package import StateTransition

// The state as whoever holds its rows reads it: of the newest block, or of an earlier one where history is kept.
extension ProposerState {
  /// Nil when the state has no such account. One lookup.
  package static func account(_ address: Address, in view: ProjectionView) throws(FoldError) -> Account? {
    try state { () throws(StateReadError) in try StoredState(view).account(address) }
  }

  /// Zero for a slot that holds nothing. One lookup.
  package static func storage(
    _ address: Address, _ slot: UInt256, in view: ProjectionView
  ) throws(FoldError) -> UInt256 {
    try state { () throws(StateReadError) in try StoredState(view).storage(address, slot) }
  }

  /// The code of an account. One lookup.
  package static func code(of account: Account, in view: ProjectionView) throws(FoldError) -> [UInt8] {
    guard account.hasCode else { return [] }
    return try state { () throws(StateReadError) in try StoredState(view).code(account.codeHash) }
  }

  /// The nodes of all tries.
  package static func nodes(in view: ProjectionView) -> some StateNodeReader { StoredNodes(view) }

  private static func state<R>(_ body: () throws(StateReadError) -> R) throws(FoldError) -> R {
    do { return try body() } catch {
      throw .rows(TableReadError(table: accounts, reason: "\(error)"))
    }
  }
}
