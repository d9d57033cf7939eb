package import Primitives

/// Tells of every instruction, as geth's struct logger does (EIP-3155): to find where two runs part.
package struct StructLogTracer: Tracer {
  /// One instruction.
  package struct Entry: Hashable, Sendable {
    package let programCounter: Int
    package let opcode: UInt8
    package let gas: Int
    /// 1 for the outermost call.
    package let depth: Int
    package let refund: Int64
    package let address: Address
    /// Lowest first, before the instruction.
    package let stack: [UInt256]
    /// In bytes, before the instruction.
    package let memorySize: Int
    /// Before the instruction; empty when memory is not wanted.
    package let memory: [UInt8]
    package var gasCost = 0
    /// The rule that the instruction broke.
    package var halt: Halt?
  }

  private let keepsMemory: Bool

  private let tell: (Entry) -> Void

  /// The instruction that runs.
  private var current: Entry?

  package static var isActive: Bool { true }

  /// - Parameters:
  ///   - keepsMemory: whether memory is wanted, which is then copied at each instruction.
  ///   - tell: gets each instruction when it is over.
  package init(keepsMemory: Bool = false, _ tell: @escaping (Entry) -> Void) {
    self.keepsMemory = keepsMemory
    self.tell = tell
  }

  package mutating func willRun(_ step: TraceStep) {
    current = Entry(
      programCounter: step.programCounter, opcode: step.opcode, gas: step.gas, depth: step.depth,
      refund: step.refund, address: step.address, stack: step.stack, memorySize: step.memorySize,
      memory: keepsMemory ? step.memory : [])
  }

  package mutating func didRun(cost: Int, halt: Halt?) {
    guard var entry = current else { return }
    entry.gasCost = cost
    entry.halt = halt
    tell(entry)
  }
}

extension StructLogTracer.Entry {
  /// What the instruction is called; of a byte that is none, its digits.
  package var name: String {
    Opcode.named(opcode)?.name ?? "0x" + String(opcode, radix: 16)
  }
}
