package import Primitives

extension Machine {
  /// Drives the loop until it is left.
  package func run(_ frame: UnsafeMutablePointer<Frame>) -> Int32 {
    #if DEBUG
      // Without optimisation each handler would stay on the native stack: one step at a time.
      while true {
        let signal = unsafe step(frame)
        if signal != Signal.step { return signal }
      }
    #else
      let fields = unsafe frame.pointee
      let handler = unsafe handlers[Int(fields.pc.pointee)]
      return unsafe handler(fields.pc, Raw(fields.top), fields.gas, Raw(frame), Table(handlers))
    #endif
  }

  /// Runs one instruction.
  package func step(_ frame: UnsafeMutablePointer<Frame>) -> Int32 {
    let fields = unsafe frame.pointee
    let handler = unsafe handlers[Int(fields.pc.pointee)]
    return unsafe handler(fields.pc, Raw(fields.top), fields.gas, Raw(frame), Table(steppingHandlers))
  }

  /// What the frames below the running one have earned back.
  package var refundBelow: Int64 {
    (0..<max(depth, 0)).reduce(0) { unsafe $0 + frames[$1].refund }
  }

  /// Puts the environment where frames can point at it.
  package func allocate(_ environment: Environment) -> UnsafePointer<Environment> {
    let shared = UnsafeMutablePointer<Environment>.allocate(capacity: 1)
    unsafe shared.initialize(to: environment)
    return unsafe UnsafePointer(shared)
  }

  package func release(_ environment: UnsafePointer<Environment>) {
    let shared = unsafe UnsafeMutablePointer(mutating: environment)
    unsafe shared.deinitialize(count: 1)
    unsafe shared.deallocate()
  }

  /// The stack and the base gas of an instruction that the machine serves.
  @inlinable
  package func check(_ frame: FrameHandle, _ opcode: UInt8) -> Halt? {
    let row = served[Int(opcode)]
    let count = frame.itemCount
    if count < row.taken { return .stackUnderflow }
    if count &- row.taken &+ row.left > Frame.stackCapacity { return .stackOverflow }
    return frame.charge(row.gas) ? nil : .outOfGas
  }

  /// What a new frame is given.
  @safe
  package struct Start {
    package let address: Address
    package let caller: Address
    package let value: UInt256
    package let input: UnsafeRawBufferPointer
    package let gas: Int
    package let isStatic: Bool
    package let snapshot: Int

    @inlinable
    package init(
      address: Address, caller: Address, value: UInt256, input: UnsafeRawBufferPointer, gas: Int, isStatic: Bool,
      snapshot: Int
    ) {
      self.address = address
      self.caller = caller
      self.value = value
      unsafe self.input = unsafe input
      self.gas = gas
      self.isStatic = isStatic
      self.snapshot = snapshot
    }
  }

  /// Puts a frame on top.
  package func push(_ code: Code, _ start: Start, isCreation: Bool, _ environment: UnsafePointer<Environment>) {
    depth += 1
    let frame = unsafe prepared(depth)
    running.append(code)
    unsafe frame.pointee.pc = code.bytes
    unsafe frame.pointee.top = frame.pointee.stack - 1
    unsafe frame.pointee.gas = start.gas
    unsafe frame.pointee.memorySize = 0
    unsafe frame.pointee.code = code.bytes
    unsafe frame.pointee.codeCount = code.count
    unsafe frame.pointee.jumpDestinations = code.jumpDestinations
    let input = unsafe start.input
    unsafe frame.pointee.input = input.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? code.bytes
    unsafe frame.pointee.inputCount = input.count
    unsafe frame.pointee.returnDataCount = 0
    unsafe frame.pointee.environment = environment
    unsafe frame.pointee.address = start.address
    unsafe frame.pointee.caller = start.caller
    unsafe frame.pointee.value = start.value
    unsafe frame.pointee.isStatic = start.isStatic
    unsafe frame.pointee.isCreation = isCreation
    unsafe frame.pointee.created = nil
    unsafe frame.pointee.snapshot = start.snapshot
    unsafe frame.pointee.refund = 0
  }

