import EVM
import Primitives
import SecondMachine
import Testing

@Suite("Hostile code")
struct HostileCodeTests {
  @Test(
    "a request for memory that no gas can buy fails at once",
    arguments: [UInt256.one << 24, .one << 31, .one << 32, .one << 33, .one << 63, .one << 64, .one << 255, .max])
  func hugeMemory(size: UInt256) {
    let zero = UInt256.zero.pushed
    let programs: [[UInt8]] = [
      size.pushed + [0x51],  // MLOAD
      zero + size.pushed + [0x52],  // MSTORE
      zero + size.pushed + [0x53],  // MSTORE8
      size.pushed + zero + [0x20],  // KECCAK256
      zero + size.pushed + [0x20],
      size.pushed + zero + zero + [0x37],  // CALLDATACOPY
      size.pushed + size.pushed + zero + [0x39],  // CODECOPY
      size.pushed + zero + size.pushed + [0x5e],  // MCOPY
      size.pushed + zero + [0xf3],  // RETURN
      size.pushed + size.pushed + [0xfd],  // REVERT
      size.pushed + zero + [0xa0],  // LOG0
      size.pushed + zero + zero + [0xf0],  // CREATE
      size.pushed + zero + zero + zero + zero + zero + [0xf1],  // CALL, output
      zero + zero + size.pushed + zero + zero + zero + [0xf1],  // CALL, input
    ]
    for program in programs where program != zero + size.pushed + [0x20] {
      let result = run(program, gas: 30_000).result
      #expect(!result.isSuccess && result.gasLeft == 0, "\(program.last ?? 0)")
    }
    // Nothing, wherever it is, needs no memory.
    #expect(run(zero + size.pushed + [0x20], gas: 30_000).result.isSuccess)
  }

  // The release build's machine, whose instructions are to go on by jumps, is put to the same by `MachineFuzz`.
  @Test("calls nest 1,024 deep, and no deeper, on a thread with half a megabyte of stack")
  func depth() {
    #expect(HostileCode.nestedCalls() == 1025)
  }

  @Test("creations nest 1,024 deep on a thread with half a megabyte of stack")
  func creationDepth() {
    #expect(HostileCode.nestedCreations() == 1024)
  }

  @Test("70,000 instructions do not grow the native stack")
  func longLoop() {
    #expect(HostileCode.loop(rounds: 10_000) == 3 + 26 * 10_000)
  }

  /// Calls `callee` so often, with all gas there is.
  private func calls(_ count: UInt16, to callee: Address) -> [UInt8] {
    [0x61] + [UInt8(count >> 8), UInt8(count & 0xff)] + [0x5b, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f]
      + UInt256(callee).pushed + [0x5a, 0xf1, 0x50, 0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x03, 0x57]
  }

  @Test("code is asked for, and searched for jump destinations, once however often it is called")
  func repeatedCalls() {
    // Nothing but jump destinations behind a STOP: the longest code there may be.
    let callee: [UInt8] = [0x00] + [UInt8](repeating: 0x5b, count: 24_575)
    let (result, world) = run(
      calls(3_000, to: Accounts.other), accounts: [Accounts.other: World.Account(nonce: 1, code: callee)])
    #expect(result.isSuccess)
    #expect(world.codeReads.count == 2)
  }

  @Test("every jump of a table of 4,900 costs its gas and nothing else: no search comes back")
  func jumpTable() {
    // Each entry jumps to the next: JUMPDEST PUSH2 next JUMP.
    var code = [UInt8]()
    let entries = 4_900
    for index in 1...entries {
      let next = index * 5
      code += [0x5b, 0x61, UInt8(next >> 8), UInt8(next & 0xff), 0x56]
    }
    code += [0x5b]
    let (result, world) = run(code, gas: 100_000)
    #expect(result.isSuccess)
    #expect(result.gasLeft == 100_000 - UInt64(entries) * 12 - 1)
    #expect(world.codeReads.count == 1)
  }

  @Test("code that only jumps to places inside of immediates fails")
  func jumpIntoImmediate() {
    // PUSH2 5b5b; a jump to the first of them.
    #expect(run([0x61, 0x5b, 0x5b, 0x60, 0x01, 0x56]).result.status == .failure(.invalidJump))
    #expect(run([0x60, 0x04, 0x56, 0x60, 0x5b, 0x5b]).result.status == .failure(.invalidJump))
    #expect(run([0x60, 0x05, 0x56, 0x60, 0x5b, 0x5b]).result.isSuccess)
    #expect(run(UInt256.max.pushed + [0x56]).result.status == .failure(.invalidJump))
    #expect(run((UInt256.one << 64).pushed + [0x56, 0x5b]).result.status == .failure(.invalidJump))
  }

  @Test("an immediate that the code cuts short is filled with zeros")
  func truncatedImmediate() {
    for count in 1...32 {
      // Behind the code there is a STOP, at which the tracer sees what the PUSH left.
      let push = UInt8(0x5f + count)
      var world = World([Accounts.contract: World.Account(nonce: 1, code: [push, 0xab])], revision: .osaka)
      var entries: [StructLogTracer.Entry] = []
      var tracer = StructLogTracer { entries.append($0) }
      let message = Message(
        kind: .call, sender: Accounts.sender, recipient: Accounts.contract, value: .zero, input: [], gas: 1_000)
      _ = Machine(revision: .osaka).execute(
        message, block: .test, transaction: .test, host: &world, tracer: &tracer)
      #expect(entries.last?.opcode == 0x00)
      #expect(entries.last?.stack == [UInt256(0xab) << (8 * (count - 1))])
    }
  }
}
