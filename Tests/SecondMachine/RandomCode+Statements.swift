import EVM
import Primitives

extension RandomCode {
  /// Adds something that a program might do, and that does not fail if there is gas.
  mutating func statement(_ draft: inout Draft) {
    switch below(20) {
    case 0...4: compute(&draft)
    case 5: askSurroundings(&draft)
    case 6, 7: useMemory(&draft)
    case 8: copy(&draft)
    case 9, 10: useStorage(&draft)
    case 11: useTransientStorage(&draft)
    case 12: askAccount(&draft)
    case 13, 14: call(&draft)
    case 15: create(&draft)
    case 16: log(&draft)
    case 17, 18: arrange(&draft)
    default: branch(&draft)
    }
  }

  /// Takes words and leaves one.
  private mutating func compute(_ draft: inout Draft) {
    let opcode = pick((Array(0x01...0x0b) + Array(0x10...0x1e)).filter(prices.exists))
    let taken =
      switch opcode {
      case 0x08, 0x09: 3
      case 0x15, 0x19, 0x1e: 1
      default: 2
      }
    operands(taken, &draft)
    draft.add(opcode, taking: taken, leaving: 1)
  }

  /// Leaves at least so many words on the stack that may be taken: some that are there, the others new.
  private mutating func operands(_ count: Int, _ draft: inout Draft) {
    let own = min(count, draft.height - draft.floor, below(4))
    // The top is the first operand: small numbers there are shifts, bytes and signs of some use.
    for _ in own..<count { draft.push(once(in: 3) ? UInt256(UInt64(below(40))) : word()) }
  }

  private mutating func askSurroundings(_ draft: inout Draft) {
    let plain: [UInt8] = [
      0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4a, 0x58, 0x59,
      0x5a, 0x5f,
    ]
    switch below(5) {
    case 0:
      // A block within reach, the newest and the oldest of them, and what lies beyond.
      draft.push(pick([0, 1, 2, 255, 256, 257, below(1000)]))
      draft.add(0x43, leaving: 1)
      draft.add(0x03, taking: 2, leaving: 1)
      draft.add(0x40, taking: 1, leaving: 1)
    case 1 where prices.exists(0x49):
      draft.push(once(in: 4) ? word() : UInt256(UInt64(below(4))))
      draft.add(0x49, taking: 1, leaving: 1)
    default: draft.add(pick(plain.filter(prices.exists)), leaving: 1)
    }
  }

  private mutating func useMemory(_ draft: inout Draft) {
    switch below(5) {
    case 0:
      draft.push(below(200))
      draft.add(0x51, taking: 1, leaving: 1)
    case 1:
      draft.push(once(in: 4) ? word() : UInt256(UInt64(below(100))))
      draft.add(0x35, taking: 1, leaving: 1)
    case 2:
      draft.push(below(150))
      draft.push(below(100))
      draft.add(0x20, taking: 2, leaving: 1)
    default:
      operands(1, &draft)
      draft.push(below(200))
      draft.add(once(in: 3) ? 0x53 : 0x52, taking: 2)
    }
  }

  /// A copy into memory: of data, code, what a call returned, another account's code, or memory.
  private mutating func copy(_ draft: inout Draft) {
    let opcode = pick(([0x37, 0x39, 0x3e, 0x3c, 0x5e] as [UInt8]).filter(prices.exists))
    if opcode == 0x3e {
      draft.add(0x3d, leaving: 1)
      draft.push(0)
    } else {
      draft.push(below(100))
      draft.push(once(in: 8) && opcode != 0x5e ? word() : UInt256(UInt64(below(100))))
    }
    draft.push(below(100))
    if opcode == 0x3c { draft.push(UInt256(pick(targets))) }
    draft.add(opcode, taking: opcode == 0x3c ? 4 : 3)
  }

  private mutating func key() -> UInt256 { once(in: 12) ? word() : UInt256(UInt64(below(4))) }

  private mutating func useStorage(_ draft: inout Draft) {
    if once(in: 3) {
      draft.push(key())
      return draft.add(0x54, taking: 1, leaving: 1)
    }
    // Few values, so that slots go back to what they were.
    if once(in: 5) { operands(1, &draft) } else { draft.push(pick([0, 0, 1, 7, 9])) }
    draft.push(key())
    draft.add(0x55, taking: 2)
  }

  private mutating func useTransientStorage(_ draft: inout Draft) {
    guard prices.exists(0x5c) else { return useStorage(&draft) }
    operands(1, &draft)
    draft.push(below(3))
    draft.add(0x5d, taking: 2)
    draft.push(below(3))
    draft.add(0x5c, taking: 1, leaving: 1)
  }

  private mutating func askAccount(_ draft: inout Draft) {
    draft.push(UInt256(pick(targets)))
    draft.add(pick(([0x31, 0x3b, 0x3f] as [UInt8]).filter(prices.exists)), taking: 1, leaving: 1)
  }

  private mutating func call(_ draft: inout Draft) {
    let opcode = pick(([0xf1, 0xf1, 0xf2, 0xf4, 0xfa] as [UInt8]).filter(prices.exists))
    let hasValue = opcode < 0xf4
    draft.push(below(70))
    draft.push(below(100))
    draft.push(below(150))
    draft.push(below(100))
    if hasValue { draft.push(once(in: 3) ? below(4) : 0) }
    draft.push(UInt256(pick(targets)))
    gas(&draft)
    draft.add(opcode, taking: hasValue ? 7 : 6, leaving: 1)
  }