  /// The frame at this depth, with a stack and memory.
  package func prepared(_ depth: Int) -> UnsafeMutablePointer<Frame> {
    let frame = unsafe frames + depth
    if depth < preparedFrames { return unsafe frame }
    // One place below the lowest, for the pointer of an empty stack.
    let stack = unsafe UnsafeMutablePointer<UInt256>.allocate(capacity: Frame.stackCapacity + 1) + 1
    let nothing = unsafe UnsafePointer(UnsafeRawPointer(stack).assumingMemoryBound(to: UInt8.self))
    unsafe frame.initialize(
      to: Frame(
        pc: nothing, top: stack, gas: 0, stack: stack, memory: .allocate(byteCount: 4096, alignment: 16),
        memorySize: 0, memoryCapacity: 4096, code: nothing, codeCount: 0, jumpDestinations: nothing, input: nothing,
        inputCount: 0, returnData: nothing, returnDataCount: 0,
        environment: UnsafeRawPointer(nothing).assumingMemoryBound(to: Environment.self), address: .zero,
        caller: .zero, value: .zero, isStatic: false, isCreation: false, outputOffset: 0, outputCount: 0,
        created: nil, snapshot: 0, refund: 0))
    preparedFrames = depth + 1
    return unsafe frame
  }

  /// After a message: nothing runs, and memory that only a rare message needs goes back.
  package func reset() {
    depth = -1
    running.removeAll(keepingCapacity: true)
    releaseFrames(from: Machine.keptFrames)
    for index in 0..<preparedFrames where unsafe frames[index].memoryCapacity > Machine.keptMemory {
      unsafe frames[index].memorySize = 0
      unsafe frames[index].memory.deallocate()
      unsafe frames[index].memory = .allocate(byteCount: 4096, alignment: 16)
      unsafe frames[index].memoryCapacity = 4096
    }
  }

  private static let keptFrames = 64

  /// In bytes, for each frame.
  private static let keptMemory = 1 << 18

  func releaseFrames(from first: Int) {
    guard preparedFrames > first else { return }
    for index in first..<preparedFrames {
      unsafe (frames[index].stack - 1).deallocate()
      unsafe frames[index].memory.deallocate()
    }
    preparedFrames = first
  }
}

extension Machine {
  /// Takes the frame off: its changes stay when the outcome is a success, otherwise the host undoes them.
  @inlinable
  package func end<World: Host & ~Copyable>(_ frame: FrameHandle, _ outcome: Outcome, _ host: inout World) -> Outcome {
    if outcome.status != .success { unsafe host.revert(to: frame.fields.pointee.snapshot) }
    depth -= 1
    running.removeLast()
    return outcome
  }

  /// Lets the caller of what has ended go on.
  package func resume(after outcome: Outcome) {
    let frame = unsafe FrameHandle(frames + depth)
    frame.gas += outcome.gas
    let isSuccess = outcome.status == .success
    if isSuccess { frame.refund += outcome.refund }
    let output = unsafe outcome.output
    let wanted = unsafe frame.fields.pointee.outputCount
    if let created = unsafe frame.fields.pointee.created {
      frame.replace(0, by: isSuccess ? UInt256(created) : .zero)
      unsafe frame.fields.pointee.created = nil
      unsafe setReturnData(isSuccess ? UnsafeRawBufferPointer(start: nil, count: 0) : output, of: frame)
    } else {
      frame.replace(0, by: isSuccess ? .one : .zero)
      unsafe setReturnData(output, of: frame)
      if let source = output.baseAddress, wanted > 0 {
        let target = unsafe frame.fields.pointee.memory + frame.fields.pointee.outputOffset
        unsafe target.copyMemory(from: source, byteCount: min(wanted, output.count))
      }
    }
    frame.advance()
  }

  package func setReturnData(_ data: UnsafeRawBufferPointer, of frame: FrameHandle) {
    if let start = data.baseAddress {
      unsafe frame.fields.pointee.returnData = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
    }
    unsafe frame.fields.pointee.returnDataCount = data.count
  }

  package func result(of outcome: Outcome) -> ExecutionResult {
    let isSuccess = outcome.status == .success
    return unsafe ExecutionResult(
      status: outcome.status, gasLeft: UInt64(outcome.gas), gasRefund: isSuccess ? outcome.refund : 0,
      output: [UInt8](outcome.output))
  }
}

extension Halt {
  package init(signal: Int32) {
    self = Halt(rawValue: UInt8(truncatingIfNeeded: signal)) ?? .invalidInstruction
  }
}
