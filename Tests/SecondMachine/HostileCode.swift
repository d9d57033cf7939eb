package import EVM
package import Primitives

/// Programs that nest or last, on a native stack that cannot hold anything that grows with them.
package enum HostileCode {
  private static let stackSize = 512 << 10

  /// How deep calls go that have the gas for more: slot 0 counts them.
  package static func nestedCalls() -> UInt256? {
    // Calls itself with all gas, then counts: one more in slot 0.
    let code: [UInt8] =
      [0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1, 0x50, 0x5f, 0x54, 0x60, 0x01, 0x01, 0x5f, 0x55]
    return onStack(of: stackSize) {
      run(code, gas: 1 << 55).world.state.accounts[Accounts.contract]?.storage[.zero]
    }
  }

  /// How many contracts make one another, one inside the other.
  package static func nestedCreations() -> Int {
    // Copies its own code into memory and creates a contract with it.
    let code: [UInt8] = [0x38, 0x5f, 0x5f, 0x39, 0x38, 0x5f, 0x5f, 0xf0]
    // The sender and the contract stand there before.
    return onStack(of: stackSize) { run(code, gas: 1 << 55).world.state.accounts.count - 2 }
  }

  /// The gas that a loop of seven instructions costs.
  package static func loop(rounds: UInt64) -> UInt64 {
    // Counts down to zero: JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 dest JUMPI.
    let code = UInt256(rounds).pushed + [0x5b, 0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 33, 0x57]
    return onStack(of: stackSize) { 1 << 40 - run(code, gas: 1 << 40).result.gasLeft }
  }

  /// Makes so many contracts with initcode of this length, which before EIP-3860 costs nothing but its memory. How many
  /// were made, and the gas it took.
  package static func creations(
    _ count: UInt16, initcodeSize: Int, revision: Revision
  ) -> (made: Int, gas: UInt64) {
    // CALLDATASIZE PUSH1 0 PUSH1 0 CALLDATACOPY, then CREATE of all that, counting down.
    let code: [UInt8] = [
      0x36, 0x60, 0, 0x60, 0, 0x37, 0x61, UInt8(count >> 8), UInt8(count & 0xff), 0x5b, 0x36, 0x60, 0, 0x60, 0, 0xf0,
      0x50, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 9, 0x57,
    ]
    // Jump destinations behind a STOP.
    let initcode = [0x00] + [UInt8](repeating: 0x5b, count: initcodeSize - 1)
    let (result, world) = run(code, input: initcode, gas: 1 << 40, revision: revision)
    // The sender and the contract stand there before.
    return (world.state.accounts.count - 2, 1 << 40 - result.gasLeft)
  }
}