  /// What a callee gets: a part of what is left, a number, or all, which before EIP-150 is too much.
  private mutating func gas(_ draft: inout Draft) {
    switch below(6) {
    case 0: draft.push(below(40_000))
    case 1 where revision >= .tangerineWhistle: draft.add(0x5a, leaving: 1)
    default:
      draft.push(2 + below(6))
      draft.add(0x5a, leaving: 1)
      draft.add(0x04, taking: 2, leaving: 1)
    }
  }

  /// Puts code into memory and makes a contract of it; often one that others make or call as well.
  private mutating func create(_ draft: inout Draft) {
    let code = initcodes.isEmpty || once(in: 6) ? bytes(below(40)) : pick(initcodes)
    var place = 0
    while place < code.count {
      let part = code[place..<min(place + 32, code.count)]
      draft.push(UInt256(bigEndian: Array(part) + [UInt8](repeating: 0, count: 32 - part.count)) ?? 0)
      draft.push(place)
      draft.add(0x52, taking: 2)
      place += 32
    }
    let isSalted = prices.exists(0xf5) && !once(in: 3)
    if isSalted { draft.push(once(in: 8) ? 1 : 0) }
    draft.push(once(in: 10) ? below(100) : code.count)
    draft.push(0)
    draft.push(once(in: 4) ? below(60) : 0)
    draft.add(isSalted ? 0xf5 : 0xf0, taking: isSalted ? 4 : 3, leaving: 1)
  }

  private mutating func log(_ draft: inout Draft) {
    let count = below(5)
    operands(count, &draft)
    draft.push(below(80))
    draft.push(below(80))
    draft.add(UInt8(0xa0 + count), taking: 2 + count)
  }

  /// DUP, SWAP, POP, as far as the stack goes.
  private mutating func arrange(_ draft: inout Draft) {
    let free = draft.height - draft.floor
    switch below(5) {
    case 0 where free > 0: draft.add(0x50, taking: 1)
    case 1...2 where free > 1: draft.add(UInt8(0x90 + below(min(free - 1, 16))))
    case _ where draft.height > 0: draft.add(UInt8(0x80 + below(min(draft.height, 16))), leaving: 1)
    default: draft.push(word())
    }
  }

  /// Over something that is not to be run, around statements that may be, or back to them.
  private mutating func branch(_ draft: inout Draft) {
    guard draft.nesting < 2 else { return compute(&draft) }
    draft.nesting += 1
    let outer = draft.floor
    switch below(3) {
    case 0:
      let place = draft.pushPlace()
      draft.add(0x56, taking: 1)
      // A JUMPDEST among them is one, unless the PUSH2 swallows it.
      let skipped: [UInt8] = [0x01, 0x5b, 0x61, 0x5b, 0x5b, 0x20]
      draft.code += Array(skipped.prefix(below(7))) + [0x5b, 0x5b, 0x5b]
      draft.land(place)
    case 1:
      operands(1, &draft)
      let place = draft.pushPlace()
      draft.add(0x57, taking: 2)
      body(&draft)
      draft.land(place)
    default: loop(&draft)
    }
    draft.floor = outer
    draft.nesting -= 1
  }

  private mutating func loop(_ draft: inout Draft) {
    draft.push(1 + below(4))
    let start = draft.code.count
    draft.add(0x5b)
    body(&draft)
    // PUSH1 1, SWAP1, SUB, DUP1, PUSH2 start, JUMPI.
    draft.push(1)
    draft.add(0x90)
    draft.add(0x03, taking: 2, leaving: 1)
    draft.add(0x80, leaving: 1)
    draft.code += [0x61, UInt8(start >> 8), UInt8(start & 0xff)]
    draft.add(0x57, taking: 1)
    draft.add(0x50, taking: 1)
  }

  /// Statements that leave the stack as it was, and what is on it alone.
  private mutating func body(_ draft: inout Draft) {
    draft.floor = draft.height
    for _ in 0..<1 + below(2) { statement(&draft) }
    draft.pop(to: draft.floor)
  }

  /// Anything: bytes, instructions without operands or with great ones, memory far away, jumps to anywhere.
  mutating func wild(_ draft: inout Draft) {
    switch below(6) {
    case 0: draft.code.append(UInt8(below(256)))
    case 1: draft.code += bytes(1 + below(3))
    case 2:
      draft.push(word())
      draft.add(pick([0x51, 0x54, 0x56, 0x35, 0x31, 0x40]), taking: 1, leaving: 1)
    case 3:
      for _ in 0..<3 { draft.push(word()) }
      draft.add(pick([0x37, 0x39, 0x3e, 0x5e, 0xf0, 0xa1]), taking: 3)
    case 4:
      for _ in 0..<7 { draft.push(once(in: 2) ? word() : UInt256(UInt64(below(100)))) }
      draft.add(pick([0xf1, 0xf2, 0xf4, 0xfa]), taking: 7, leaving: 1)
    default: draft.add(0x5b)
    }
  }
}
