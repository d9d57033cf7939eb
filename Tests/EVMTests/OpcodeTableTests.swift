import EVM
import Primitives
import SecondMachine
import Testing

@Suite("The opcode table and the handlers")
struct OpcodeTableTests {
  /// Opcodes that the loop itself carries out to the next one, with operands of zero.
  private static let plain = Opcode.all.filter { opcode in
    ![0x00, 0x56, 0x57, 0xf3, 0xfd, 0xfe, 0xff].contains(opcode.byte)
  }

  /// Gas that operands of zero cost beyond the table: a word of memory; what the machine prices by fork; a write of no
  /// change to a slot not accessed before; an account or a slot not accessed before.
  private static let extra: [UInt8: Int] = [
    0x51: 3, 0x52: 3, 0x53: 3, 0x31: 2_600, 0x3b: 2_600, 0x3c: 2_600, 0x3f: 2_600, 0x54: 2_100, 0x55: 2_200,
    0xf1: 2_600, 0xf2: 2_600, 0xf4: 2_600, 0xfa: 2_600,
  ]

  private func trace(_ code: [UInt8], revision: Revision = .osaka) -> ([StructLogTracer.Entry], ExecutionResult) {
    var world = World(
      [Accounts.contract: World.Account(balance: 5, nonce: 1, code: code)], revision: revision)
    var entries: [StructLogTracer.Entry] = []
    var tracer = StructLogTracer { entries.append($0) }
    let message = Message(
      kind: .call, sender: Accounts.sender, recipient: Accounts.contract, value: .zero, input: [], gas: 1_000_000)
    let result = Machine(revision: revision).execute(
      message, block: .test, transaction: .test, host: &world, tracer: &tracer)
    return (entries, result)
  }

  private func zeros(_ count: Int) -> [UInt8] {
    [UInt8](repeating: 0x5f, count: count)
  }

  @Test("every instruction costs, takes and leaves what its row says", arguments: plain.map(\.byte))
  func costs(byte: UInt8) throws {
    let opcode = try #require(Opcode.named(byte))
    let (entries, result) = trace(zeros(opcode.taken) + [byte, 0x00])
    #expect(result.isSuccess, "\(opcode.name)")
    let entry = try #require(entries.first { $0.opcode == byte && $0.programCounter == opcode.taken })
    let cost = entry.gasCost
    if byte == 0xf0 || byte == 0xf5 {
      // What is left goes to the new frame, but for a 64th.
      #expect(entry.gas - cost == (entry.gas - opcode.gas) / 64)
    } else {
      #expect(cost == opcode.gas + Self.extra[byte, default: 0], "\(opcode.name)")
    }
    // PUSH swallows what stands behind it.
    guard !(0x60...0x7f).contains(byte) else { return }
    let after = try #require(entries.last { $0.depth == 1 })
    #expect(after.stack.count == opcode.left, "\(opcode.name)")
  }

  @Test("with one item too few on the stack an instruction fails", arguments: Opcode.all.map(\.byte))
  func underflow(byte: UInt8) throws {
    let opcode = try #require(Opcode.named(byte))
    guard opcode.taken > 0 else { return }
    let result = run(zeros(opcode.taken - 1) + [byte]).result
    #expect(result.status == .failure(.stackUnderflow), "\(opcode.name)")
    #expect(result.gasLeft == 0)
  }

  @Test("with 1,024 items an instruction that adds one fails", arguments: Opcode.all.map(\.byte))
  func overflow(byte: UInt8) throws {
    let opcode = try #require(Opcode.named(byte))
    let full = run(zeros(1024) + [byte]).result
    #expect((full.status == .failure(.stackOverflow)) == (opcode.left > opcode.taken), "\(opcode.name)")
    let roomy = run(zeros(1023) + [byte]).result
    #expect(roomy.status != .failure(.stackOverflow), "\(opcode.name)")
  }

  @Test("with too little gas an instruction fails", arguments: plain.map(\.byte))
  func outOfGas(byte: UInt8) throws {
    let opcode = try #require(Opcode.named(byte))
    let cost = opcode.gas + Self.extra[byte, default: 0]
    let code = zeros(opcode.taken) + [byte]
    let enough = UInt64(2 * opcode.taken + cost)
    // SSTORE wants more than the stipend to be left (EIP-2200).
    let spare: UInt64 = byte == 0x55 ? 200 : 0
    #expect(run(code, gas: enough + spare).result.isSuccess, "\(opcode.name)")
    #expect(run(code, gas: enough - 1).result.status == .failure(.outOfGas), "\(opcode.name)")
  }

  @Test("an instruction exists from its fork on, and a byte without one never", arguments: Revision.allCases)
  func forks(revision: Revision) {
    for byte in UInt8.min...UInt8.max {
      let exists = Opcode.named(byte).map { revision >= $0.since && byte != 0xfe } ?? false
      let result = run([UInt8](repeating: 0x58, count: 17) + [byte], revision: revision).result
      #expect((result.status != .failure(.invalidInstruction)) == exists, "0x\(String(byte, radix: 16)) \(revision)")
    }
  }
}
