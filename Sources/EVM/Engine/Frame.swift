package import Primitives

/// One call while it runs: all that the instructions need, in memory that the machine's arena owns.
///
/// Only trivial types, so that a handler touches no reference count. The first three fields are the registers: the
/// handlers pass them on from one to the next, and they are up to date here only while the loop is left.
@safe
package struct Frame: BitwiseCopyable {
  /// The instruction at hand. Behind the code stand 33 zero bytes: STOP, and room for the longest PUSH.
  package var pc: UnsafePointer<UInt8>

  /// The top of the stack; one below `stack` when that is empty.
  package var top: UnsafeMutablePointer<UInt256>

  /// What is left to spend. Negative only between a charge and its check.
  package var gas: Int

  /// The lowest place of the stack; there are 1,024.
  package var stack: UnsafeMutablePointer<UInt256>

  package var memory: UnsafeMutableRawPointer

  /// In bytes, a multiple of 32: what MSIZE tells. Bytes below are initialised.
  package var memorySize: Int

  package var memoryCapacity: Int

  package var code: UnsafePointer<UInt8>
  package var codeCount: Int

  /// Bit n tells whether byte n of the code is a JUMPDEST that no PUSH swallows.
  package var jumpDestinations: UnsafePointer<UInt8>

  package var input: UnsafePointer<UInt8>
  package var inputCount: Int

  /// What the last call returned (EIP-211): it lies in the memory of the frame above this one.
  package var returnData: UnsafePointer<UInt8>
  package var returnDataCount: Int

  /// Block and transaction.
  package var environment: UnsafePointer<Environment>

  /// Whose storage and balance the code works on.
  package var address: Address
  package var caller: Address
  package var value: UInt256

  /// Whether changes of the state are forbidden (EIP-214).
  package var isStatic: Bool

  /// Whether the code makes a contract: what it returns is then the contract's code.
  package var isCreation: Bool

  /// Where this frame wants the output of the call it waits for.
  package var outputOffset: Int
  package var outputCount: Int

  /// The address of the contract whose creation this frame waits for.
  package var created: Address?

  /// The host's journal when the call began.
  package var snapshot: Int

  /// What this call and those below it that succeeded have earned back. May be negative (EIP-1283).
  package var refund: Int64
}

extension Frame {
  /// How many items the stack takes.
  package static var stackCapacity: Int { 1024 }

  /// How many zero bytes stand behind code.
  package static var codePadding: Int { 33 }

  /// The greatest size of memory in bytes. Reaching it would cost 3.5 · 10¹³ gas.
  package static var memoryLimit: UInt64 { 1 &<< 32 }

  /// How deep calls may nest: 1,024 below the outermost.
  package static var depthLimit: Int { 1024 }
}
