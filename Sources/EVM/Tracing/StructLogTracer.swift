package import Primitives

/// Writes down every instruction, as geth's struct logger does: to find where two runs part.
package struct StructLogTracer: Tracer {
  /// One instruction.
  package struct Entry: Hashable, Sendable {
    package let programCounter: Int
    package let opcode: UInt8
    package let gas: Int
    package let depth: Int
    package let refund: Int64
    package let address: Address
    /// Lowest first, before the instruction.
    package let stack: [UInt256]
    /// Before the instruction; empty when memory is not wanted.
    package let memory: [UInt8]
    package var gasCost = 0
    /// The rule that the instruction broke.
    package var halt: Halt?
  }

  package private(set) var entries: [Entry] = []

  private let keepsMemory: Bool

  package static var isActive: Bool { true }

  /// Memory is copied at each instruction when it is wanted.
  package init(keepsMemory: Bool = false) {
    self.keepsMemory = keepsMemory
  }

  package mutating func willRun(_ step: TraceStep) {
    entries.append(
      Entry(
        programCounter: step.programCounter, opcode: step.opcode, gas: step.gas, depth: step.depth,
        refund: step.refund, address: step.address, stack: step.stack, memory: keepsMemory ? step.memory : []))
  }

  package mutating func didRun(cost: Int, halt: Halt?) {
    entries[entries.count - 1].gasCost = cost
    entries[entries.count - 1].halt = halt
  }
}

extension StructLogTracer.Entry: CustomStringConvertible {
  /// One line.
  package var description: String {
    let name = Opcode.named(opcode)?.name ?? "0x" + String(opcode, radix: 16)
    let items = stack.map(\.debugDescription).joined(separator: " ")
    let error = halt.map { " \($0)" } ?? ""
    return "\(depth) \(programCounter) \(name) gas \(gas) cost \(gasCost) [\(items)]\(error)"
  }
}
