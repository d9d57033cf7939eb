package import Primitives

/// Watches a message run, instruction by instruction.
///
/// A compile-time parameter of the machine: with `NoTracer` nothing of it is left in the code.
package protocol Tracer {
  /// Whether there is anything to tell. A constant.
  static var isActive: Bool { get }

  /// Before an instruction.
  mutating func willRun(_ step: TraceStep)

  /// After the instruction that `willRun` announced last. A call is over when its frame is entered, so its cost contains
  /// the gas that the callee got.
  mutating func didRun(cost: Int, halt: Halt?)
}

/// Watches nothing.
package struct NoTracer: Tracer {
  @inlinable package static var isActive: Bool { false }

  @inlinable
  package init() {}

  @inlinable
  package mutating func willRun(_ step: TraceStep) {}

  @inlinable
  package mutating func didRun(cost: Int, halt: Halt?) {}
}

/// What there is to see before an instruction. Lent: it may be asked only while the tracer is called.
package struct TraceStep {
  private let frame: FrameHandle

  /// 1 for the outermost call.
  package let depth: Int

  /// What the frames below this one have earned back.
  package let refundBelow: Int64

  package init(_ frame: FrameHandle, depth: Int, refundBelow: Int64) {
    self.frame = frame
    self.depth = depth
    self.refundBelow = refundBelow
  }

  /// Where the instruction stands in the code.
  package var programCounter: Int {
    unsafe frame.fields.pointee.pc - frame.fields.pointee.code
  }

  package var opcode: UInt8 { unsafe frame.fields.pointee.pc.pointee }

  package var gas: Int { frame.gas }

  /// Whose storage the code works on.
  package var address: Address { frame.address }

  /// The refund counter of the transaction.
  package var refund: Int64 { refundBelow + frame.refund }

  /// Lowest first. A copy.
  package var stack: [UInt256] {
    let count = frame.itemCount
    return (0..<count).map { frame[count - 1 - $0] }
  }

  /// In bytes.
  package var memorySize: Int { unsafe frame.fields.pointee.memorySize }

  /// A copy.
  package var memory: [UInt8] {
    unsafe [UInt8](frame.memory(.zero, UInt256(UInt64(memorySize))))
  }

  /// What the last call returned. A copy.
  package var returnData: [UInt8] {
    unsafe [UInt8](
      UnsafeRawBufferPointer(start: frame.fields.pointee.returnData, count: frame.fields.pointee.returnDataCount))
  }
}
