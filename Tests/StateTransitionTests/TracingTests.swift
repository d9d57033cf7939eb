import EVM
import Primitives
import Rollup
import StateTransition
import Testing

@Suite("Tracing")
struct TracingTests {
  private static let contract = Address(0, 0, 0xc0de)
  private static let callee = Address(0, 0, 0xca11)

  /// Writes 2 + 3 to slot 0.
  private static let sum: [UInt8] = [0x60, 0x02, 0x60, 0x03, 0x01, 0x60, 0x00, 0x55, 0x00]

  /// Calls the callee with nothing.
  private static let call: [UInt8] =
    [0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x73] + callee.bytes + [0x61, 0xff, 0xff, 0xf1, 0x00]

  /// A block at the start of which the contract may be called, and the call.
  private func start(_ code: [UInt8], callee: [UInt8] = []) throws -> (execution: BlockExecution, call: [UInt8]) {
    let signer = Signer(0)
    let world = World([
      GenesisAccount(address: signer.address, balance: 1_000_000),
      GenesisAccount(address: Self.contract, balance: 1, code: code),
      GenesisAccount(address: Self.callee, balance: .zero, nonce: 1, code: callee),
    ])
    let context = BlockContext(
      header: block(baseFee: 1).header, chainID: testChainID, forks: try executor(of: .london).forks)
    let call = try transfer(gasLimit: 100_000, to: Self.contract, value: .zero)
      .signed(by: signer.privateKey, chainID: testChainID)
    return (BlockExecution(context: context, over: world), call.encode())
  }

  private func trace(
    _ code: [UInt8], callee: [UInt8] = []
  ) throws -> (entries: [StructLogTracer.Entry], outcome: TransactionOutcome, diff: StateDiff) {
    var (execution, call) = try start(code, callee: callee)
    var entries: [StructLogTracer.Entry] = []
    var tracer = StructLogTracer { entries.append($0) }
    let outcome = try execution.apply(call, tracer: &tracer)
    return (entries, outcome, execution.takeDiff())
  }

  @Test("a transaction is told instruction by instruction, with what each finds and costs")
  func smallProgram() throws {
    let (entries, outcome, _) = try trace(Self.sum)
    #expect(entries.map(\.programCounter) == [0, 2, 4, 5, 7, 8])
    #expect(entries.map(\.name) == ["PUSH1", "PUSH1", "ADD", "PUSH1", "SSTORE", "STOP"])
    #expect(entries.map(\.gas) == [79_000, 78_997, 78_994, 78_991, 78_988, 56_888])
    // A slot that nobody has looked at, and that was empty: 2,100 and 20,000 (EIP-2929).
    #expect(entries.map(\.gasCost) == [3, 3, 3, 3, 22_100, 0])
    #expect(entries.map(\.stack) == [[], [2], [2, 3], [5], [5, 0], []])
    #expect(entries.allSatisfy { $0.depth == 1 && $0.address == Self.contract && $0.halt == nil && $0.memorySize == 0 })
    #expect(outcome.gasUsed == 21_000 + 4 * 3 + 22_100)
  }

  @Test("a call is a level deeper, and what breaks a rule is named")
  func failingCall() throws {
    let (entries, outcome, _) = try trace(Self.call, callee: [0x60, 0x20, 0x51, 0xfe])
    #expect(entries.map(\.depth) == [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1])
    let last = try #require(entries.last { $0.depth == 2 })
    #expect(last.halt == .invalidInstruction && last.address == Self.callee && last.memorySize == 64)
    // The callee's gas is gone, and the caller finds a zero.
    #expect(last.gasCost == last.gas)
    #expect(entries.last?.stack == [0] && outcome.succeeded)
  }

  @Test(
    "gas and changes are the same whether somebody watches or not",
    arguments: [
      ([], []), (sum, []), (call, sum), (call, [0xfe]), (call, [0x60, 0x00, 0x60, 0x00, 0xfd]), (call, call),
      (Array(sum.dropLast()) + call, [0x33, 0xff]), ([0x5b, 0x60, 0x00, 0x56], []),
    ] as [([UInt8], [UInt8])])
  func agreement(code: [UInt8], callee: [UInt8]) throws {
    let traced = try trace(code, callee: callee)
    var (execution, call) = try start(code, callee: callee)
    #expect(try execution.apply(call) == traced.outcome)
    #expect(execution.takeDiff() == traced.diff)
  }
}
