import EVM
import Primitives
import TestSupport

/// Programs that mostly do something: operands are on the stack more often than not, offsets are small, jumps hit.
struct RandomCode {
  var generator: SeededGenerator

  /// Addresses that calls go to.
  let targets: [Address]

  /// PUSH0 where the fork has it (EIP-3855).
  let zero: [UInt8]

  init(generator: SeededGenerator, targets: [Address], revision: Revision) {
    self.generator = generator
    self.targets = targets
    zero = revision >= .shanghai ? [0x5f] : [0x60, 0x00]
  }

  private mutating func below(_ bound: Int) -> Int {
    Int(generator.next() % UInt64(bound))
  }

  private mutating func smallPush() -> [UInt8] {
    [0x60, UInt8(below(100))]
  }

  /// A number of any length, or one that is special.
  private mutating func push() -> [UInt8] {
    switch below(6) {
    case 0: return zero
    case 1: return UInt256.max.pushed
    case 2:
      let count = 1 + below(32)
      return [UInt8(0x5f + count)] + generator.bytes(count: count)
    default: return smallPush()
    }
  }

  private mutating func target() -> [UInt8] {
    UInt256(targets[below(targets.count)]).pushed
  }

  private mutating func call() -> [UInt8] {
    let opcode = [0xf1, 0xf2, 0xf4, 0xfa][below(4)] as UInt8
    var code = smallPush() + smallPush() + smallPush() + smallPush()
    if opcode < 0xf4 { code += below(2) == 0 ? zero : smallPush() }
    code += target()
    code += below(3) == 0 ? [0x61, UInt8(below(256)), UInt8(below(256))] : [0x5a]
    return code + [opcode]
  }

  /// Puts a short program into memory and makes a contract of it.
  private mutating func creation() -> [UInt8] {
    let isSalted = below(2) == 0
    let initcode = program(length: 3).prefix(32)
    let word = UInt256(bigEndian: [UInt8](initcode) + [UInt8](repeating: 0, count: 32 - initcode.count)) ?? .zero
    return word.pushed + zero + [0x52] + (isSalted ? smallPush() : []) + [0x60, UInt8(below(40))] + zero
      + (below(3) == 0 ? smallPush() : zero) + [isSalted ? 0xf5 : 0xf0]
  }

  private mutating func instruction() -> [UInt8] {
    switch below(20) {
    case 0...4:
      let opcode = Opcode.all[below(Opcode.all.count)]
      return (0..<min(opcode.taken, 4)).flatMap { _ in push() } + [opcode.byte]
    case 5...7:
      let opcode = Opcode.all[below(60)]
      return (0..<opcode.taken).flatMap { _ in smallPush() } + [opcode.byte]
    case 8, 9: return push()
    case 10: return smallPush() + [0x60, UInt8(below(4)), 0x55]
    case 11: return [0x60, UInt8(below(4)), 0x54]
    case 12: return [0x60, UInt8(below(4)), 0x5c] + smallPush() + [0x60, UInt8(below(4)), 0x5d]
    case 13: return call()
    case 14: return below(3) == 0 ? creation() : smallPush() + smallPush() + [0x52]
    case 15: return [UInt8(0x80 + below(32))]
    case 16: return [0x5b]
    // Over the next four bytes, to a JUMPDEST behind them.
    case 17: return [0x60, 0x09, 0x58, 0x01, 0x56, 0x5b, 0x5b, 0x5b, 0x5b, 0x5b, 0x5b]
    case 18: return [UInt8(below(256))]
    default: return target() + [[0x31, 0x3b, 0x3f][below(3)]]
    }
  }

  mutating func program(length: Int) -> [UInt8] {
    var code = [UInt8]()
    for _ in 0..<length {
      code += instruction()
    }
    switch below(8) {
    case 0...3: return code + [0x60, UInt8(below(70))] + zero + [0xf3]
    case 4: return code + [0x60, UInt8(below(70))] + zero + [0xfd]
    case 5: return code + target() + [0xff]
    default: return code
    }
  }
}
