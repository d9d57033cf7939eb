import EVM
import Primitives

/// A second interpreter, slow and obvious: arrays, recursion, one rule after the other, for every revision.
///
/// It shares with the first one the host's questions, where single calls are compared also their answers (`World` is then
/// the host of both), the arithmetic of `UInt256`, Keccak-256, addresses of contracts and the precompiled contracts with
/// their prices, which published vectors judge; nothing of the stack, memory, jumps, gas, calls, delegations and
/// creations. It calls itself for every call: run it on a large stack.
struct SlowMachine {
  let prices: Prices
  var world: World
  let block: BlockEnvironment
  let transaction: TransactionEnvironment

  init(prices: Prices, world: World, block: BlockEnvironment, transaction: TransactionEnvironment) {
    self.prices = prices
    self.world = world
    self.block = block
    self.transaction = transaction
  }

  var revision: Revision { prices.revision }

  enum Stop: Error {
    /// STOP, RETURN or SELFDESTRUCT.
    case returned([UInt8])
    case reverted([UInt8])
    case failed
  }

  struct Outcome: Equatable {
    enum Status { case success, revert, failure }
    var status: Status
    var gas: Int
    var refund: Int
    var output: [UInt8]

    static let failure = Outcome(status: .failure, gas: 0, refund: 0, output: [])
  }

  /// One call.
  struct Frame {
    let code: [UInt8]
    let address: Address
    let caller: Address
    let value: UInt256
    let input: [UInt8]
    let isStatic: Bool
    let depth: Int
    var gas: Int
    var refund = 0
    var pc = 0
    var stack: [UInt256] = []
    var memory: [UInt8] = []
    var returnData: [UInt8] = []

    mutating func pop() throws(Stop) -> UInt256 {
      guard let top = stack.popLast() else { throw .failed }
      return top
    }

    mutating func push(_ value: UInt256) throws(Stop) {
      guard stack.count < 1024 else { throw .failed }
      stack.append(value)
    }

    mutating func push(_ isTrue: Bool) throws(Stop) { try push(isTrue ? 1 : 0) }

    mutating func push(_ count: Int) throws(Stop) { try push(UInt256(UInt64(count))) }

    mutating func charge(_ amount: Int) throws(Stop) {
      guard amount <= gas else { throw .failed }
      gas -= amount
    }

    /// The range as numbers, with memory grown to hold it and paid for.
    mutating func touch(_ offset: UInt256, _ count: UInt256) throws(Stop) -> Range<Int> {
      if count.isZero { return 0..<0 }
      guard offset < 1 << 30, count < 1 << 30 else { throw .failed }
      let range = Int(offset.low)..<Int(offset.low + count.low)
      let words = max(memory.count / 32, (range.upperBound + 31) / 32)
      func price(_ words: Int) -> Int { 3 * words + words * words / 512 }
      try charge(price(words) - price(memory.count / 32))
      memory += [UInt8](repeating: 0, count: words * 32 - memory.count)
      return range
    }

    /// Whether a jump may go there: a JUMPDEST that no PUSH swallows.
    func isDestination(_ wanted: Int) -> Bool {
      var place = 0
      while place < min(wanted, code.count) {
        place += (0x60...0x7f).contains(code[place]) ? Int(code[place]) - 0x5e : 1
      }
      return place == wanted && place < code.count && code[place] == 0x5b
    }

    mutating func jump(to place: UInt256) throws(Stop) {
      guard place < 1 << 30, isDestination(Int(place.low)) else { throw .failed }
      pc = Int(place.low)
    }
  }

  /// `count` bytes from `offset`; zeros beyond the end.
  static func slice(_ bytes: [UInt8], _ offset: UInt256, _ count: Int) -> [UInt8] {
    (0..<count).map { index in
      let (place, overflow) = offset.addingReportingOverflow(UInt256(UInt64(index)))
      return !overflow && place < UInt256(UInt64(bytes.count)) ? bytes[Int(place.low)] : 0
    }
  }

