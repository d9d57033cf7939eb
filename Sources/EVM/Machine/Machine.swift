import Primitives

/// Runs code: the virtual machine at one revision.
///
/// Make one and use it for many messages, of one block or of many: it keeps the memory of its frames and the code it
/// has prepared. It remembers nothing that changes a result. Nested calls nest in its arena, not on the native stack.
@safe
package final class Machine {
  package let revision: Revision

  package let schedule: GasSchedule

  /// The handlers of this revision, by opcode.
  let handlers: UnsafeMutablePointer<Handler>

  /// 256 times the handler that saves the registers and returns.
  let steppingHandlers: UnsafeMutablePointer<Handler>

  /// What the machine checks before it serves an instruction, by opcode.
  package let served: [Served]

  /// One frame per depth, made ready when the depth is first reached.
  package let frames: UnsafeMutablePointer<Frame>

  /// How many of the frames own a stack and memory.
  package var preparedFrames = 0

  /// The depth of the running frame; −1 when none runs.
  package var depth = -1

  /// The code of the running frames, kept alive.
  package var running: [Code] = []

  package var codes = CodeCache()

  /// What an instruction takes, leaves and costs at least.
  package struct Served {
    package var taken = 0
    package var left = 0
    package var gas = 0
  }

  package init(revision: Revision) {
    self.revision = revision
    schedule = GasSchedule(revision)
    unsafe handlers = .allocate(capacity: 256)
    unsafe handlers.initialize(repeating: evmInvalid, count: 256)
    unsafe steppingHandlers = .allocate(capacity: 256)
    unsafe steppingHandlers.initialize(repeating: evmStep, count: 256)
    unsafe frames = .allocate(capacity: Frame.depthLimit + 2)
    var served = [Served](repeating: Served(), count: 256)
    for opcode in Opcode.all where opcode.since <= revision {
      unsafe handlers[Int(opcode.byte)] = opcode.handler
      served[Int(opcode.byte)] = Served(taken: opcode.taken, left: opcode.left, gas: opcode.gas)
    }
    self.served = served
  }

  deinit {
    releaseFrames(from: 0)
    unsafe frames.deallocate()
    unsafe handlers.deallocate()
    unsafe steppingHandlers.deallocate()
  }
}

extension Machine {
  /// Runs a message to its end.
  ///
  /// What it changed stays in the host when it succeeded, and is undone otherwise. Throws only what the host throws;
  /// the host's journal is then left as it was at that moment.
  @inlinable
  package func execute<World: Host & ~Copyable>(
    _ message: Message, block: BlockEnvironment, transaction: TransactionEnvironment, host: inout World
  ) throws(World.Failure) -> ExecutionResult {
    var tracer = NoTracer()
    return try execute(message, block: block, transaction: transaction, host: &host, tracer: &tracer)
  }

  /// As `execute(_:block:transaction:host:)`, telling a tracer about each instruction.
  @inlinable
  package func execute<World: Host & ~Copyable, Watcher: Tracer>(
    _ message: Message, block: BlockEnvironment, transaction: TransactionEnvironment, host: inout World,
    tracer: inout Watcher
  ) throws(World.Failure) -> ExecutionResult {
    let shared = unsafe allocate(Environment(block: block, transaction: transaction, schedule: schedule))
    // Call data stays where it is while the message runs; kept like code, it lies in memory of its own.
    let input = Code.prepared(message.input, isRun: message.kind == .create)
    defer {
      reset()
      unsafe release(shared)
      withExtendedLifetime(input) {}
    }
    var outcome = try unsafe begin(message, input, shared, &host)
    while true {
      if let ended = outcome {
        if depth < 0 { return result(of: ended) }
        resume(after: ended)
      }
      outcome = try runFrame(&host, &tracer)
    }
  }

  /// Runs the frame on top until it ends or another has been put on top of it (nil).
  @inlinable
  package func runFrame<World: Host & ~Copyable, Watcher: Tracer>(
    _ host: inout World, _ tracer: inout Watcher
  ) throws(World.Failure) -> Outcome? {
    let frame = unsafe FrameHandle(frames + depth)
    while true {
      let signal = Watcher.isActive ? step(frame, &tracer) : unsafe run(frame.fields)
      let gas = frame.gas
      let step = try leave(frame, signal, &host)
      if Watcher.isActive {
        if case .halted(let halt) = step {
          tracer.didRun(cost: gas, halt: halt)
        } else {
          tracer.didRun(cost: gas - frame.gas, halt: nil)
        }
      }
      switch step {
      case .served: continue
      case .entered: return nil
      case .halted(let halt): return end(frame, .failed(halt), &host)
      case .ended(let outcome): return outcome
      }
    }
  }

  /// Serves what the loop was left for.
  @inlinable
  package func leave<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ signal: Int32, _ host: inout World
  ) throws(World.Failure) -> Step {
    if signal >= Signal.halt { return .halted(Halt(signal: signal)) }
    let opcode = UInt8(truncatingIfNeeded: signal)
    if let halt = check(frame, opcode) { return .halted(halt) }
    return try serve(opcode, frame, &host)
  }

  /// Drives the loop one instruction at a time until it is left, telling the tracer about each.
  @inlinable
  package func step<Watcher: Tracer>(_ frame: FrameHandle, _ tracer: inout Watcher) -> Int32 {
    let refund = refundBelow
    while true {
      tracer.willRun(TraceStep(frame, depth: depth + 1, refundBelow: refund))
      let gas = frame.gas
      let signal = unsafe step(frame.fields)
      if signal != Signal.step { return signal }
      tracer.didRun(cost: gas - frame.gas, halt: nil)
    }
  }

  /// What came of an instruction that the machine served.
  package enum Step {
    /// The frame goes on.
    case served
    /// Another frame is on top.
    case entered
    /// The code broke a rule.
    case halted(Halt)
    /// The frame, or the call it made, is over.
    case ended(Outcome)
  }
}
