import Primitives

typealias CodePointer = UnsafePointer<UInt8>
typealias Raw = UnsafeMutableRawPointer
typealias Table = UnsafeRawPointer

/// One instruction: takes the registers, works, and calls the next through the table. What comes back is why the loop
/// was left: an opcode that the machine must serve, or a `Signal`.
///
/// In an optimised build the call to the next handler is a jump, and the registers stay in the processor's. Swift does
/// not promise that: `Tools/assembly` looks at the machine code, and `MachineFuzz` runs long loops on a small stack. Where
/// it is not so (a debug build), the loop is driven one step at a time by a table whose every entry saves the registers
/// and returns.
typealias Handler = @convention(c) (CodePointer, Raw, Int, Raw, Table) -> Int32

/// Why the loop was left, beside the 256 opcodes.
package enum Signal {
  /// One step is done (only when stepping).
  package static var step: Int32 { 0x100 }

  /// Plus the raw value of a `Halt`: the code broke a rule.
  package static var halt: Int32 { 0x200 }
}

/// The registers of the interpreter, and what handlers do with them. Everything here is inlined into the handlers.
///
/// Safe by what the machine sees to: the frame has room for 1,024 items and one below, code is padded, and every
/// handler checks the stack before it uses it.
@safe
struct Registers {
  var pc: CodePointer
  var top: UnsafeMutablePointer<UInt256>
  var gas: Int
  let frame: UnsafeMutablePointer<Frame>
  let table: Table

  @inline(__always)
  init(_ pc: CodePointer, _ top: Raw, _ gas: Int, _ frame: Raw, _ table: Table) {
    unsafe self.pc = pc
    unsafe self.top = top.assumingMemoryBound(to: UInt256.self)
    self.gas = gas
    unsafe self.frame = frame.assumingMemoryBound(to: Frame.self)
    unsafe self.table = table
  }

  /// The item `depth` below the top.
  @inline(__always)
  subscript(depth: Int) -> UInt256 {
    get { unsafe top[0 &- depth] }
    nonmutating set { unsafe top[0 &- depth] = newValue }
  }

  /// Whether at least `count` items are on the stack.
  @inline(__always)
  func has(_ count: Int) -> Bool {
    unsafe top >= frame.pointee.stack + (count &- 1)
  }

  /// Whether there is room for one more item.
  @inline(__always)
  var hasRoom: Bool {
    unsafe top < frame.pointee.stack + (Frame.stackCapacity &- 1)
  }

  @inline(__always)
  mutating func drop(_ count: Int) {
    unsafe top = top - count
  }

  @inline(__always)
  mutating func push(_ value: UInt256) {
    unsafe top = top + 1
    unsafe top[0] = value
  }

  /// Subtracts; false when there was less.
  @inline(__always)
  mutating func charge(_ amount: Int) -> Bool {
    gas &-= amount
    return gas >= 0
  }

  /// Goes on with the instruction `length` bytes further.
  @inline(__always)
  func next(_ length: Int = 1) -> Int32 {
    unsafe continued(at: pc + length)
  }

  @inline(__always)
  func continued(at pc: CodePointer) -> Int32 {
    let handler = unsafe table.load(fromByteOffset: Int(pc[0]) &* 8, as: Handler.self)
    return unsafe handler(pc, Raw(top), gas, Raw(frame), table)
  }

  /// Leaves the loop.
  @inline(__always)
  func leave(_ signal: Int32) -> Int32 {
    unsafe frame.pointee.pc = pc
    unsafe frame.pointee.top = top
    unsafe frame.pointee.gas = gas
    return signal
  }

  /// Leaves the loop for good.
  @inline(__always)
  func fail(_ halt: Halt) -> Int32 {
    Signal.halt | Int32(halt.rawValue)
  }
}

// MARK: - Shapes of instructions

extension Registers {
  /// Takes two, leaves one.
  @inline(__always)
  mutating func binary(_ cost: Int, _ body: (UInt256, UInt256) -> UInt256) -> Int32 {
    guard has(2) else { return fail(.stackUnderflow) }
    guard charge(cost) else { return fail(.outOfGas) }
    self[1] = body(self[0], self[1])
    drop(1)
    return next()
  }

  /// Takes one, leaves one.
  @inline(__always)
  mutating func unary(_ cost: Int, _ body: (UInt256) -> UInt256) -> Int32 {
    guard has(1) else { return fail(.stackUnderflow) }
    guard charge(cost) else { return fail(.outOfGas) }
    self[0] = body(self[0])
    return next()
  }

  /// Takes three, leaves one.
  @inline(__always)
  mutating func ternary(_ cost: Int, _ body: (UInt256, UInt256, UInt256) -> UInt256) -> Int32 {
    guard has(3) else { return fail(.stackUnderflow) }
    guard charge(cost) else { return fail(.outOfGas) }
    self[2] = body(self[0], self[1], self[2])
    drop(2)
    return next()
  }

  /// Takes none, leaves one.
  @inline(__always)
  mutating func constant(_ cost: Int, _ body: (UnsafeMutablePointer<Frame>) -> UInt256) -> Int32 {
    guard hasRoom else { return fail(.stackOverflow) }
    guard charge(cost) else { return fail(.outOfGas) }
    unsafe push(body(frame))
    return next()
  }

  @inline(__always)
  mutating func pushImmediate(_ count: Int) -> Int32 {
    guard hasRoom else { return fail(.stackOverflow) }
    guard charge(3) else { return fail(.outOfGas) }
    push(immediate(count))
    return next(count &+ 1)
  }

  @inline(__always)
  mutating func duplicate(_ depth: Int) -> Int32 {
    guard has(depth) else { return fail(.stackUnderflow) }
    guard hasRoom else { return fail(.stackOverflow) }
    guard charge(3) else { return fail(.outOfGas) }
    push(self[depth &- 1])
    return next()
  }

  @inline(__always)
  mutating func swap(_ depth: Int) -> Int32 {
    guard has(depth &+ 1) else { return fail(.stackUnderflow) }
    guard charge(3) else { return fail(.outOfGas) }
    let upper = self[0]
    self[0] = self[depth]
    self[depth] = upper
    return next()
  }

  /// The `count` bytes behind the instruction; `count` is a constant where this is inlined.
  @inline(__always)
  func immediate(_ count: Int) -> UInt256 {
    UInt256(
      low: UInt128(immediateWord(end: count, count)) | UInt128(immediateWord(end: count &- 8, count &- 8)) &<< 64,
      high: UInt128(immediateWord(end: count &- 16, count &- 16))
        | UInt128(immediateWord(end: count &- 24, count &- 24)) &<< 64)
  }

  /// The big-endian word of up to eight of `count` bytes that ends `end` bytes behind the instruction's first.
  ///
  /// It may read up to seven bytes before the immediate: code has seven bytes of its own or of padding in front.
  @inline(__always)
  private func immediateWord(end: Int, _ count: Int) -> UInt64 {
    if count <= 0 { return 0 }
    if count == 1 { return unsafe UInt64(pc[end]) }
    let word = unsafe UnsafeRawPointer(pc).loadUnaligned(fromByteOffset: end &- 7, as: UInt64.self).byteSwapped
    return count >= 8 ? word : word & ((1 &<< UInt64(8 &* count)) &- 1)
  }
}
