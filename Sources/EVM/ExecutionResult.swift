/// How a message ended.
package struct ExecutionResult: Hashable, Sendable {
  package enum Status: Hashable, Sendable {
    case success
    /// The code undid its changes itself (EIP-140); unspent gas comes back.
    case revert
    /// The code broke a rule: its changes are undone and its gas is gone.
    case failure(Halt)
  }

  package let status: Status

  /// What is left of the message's gas; zero after a failure.
  package let gasLeft: UInt64

  /// What the code has earned back, before the cap that the transaction puts on it; zero unless it succeeded. Never
  /// negative once the whole transaction is counted.
  package let gasRefund: Int64

  /// What the code returned or reverted with; for a creation that succeeded, the contract's code.
  package let output: [UInt8]

  package var isSuccess: Bool { status == .success }

  package init(status: Status, gasLeft: UInt64, gasRefund: Int64, output: [UInt8]) {
    self.status = status
    self.gasLeft = gasLeft
    self.gasRefund = gasRefund
    self.output = output
  }
}
