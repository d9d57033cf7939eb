import EVM
import Hashing
import Primitives
import SecondMachine
import Testing

@Suite("Creations")
struct CreationTests {
  /// What stands where a contract is to be made, and whether it may.
  private static let obstacles: [(account: World.Account, isInTheWay: Bool)] = [
    (World.Account(balance: 3), false), (World.Account(nonce: 1), true), (World.Account(code: [0x00]), true),
    (World.Account(storage: [7: 1]), true), (World.Account(balance: 3, storage: [7: 1]), true),
  ]

  /// Leaves one byte of code, a STOP.
  private let initcode: [UInt8] = [0x60, 0x01, 0x60, 0x00, 0xf3]

  @Test(
    "a transaction's contract is not made where there is code, a nonce or storage (EIP-684, 7610)",
    arguments: Revision.allCases)
  func outermost(revision: Revision) {
    let recipient = ContractAddress.create(sender: Accounts.sender, nonce: 1)
    for (account, isInTheWay) in Self.obstacles {
      var world = World([Accounts.sender: World.Account(nonce: 2), recipient: account], revision: revision)
      let before = world.state
      let result = Machine(revision: revision).execute(
        Message(
          kind: .create, sender: Accounts.sender, recipient: recipient, value: 0, input: initcode, gas: 100_000),
        block: .test, transaction: .test, host: &world)
      #expect(result.status == (isInTheWay ? .failure(.addressCollision) : .success))
      #expect(isInTheWay == (result.gasLeft == 0))
      #expect(isInTheWay == (world.state == before))
      if !isInTheWay { #expect(world.state.accounts[recipient]?.code == [0x00]) }
    }
  }

  @Test("neither CREATE nor CREATE2 makes one there, and its gas is gone", arguments: [0xf0, 0xf5] as [UInt8])
  func nested(opcode: UInt8) {
    let word = UInt256(bigEndian: initcode + [UInt8](repeating: 0, count: 27)) ?? 0
    let recipient =
      opcode == 0xf0
      ? ContractAddress.create(sender: Accounts.contract, nonce: 1)
      : ContractAddress.create2(sender: Accounts.contract, salt: 9, initcodeHash: Keccak256.hash(initcode))
    for (account, isInTheWay) in Self.obstacles {
      // The salt, if there is one; five bytes of memory; no value. Then what CREATE left.
      let code =
        word.pushed + [0x5f, 0x52] + (opcode == 0xf5 ? [0x60, 9] : []) + [0x60, 5, 0x5f, 0x5f, opcode] + returnTop
      let (result, world) = run(code, gas: 1_000_000, accounts: [recipient: account])
      #expect(result.output == (isInTheWay ? UInt256.zero : UInt256(recipient)).bigEndianBytes)
      #expect(isInTheWay == (result.gasLeft < 1_000_000 / 64))
      #expect(isInTheWay == (world.state.accounts[recipient] == account))
      #expect(world.state.accounts[Accounts.contract]?.nonce == 2)
    }
  }

  @Test(
    "before EIP-3860 long initcode costs what its memory costs, once; since then each word of it, and there is a limit")
  func longInitcode() {
    let words = 100_000 / 32
    let memory = 3 * words + words * words / 512
    // CALLDATACOPY of it, then CREATE in a loop.
    let before = HostileCode.creations(40, initcodeSize: 100_000, revision: .paris)
    #expect(before.made == 40)
    #expect(before.gas == UInt64(memory + 3 * words + 14 + 40 * 32_036))
    let once = HostileCode.creations(1, initcodeSize: 49_152, revision: .shanghai)
    let twice = HostileCode.creations(2, initcodeSize: 49_152, revision: .shanghai)
    #expect(once.made == 1 && twice.made == 2)
    #expect(twice.gas - once.gas == 32_036 + 2 * 49_152 / 32)
    #expect(HostileCode.creations(1, initcodeSize: 49_153, revision: .shanghai).made == 0)
  }
}
