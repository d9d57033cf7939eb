package import Primitives

/// The outermost call of a transaction, or a system call.
///
/// Whoever makes it has already charged the intrinsic gas, raised the sender's nonce, and warmed what starts warm
/// (EIP-2929, 2930, 3651): the sender, the recipient or the address to be, the precompiles, the access list.
package struct Message: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Runs the code at `recipient` on `input`. When that code is a delegation (EIP-7702), what it points to runs, and
    /// is warmed.
    case call
    /// Runs `input` as the code that makes the contract `recipient`.
    case create
  }

  package var kind: Kind

  /// Who CALLER names and whose balance `value` comes from.
  package var sender: Address

  /// The account called, or the address of the contract to be: see `ContractAddress`.
  package var recipient: Address

  /// Wei to move. The sender has it: the caller of `execute` has checked.
  package var value: UInt256

  /// Call data, or the code that makes the contract.
  package var input: [UInt8]

  /// What may be spent. At most 2⁶³ − 1; more counts as that.
  package var gas: UInt64

  package init(
    kind: Kind, sender: Address, recipient: Address, value: UInt256, input: [UInt8], gas: UInt64
  ) {
    self.kind = kind
    self.sender = sender
    self.recipient = recipient
    self.value = value
    self.input = input
    self.gas = gas
  }
}
