package import EVM
package import Primitives

/// The accounts that tests use.
package enum Accounts {
  package static let sender = Address(0, 0, 0xaaaa)
  package static let contract = Address(0, 0, 0xcccc)
  package static let other = Address(0, 0, 0xdddd)
}

extension BlockEnvironment {
  package static let test = BlockEnvironment(
    number: 1000, timestamp: 1_700_000_000, beneficiary: Address(0, 0, 0xc0), gasLimit: 30_000_000, baseFee: 7,
    difficultyOrPrevRandao: 0x1234_5678, blobBaseFee: 3, chainID: 1)
}

extension TransactionEnvironment {
  package static let test = TransactionEnvironment(
    origin: Accounts.sender, gasPrice: 10, blobHashes: [Hash256(1, 2, 3, 4), Hash256(5, 6, 7, 8)])
}

/// Runs code in a fresh world.
package func run(
  _ code: [UInt8], input: [UInt8] = [], gas: UInt64 = 10_000_000, value: UInt256 = .zero,
  revision: Revision = .osaka, accounts: [Address: World.Account] = [:]
) -> (result: ExecutionResult, world: World) {
  var all = accounts
  all[Accounts.sender] = World.Account(balance: 1_000_000_000_000_000_000, nonce: 1)
  all[Accounts.contract] = World.Account(balance: 1_000_000, nonce: 1, code: code)
  var world = World(all, revision: revision)
  let message = Message(
    kind: .call, sender: Accounts.sender, recipient: Accounts.contract, value: value, input: input, gas: gas)
  let result = Machine(revision: revision).execute(message, block: .test, transaction: .test, host: &world)
  return (result, world)
}

extension UInt256 {
  /// The code that pushes the number.
  package var pushed: [UInt8] { [0x7f] + bigEndianBytes }
}

/// Code that returns the word on top of the stack.
package let returnTop: [UInt8] = [0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]
