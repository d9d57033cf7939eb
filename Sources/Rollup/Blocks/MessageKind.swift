/// What a message in the contract's inbox is.
package enum MessageKind: UInt64, CaseIterable, Sendable {
  /// A signed transaction in its EIP-2718 bytes.
  case transaction = 0
  /// A call by the sender itself, with value minted for it if it likes.
  case deposit = 1
}
