/// How a call inside a transaction ended.
@safe
package struct Outcome {
  package var status: ExecutionResult.Status

  /// What comes back to the caller.
  package var gas: Int
  package var refund: Int64

  /// Lies in the memory of the frame that ended, and stays there until the caller calls again.
  package var output: UnsafeRawBufferPointer

  @inlinable
  package init(
    _ status: ExecutionResult.Status, gas: Int, refund: Int64 = 0, output: UnsafeRawBufferPointer
  ) {
    self.status = status
    self.gas = gas
    self.refund = refund
    unsafe self.output = unsafe output
  }

  /// Nothing comes back but gas.
  @inlinable
  package init(_ status: ExecutionResult.Status, gas: Int, refund: Int64 = 0) {
    unsafe self.init(status, gas: gas, refund: refund, output: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The call broke a rule: its gas is gone.
  @inlinable
  package static func failed(_ halt: Halt) -> Outcome {
    Outcome(.failure(halt), gas: 0)
  }
}
