/// The rule that code broke (yellow paper, section 9.4.2, and the EIPs since). All of them cost all gas.
package enum Halt: UInt8, CaseIterable, Error, Sendable {
  case outOfGas
  case stackUnderflow
  case stackOverflow
  case invalidInstruction
  case invalidJump
  /// Something that changes the state, in a static call (EIP-214).
  case staticStateChange
  /// RETURNDATACOPY beyond the end of the data (EIP-211).
  case returnDataOutOfBounds
  /// An account with code, a nonce or storage stands where a contract should be made (EIP-684, 7610).
  case addressCollision
  /// Deployed code of more than 24,576 bytes (EIP-170).
  case codeTooLarge
  /// Code that makes a contract, of more than 49,152 bytes (EIP-3860).
  case initcodeTooLarge
  /// Deployed code that starts with 0xef (EIP-3541).
  case reservedCode
  /// A precompiled contract refused its input.
  case precompileFailure
}
