// The opcode table: one row per opcode, for all forks and for both ways of driving the loop.

/// An instruction: what it is called, what it takes and leaves, what it costs at least, since when there is one, and
/// what carries it out.
///
/// Handlers check the stack and charge the base gas themselves, with constants of their own: measured, that is 1.2
/// times as fast as looking here. A test holds them to the table. For what the machine serves (`evmWorld`), the row is
/// what is checked and charged.
@safe
package struct Opcode: Sendable {
  package let byte: UInt8
  package let name: String
  /// Items it takes from the stack, and items it leaves there; DUP and SWAP count all they touch.
  package let taken: Int
  package let left: Int
  /// Gas, in so far as it is the same in every fork and whatever the operands are.
  package let gas: Int
  package let since: Revision
  let handler: Handler

  init(
    _ byte: UInt8, _ name: String, _ taken: Int, _ left: Int, gas: Int, _ handler: Handler,
    since: Revision = .frontier
  ) {
    self.byte = byte
    self.name = name
    self.taken = taken
    self.left = left
    self.gas = gas
    self.since = since
    unsafe self.handler = unsafe handler
  }

  /// The instruction that the byte stands for, in any fork.
  package static func named(_ byte: UInt8) -> Opcode? {
    all.first { $0.byte == byte }
  }

  /// Rising by opcode.
  package static let all: [Opcode] = unsafe [
    Opcode(0x00, "STOP", 0, 0, gas: 0, evmWorld),
    Opcode(0x01, "ADD", 2, 1, gas: 3, evmAdd),
    Opcode(0x02, "MUL", 2, 1, gas: 5, evmMul),
    Opcode(0x03, "SUB", 2, 1, gas: 3, evmSub),
    Opcode(0x04, "DIV", 2, 1, gas: 5, evmDiv),
    Opcode(0x05, "SDIV", 2, 1, gas: 5, evmSdiv),
    Opcode(0x06, "MOD", 2, 1, gas: 5, evmMod),
    Opcode(0x07, "SMOD", 2, 1, gas: 5, evmSmod),
    Opcode(0x08, "ADDMOD", 3, 1, gas: 8, evmAddmod),
    Opcode(0x09, "MULMOD", 3, 1, gas: 8, evmMulmod),
    Opcode(0x0a, "EXP", 2, 1, gas: 10, evmExp),
    Opcode(0x0b, "SIGNEXTEND", 2, 1, gas: 5, evmSignextend),
    Opcode(0x10, "LT", 2, 1, gas: 3, evmLt),
    Opcode(0x11, "GT", 2, 1, gas: 3, evmGt),
    Opcode(0x12, "SLT", 2, 1, gas: 3, evmSlt),
    Opcode(0x13, "SGT", 2, 1, gas: 3, evmSgt),
    Opcode(0x14, "EQ", 2, 1, gas: 3, evmEq),
    Opcode(0x15, "ISZERO", 1, 1, gas: 3, evmIszero),
    Opcode(0x16, "AND", 2, 1, gas: 3, evmAnd),
    Opcode(0x17, "OR", 2, 1, gas: 3, evmOr),
    Opcode(0x18, "XOR", 2, 1, gas: 3, evmXor),
    Opcode(0x19, "NOT", 1, 1, gas: 3, evmNot),
    Opcode(0x1a, "BYTE", 2, 1, gas: 3, evmByte),
    Opcode(0x1b, "SHL", 2, 1, gas: 3, evmShl, since: .constantinople),
    Opcode(0x1c, "SHR", 2, 1, gas: 3, evmShr, since: .constantinople),
    Opcode(0x1d, "SAR", 2, 1, gas: 3, evmSar, since: .constantinople),
    Opcode(0x1e, "CLZ", 1, 1, gas: 5, evmClz, since: .osaka),
    Opcode(0x20, "KECCAK256", 2, 1, gas: 30, evmKeccak256),
    Opcode(0x30, "ADDRESS", 0, 1, gas: 2, evmAddress),
    Opcode(0x31, "BALANCE", 1, 1, gas: 0, evmWorld),
    Opcode(0x32, "ORIGIN", 0, 1, gas: 2, evmOrigin),
    Opcode(0x33, "CALLER", 0, 1, gas: 2, evmCaller),
    Opcode(0x34, "CALLVALUE", 0, 1, gas: 2, evmCallvalue),
    Opcode(0x35, "CALLDATALOAD", 1, 1, gas: 3, evmCalldataload),
    Opcode(0x36, "CALLDATASIZE", 0, 1, gas: 2, evmCalldatasize),
    Opcode(0x37, "CALLDATACOPY", 3, 0, gas: 3, evmCalldatacopy),
    Opcode(0x38, "CODESIZE", 0, 1, gas: 2, evmCodesize),
    Opcode(0x39, "CODECOPY", 3, 0, gas: 3, evmCodecopy),
    Opcode(0x3a, "GASPRICE", 0, 1, gas: 2, evmGasprice),
    Opcode(0x3b, "EXTCODESIZE", 1, 1, gas: 0, evmWorld),
    Opcode(0x3c, "EXTCODECOPY", 4, 0, gas: 0, evmWorld),
    Opcode(0x3d, "RETURNDATASIZE", 0, 1, gas: 2, evmReturndatasize, since: .byzantium),
    Opcode(0x3e, "RETURNDATACOPY", 3, 0, gas: 3, evmReturndatacopy, since: .byzantium),
    Opcode(0x3f, "EXTCODEHASH", 1, 1, gas: 0, evmWorld, since: .constantinople),
    Opcode(0x40, "BLOCKHASH", 1, 1, gas: 20, evmWorld),
    Opcode(0x41, "COINBASE", 0, 1, gas: 2, evmCoinbase),
    Opcode(0x42, "TIMESTAMP", 0, 1, gas: 2, evmTimestamp),
    Opcode(0x43, "NUMBER", 0, 1, gas: 2, evmNumber),
    Opcode(0x44, "PREVRANDAO", 0, 1, gas: 2, evmPrevrandao),
    Opcode(0x45, "GASLIMIT", 0, 1, gas: 2, evmGaslimit),
    Opcode(0x46, "CHAINID", 0, 1, gas: 2, evmChainid, since: .istanbul),
    Opcode(0x47, "SELFBALANCE", 0, 1, gas: 5, evmWorld, since: .istanbul),
    Opcode(0x48, "BASEFEE", 0, 1, gas: 2, evmBasefee, since: .london),
    Opcode(0x49, "BLOBHASH", 1, 1, gas: 3, evmBlobhash, since: .cancun),
    Opcode(0x4a, "BLOBBASEFEE", 0, 1, gas: 2, evmBlobbasefee, since: .cancun),
    Opcode(0x50, "POP", 1, 0, gas: 2, evmPop),
    Opcode(0x51, "MLOAD", 1, 1, gas: 3, evmMload),
    Opcode(0x52, "MSTORE", 2, 0, gas: 3, evmMstore),
    Opcode(0x53, "MSTORE8", 2, 0, gas: 3, evmMstore8),
    Opcode(0x54, "SLOAD", 1, 1, gas: 0, evmWorld),
    Opcode(0x55, "SSTORE", 2, 0, gas: 0, evmWorld),
    Opcode(0x56, "JUMP", 1, 0, gas: 8, evmJump),
    Opcode(0x57, "JUMPI", 2, 0, gas: 10, evmJumpi),
    Opcode(0x58, "PC", 0, 1, gas: 2, evmPc),
    Opcode(0x59, "MSIZE", 0, 1, gas: 2, evmMsize),
    Opcode(0x5a, "GAS", 0, 1, gas: 2, evmGas),
    Opcode(0x5b, "JUMPDEST", 0, 0, gas: 1, evmJumpdest),
    Opcode(0x5c, "TLOAD", 1, 1, gas: 100, evmWorld, since: .cancun),
    Opcode(0x5d, "TSTORE", 2, 0, gas: 100, evmWorld, since: .cancun),
    Opcode(0x5e, "MCOPY", 3, 0, gas: 3, evmMcopy, since: .cancun),
    Opcode(0x5f, "PUSH0", 0, 1, gas: 2, evmPush0, since: .shanghai),
    Opcode(0x60, "PUSH1", 0, 1, gas: 3, evmPush1),
    Opcode(0x61, "PUSH2", 0, 1, gas: 3, evmPush2),
    Opcode(0x62, "PUSH3", 0, 1, gas: 3, evmPush3),
    Opcode(0x63, "PUSH4", 0, 1, gas: 3, evmPush4),
    Opcode(0x64, "PUSH5", 0, 1, gas: 3, evmPush5),
    Opcode(0x65, "PUSH6", 0, 1, gas: 3, evmPush6),
    Opcode(0x66, "PUSH7", 0, 1, gas: 3, evmPush7),
    Opcode(0x67, "PUSH8", 0, 1, gas: 3, evmPush8),
    Opcode(0x68, "PUSH9", 0, 1, gas: 3, evmPush9),
    Opcode(0x69, "PUSH10", 0, 1, gas: 3, evmPush10),
    Opcode(0x6a, "PUSH11", 0, 1, gas: 3, evmPush11),
    Opcode(0x6b, "PUSH12", 0, 1, gas: 3, evmPush12),
    Opcode(0x6c, "PUSH13", 0, 1, gas: 3, evmPush13),
    Opcode(0x6d, "PUSH14", 0, 1, gas: 3, evmPush14),
    Opcode(0x6e, "PUSH15", 0, 1, gas: 3, evmPush15),
    Opcode(0x6f, "PUSH16", 0, 1, gas: 3, evmPush16),
    Opcode(0x70, "PUSH17", 0, 1, gas: 3, evmPush17),
    Opcode(0x71, "PUSH18", 0, 1, gas: 3, evmPush18),
    Opcode(0x72, "PUSH19", 0, 1, gas: 3, evmPush19),
    Opcode(0x73, "PUSH20", 0, 1, gas: 3, evmPush20),
    Opcode(0x74, "PUSH21", 0, 1, gas: 3, evmPush21),
    Opcode(0x75, "PUSH22", 0, 1, gas: 3, evmPush22),
    Opcode(0x76, "PUSH23", 0, 1, gas: 3, evmPush23),
    Opcode(0x77, "PUSH24", 0, 1, gas: 3, evmPush24),
    Opcode(0x78, "PUSH25", 0, 1, gas: 3, evmPush25),
    Opcode(0x79, "PUSH26", 0, 1, gas: 3, evmPush26),
    Opcode(0x7a, "PUSH27", 0, 1, gas: 3, evmPush27),
    Opcode(0x7b, "PUSH28", 0, 1, gas: 3, evmPush28),
    Opcode(0x7c, "PUSH29", 0, 1, gas: 3, evmPush29),
    Opcode(0x7d, "PUSH30", 0, 1, gas: 3, evmPush30),
    Opcode(0x7e, "PUSH31", 0, 1, gas: 3, evmPush31),
    Opcode(0x7f, "PUSH32", 0, 1, gas: 3, evmPush32),
    Opcode(0x80, "DUP1", 1, 2, gas: 3, evmDup1),
    Opcode(0x81, "DUP2", 2, 3, gas: 3, evmDup2),
    Opcode(0x82, "DUP3", 3, 4, gas: 3, evmDup3),
    Opcode(0x83, "DUP4", 4, 5, gas: 3, evmDup4),
    Opcode(0x84, "DUP5", 5, 6, gas: 3, evmDup5),
    Opcode(0x85, "DUP6", 6, 7, gas: 3, evmDup6),
    Opcode(0x86, "DUP7", 7, 8, gas: 3, evmDup7),
    Opcode(0x87, "DUP8", 8, 9, gas: 3, evmDup8),
    Opcode(0x88, "DUP9", 9, 10, gas: 3, evmDup9),
    Opcode(0x89, "DUP10", 10, 11, gas: 3, evmDup10),
    Opcode(0x8a, "DUP11", 11, 12, gas: 3, evmDup11),
    Opcode(0x8b, "DUP12", 12, 13, gas: 3, evmDup12),
    Opcode(0x8c, "DUP13", 13, 14, gas: 3, evmDup13),
    Opcode(0x8d, "DUP14", 14, 15, gas: 3, evmDup14),
    Opcode(0x8e, "DUP15", 15, 16, gas: 3, evmDup15),
    Opcode(0x8f, "DUP16", 16, 17, gas: 3, evmDup16),
    Opcode(0x90, "SWAP1", 2, 2, gas: 3, evmSwap1),
    Opcode(0x91, "SWAP2", 3, 3, gas: 3, evmSwap2),
    Opcode(0x92, "SWAP3", 4, 4, gas: 3, evmSwap3),
    Opcode(0x93, "SWAP4", 5, 5, gas: 3, evmSwap4),
    Opcode(0x94, "SWAP5", 6, 6, gas: 3, evmSwap5),
    Opcode(0x95, "SWAP6", 7, 7, gas: 3, evmSwap6),
    Opcode(0x96, "SWAP7", 8, 8, gas: 3, evmSwap7),
    Opcode(0x97, "SWAP8", 9, 9, gas: 3, evmSwap8),
    Opcode(0x98, "SWAP9", 10, 10, gas: 3, evmSwap9),
    Opcode(0x99, "SWAP10", 11, 11, gas: 3, evmSwap10),
    Opcode(0x9a, "SWAP11", 12, 12, gas: 3, evmSwap11),
    Opcode(0x9b, "SWAP12", 13, 13, gas: 3, evmSwap12),
    Opcode(0x9c, "SWAP13", 14, 14, gas: 3, evmSwap13),
    Opcode(0x9d, "SWAP14", 15, 15, gas: 3, evmSwap14),
    Opcode(0x9e, "SWAP15", 16, 16, gas: 3, evmSwap15),
    Opcode(0x9f, "SWAP16", 17, 17, gas: 3, evmSwap16),
    Opcode(0xa0, "LOG0", 2, 0, gas: 375, evmWorld),
    Opcode(0xa1, "LOG1", 3, 0, gas: 750, evmWorld),
    Opcode(0xa2, "LOG2", 4, 0, gas: 1125, evmWorld),
    Opcode(0xa3, "LOG3", 5, 0, gas: 1500, evmWorld),
    Opcode(0xa4, "LOG4", 6, 0, gas: 1875, evmWorld),
    Opcode(0xf0, "CREATE", 3, 1, gas: 32000, evmWorld),
    Opcode(0xf1, "CALL", 7, 1, gas: 0, evmWorld),
    Opcode(0xf2, "CALLCODE", 7, 1, gas: 0, evmWorld),
    Opcode(0xf3, "RETURN", 2, 0, gas: 0, evmWorld),
    Opcode(0xf4, "DELEGATECALL", 6, 1, gas: 0, evmWorld, since: .homestead),
    Opcode(0xf5, "CREATE2", 4, 1, gas: 32000, evmWorld, since: .constantinople),
    Opcode(0xfa, "STATICCALL", 6, 1, gas: 0, evmWorld, since: .byzantium),
    Opcode(0xfd, "REVERT", 2, 0, gas: 0, evmWorld, since: .byzantium),
    Opcode(0xfe, "INVALID", 0, 0, gas: 0, evmInvalid),
    Opcode(0xff, "SELFDESTRUCT", 1, 0, gas: 0, evmWorld),
  ]
}