  static func words(_ count: Int) -> Int { (count + 31) / 32 }

  /// Runs a frame to its end.
  mutating func run(_ start: Frame) -> Outcome {
    var frame = start
    do {
      while true {
        let opcode = frame.pc < frame.code.count ? frame.code[frame.pc] : 0
        frame.pc += 1
        try execute(opcode, &frame)
      }
    } catch .returned(let output) {
      return Outcome(status: .success, gas: frame.gas, refund: frame.refund, output: output)
    } catch .reverted(let output) {
      return Outcome(status: .revert, gas: frame.gas, refund: 0, output: output)
    } catch {
      return .failure
    }
  }

  private mutating func execute(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    guard let price = prices.base(of: opcode) else { throw .failed }
    try frame.charge(price)
    switch opcode {
    case 0x00...0x1e: try arithmetic(opcode, &frame)
    case 0x20...0x4a: try environment(opcode, &frame)
    case 0x60...0x7f:
      let count = Int(opcode) - 0x5f
      let bytes = SlowMachine.slice(frame.code, UInt256(UInt64(frame.pc)), count)
      try frame.push(UInt256(bigEndian: bytes) ?? .zero)
      frame.pc += count
    case 0x80...0x8f:
      let depth = Int(opcode) - 0x7f
      guard frame.stack.count >= depth else { throw .failed }
      try frame.push(frame.stack[frame.stack.count - depth])
    case 0x90...0x9f:
      let depth = Int(opcode) - 0x8e
      guard frame.stack.count >= depth else { throw .failed }
      frame.stack.swapAt(frame.stack.count - 1, frame.stack.count - depth)
    case 0x50...0x5f: try stackAndMemory(opcode, &frame)
    default: try system(opcode, &frame)
    }
  }

  private mutating func arithmetic(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    if opcode == 0x00 { throw .returned([]) }
    let a = try frame.pop()
    if opcode == 0x15 { return try frame.push(a.isZero) }
    if opcode == 0x19 { return try frame.push(.max &- a) }
    if opcode == 0x1e { return try frame.push(a.leadingZeroBitCount) }
    let b = try frame.pop()
    switch opcode {
    case 0x01: try frame.push(a &+ b)
    case 0x02: try frame.push(a &* b)
    case 0x03: try frame.push(a &- b)
    case 0x04: try frame.push(b.isZero ? 0 : a / b)
    case 0x05: try frame.push(a.dividedSigned(by: b))
    case 0x06: try frame.push(b.isZero ? 0 : a % b)
    case 0x07: try frame.push(a.remainderSigned(dividingBy: b))
    case 0x08: try frame.push(.addingModulo(a, b, try frame.pop()))
    case 0x09: try frame.push(.multiplyingModulo(a, b, try frame.pop()))
    case 0x0a:
      try frame.charge((revision >= .spuriousDragon ? 50 : 10) * b.minimalByteCount)
      try frame.push(a.power(b))
    case 0x0b: try frame.push(b.signExtended(fromByte: a))
    default: try comparison(opcode, a, b, &frame)
    }
  }

  private func comparison(_ opcode: UInt8, _ a: UInt256, _ b: UInt256, _ frame: inout Frame) throws(Stop) {
    switch opcode {
    case 0x10: try frame.push(a < b)
    case 0x11: try frame.push(a > b)
    case 0x12: try frame.push(a.isLessSigned(than: b))
    case 0x13: try frame.push(b.isLessSigned(than: a))
    case 0x14: try frame.push(a == b)
    case 0x16: try frame.push(a & b)
    case 0x17: try frame.push(a | b)
    case 0x18: try frame.push(a ^ b)
    case 0x1a: try frame.push(a < 32 ? UInt256(UInt64(b.bigEndianBytes[Int(a.low)])) : 0)
    case 0x1b: try frame.push(a < 256 ? b << Int(a.low) : 0)
    case 0x1c: try frame.push(a < 256 ? b >> Int(a.low) : 0)
    default: try frame.push(b.shiftedRightSigned(by: a))
    }
  }

