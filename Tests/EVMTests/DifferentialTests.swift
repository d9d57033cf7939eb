import EVM
import Primitives
import TestSupport
import Testing

@Suite("Two interpreters")
struct DifferentialTests {
  private static let contracts = (1...4).map { Address(0, 0, 0xc000 + UInt32($0)) }

  private static let targets =
    contracts + contracts + [Precompile.sha256, .ripemd160, .identity, .ecRecover].map(\.address) + [
      Accounts.sender, Accounts.other, .zero,
    ]

  private func world(_ random: inout RandomCode, revision: Revision) -> World {
    var accounts = [Accounts.sender: World.Account(balance: 1_000_000_000, nonce: 1)]
    for contract in Self.contracts {
      accounts[contract] = World.Account(
        balance: 50, nonce: 1, code: random.program(length: 30), storage: [0: 7, 1: 9])
    }
    if random.generator.next() % 4 == 0 {
      accounts[Self.contracts[3]]?.code = Delegation.code(for: Self.contracts[0])
    }
    return World(accounts, revision: revision)
  }

  @Test(
    "random code spends the same gas, returns the same and leaves the same world in both",
    arguments: [Revision.berlin, .london, .shanghai, .cancun, .prague, .osaka])
  func agree(revision: Revision) {
    var random = RandomCode(generator: SeededGenerator(), targets: Self.targets, revision: revision)
    let machine = Machine(revision: revision)
    var successes = 0
    for round in 0..<500 {
      let start = world(&random, revision: revision)
      let gas = 20_000 + Int(random.generator.next() % 400_000)
      let input = random.generator.bytes(count: Int(random.generator.next() % 80))
      let value = UInt256(random.generator.next() % 3)
      var (fast, slow) = (start, SlowMachine(revision: revision, world: start))
      let result = machine.execute(
        Message(
          kind: .call, sender: Accounts.sender, recipient: Self.contracts[0], value: value, input: input,
          gas: UInt64(gas)),
        block: .test, transaction: .test, host: &fast)
      let expected = slow.message(
        SlowMachine.Frame(
          code: start.code(of: Self.contracts[0]), address: Self.contracts[0], caller: Accounts.sender, value: value,
          input: input, isStatic: false, depth: 0, gas: gas),
        moving: value, from: Accounts.sender, precompile: nil)
      let isSame = outcome(of: result) == expected && fast.state == slow.world.state
      #expect(
        isSame,
        "round \(round) \(revision): \(outcome(of: result)) for \(expected), code \(Hex.encode(start.code(of: Self.contracts[0])))"
      )
      if expected.status == .success { successes += 1 }
      if !isSame { return }
    }
    // A generator whose programs all fail would show nothing. About 60 succeed.
    #expect(successes >= 20, "\(successes) succeed")
  }

  private func outcome(of result: ExecutionResult) -> SlowMachine.Outcome {
    let status: SlowMachine.Outcome.Status =
      switch result.status {
      case .success: .success
      case .revert: .revert
      case .failure: .failure
      }
    return SlowMachine.Outcome(
      status: status, gas: Int(result.gasLeft), refund: Int(result.gasRefund), output: result.output)
  }
}