  private mutating func stackAndMemory(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    switch opcode {
    case 0x50: _ = try frame.pop()
    case 0x51:
      let range = try frame.touch(try frame.pop(), 32)
      try frame.push(UInt256(bigEndian: [UInt8](frame.memory[range])) ?? 0)
    case 0x52:
      let (offset, value) = (try frame.pop(), try frame.pop())
      frame.memory.replaceSubrange(try frame.touch(offset, 32), with: value.bigEndianBytes)
    case 0x53:
      let (offset, value) = (try frame.pop(), try frame.pop())
      frame.memory[try frame.touch(offset, 1).lowerBound] = UInt8(truncatingIfNeeded: value.low)
    case 0x54:
      let read = world.loadStorage(try frame.pop(), of: frame.address)
      if revision >= .berlin { try frame.charge(read.isCold ? 2100 : 100) }
      try frame.push(read.value)
    case 0x55: try store(&frame)
    case 0x56: try frame.jump(to: try frame.pop())
    case 0x57:
      let (place, condition) = (try frame.pop(), try frame.pop())
      if !condition.isZero { try frame.jump(to: place) }
    case 0x58: try frame.push(frame.pc - 1)
    case 0x59: try frame.push(frame.memory.count)
    case 0x5a: try frame.push(frame.gas)
    case 0x5c: try frame.push(world.transientStorage(try frame.pop(), of: frame.address))
    case 0x5d:
      if frame.isStatic { throw .failed }
      let (key, value) = (try frame.pop(), try frame.pop())
      world.setTransientStorage(value, at: key, of: frame.address)
    case 0x5e:
      let (target, source, count) = (try frame.pop(), try frame.pop(), try frame.pop())
      let from = try frame.touch(source, count)
      let to = try frame.touch(target, count)
      try frame.charge(3 * SlowMachine.words(to.count))
      frame.memory.replaceSubrange(to, with: Array(frame.memory[from]))
    case 0x5f: try frame.push(0)
    // JUMPDEST.
    default: break
    }
  }

  private mutating func store(_ frame: inout Frame) throws(Stop) {
    if frame.isStatic { throw .failed }
    if revision >= .istanbul && frame.gas <= 2300 { throw .failed }
    let (key, value) = (try frame.pop(), try frame.pop())
    let slot = world.storageSlot(key, of: frame.address)
    if revision == .constantinople || revision >= .istanbul {
      try chargeNet(slot, value, &frame)
    } else {
      // Yellow paper, appendix G, as it was then.
      try frame.charge(slot.current.isZero && !value.isZero ? 20000 : 5000)
      if !slot.current.isZero && value.isZero { frame.refund += 15000 }
    }
    world.setStorage(value, at: key, of: frame.address)
  }

  /// SSTORE as EIP-1283 and 2200 spell it, with the numbers of EIP-2929 and 3529.
  private func chargeNet(_ slot: StorageSlot, _ value: UInt256, _ frame: inout Frame) throws(Stop) {
    // Looking at the slot; changing it for the first time.
    let (look, change) = revision >= .berlin ? (100, 2900) : revision >= .istanbul ? (800, 5000) : (200, 5000)
    let clears = revision >= .london ? 4800 : 15000
    if revision >= .berlin && slot.isCold { try frame.charge(2100) }
    if slot.current == value {
      try frame.charge(look)
    } else if slot.original == slot.current {
      try frame.charge(slot.original.isZero ? 20000 : change)
      if !slot.original.isZero && value.isZero { frame.refund += clears }
    } else {
      try frame.charge(look)
      if !slot.original.isZero && slot.current.isZero { frame.refund -= clears }
      if !slot.original.isZero && !slot.current.isZero && value.isZero { frame.refund += clears }
      if slot.original == value { frame.refund += (slot.original.isZero ? 20000 : change) - look }
    }
  }
}
