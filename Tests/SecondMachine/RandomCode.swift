import EVM
import Primitives

/// Programs made of statements that find on the stack what they take, touch little memory and jump where they may, so
/// that most programs come to their end. Some are wild: there, anything may stand between statements.
struct RandomCode {
  var random: SplitMix64
  let prices: Prices

  /// Addresses that calls go to.
  var targets: [Address]

  /// What contracts are made with.
  var initcodes: [[UInt8]] = []

  init(random: SplitMix64, prices: Prices, targets: [Address]) {
    self.random = random
    self.prices = prices
    self.targets = targets
  }

  var revision: Revision { prices.revision }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }

  /// A word of any length, or one that is special.
  mutating func word() -> UInt256 {
    switch below(8) {
    case 0: return 0
    case 1: return .max &- UInt256(UInt64(below(3)))
    case 2: return .one << below(256)
    case 3: return UInt256(pick(targets))
    case 4: return UInt256(bigEndian: bytes(1 + below(32))) ?? 0
    default: return UInt256(UInt64(below(100)))
    }
  }

  /// A program while it is written.
  struct Draft {
    var code: [UInt8] = []

    /// Items on the stack, and how many of them are not to be touched: what a loop counts with.
    var height = 0
    var floor = 0

    /// How many loops and branches are open.
    var nesting = 0

    mutating func push(_ value: UInt256) {
      let bytes = value.isZero ? [0] : value.minimalBigEndianBytes
      code += [UInt8(0x5f + bytes.count)] + bytes
      height += 1
    }

    mutating func push(_ value: Int) { push(UInt256(UInt64(value))) }

    /// An instruction that takes items and leaves some.
    mutating func add(_ opcode: UInt8, taking taken: Int = 0, leaving left: Int = 0) {
      code.append(opcode)
      height += left - taken
    }

    /// Takes off what stands above this height.
    mutating func pop(to lowest: Int) {
      while height > lowest { add(0x50, taking: 1) }
    }

    /// PUSH2 of a place that is not known yet; where to write it.
    mutating func pushPlace() -> Int {
      code += [0x61, 0, 0]
      height += 1
      return code.count - 2
    }

    /// A JUMPDEST, named where `pushPlace` left room.
    mutating func land(_ place: Int) {
      code[place] = UInt8(code.count >> 8)
      code[place + 1] = UInt8(code.count & 0xff)
      add(0x5b)
    }
  }

  mutating func program(length: Int, isWild: Bool) -> [UInt8] {
    var draft = Draft()
    for _ in 0..<length {
      if isWild && once(in: 5) { wild(&draft) }
      statement(&draft)
    }
    end(&draft, isWild: isWild)
    return draft.code
  }

  /// Puts what is on the stack where it can be seen, and ends.
  private mutating func end(_ draft: inout Draft, isWild: Bool) {
    for place in 0..<min(draft.height, 3) {
      draft.push(32 * place)
      draft.add(0x52, taking: 2)
    }
    switch below(isWild ? 10 : 20) {
    case 0: draft.code.append(0xfe)
    case 1, 2: finish(&draft, with: prices.exists(0xfd) ? 0xfd : 0xf3)
    case 3, 4:
      draft.push(UInt256(pick(targets)))
      draft.add(0xff, taking: 1)
    case 5: break
    case 6: draft.add(0x00)
    default: finish(&draft, with: 0xf3)
    }
  }

  /// RETURN or REVERT of a little memory.
  private mutating func finish(_ draft: inout Draft, with opcode: UInt8) {
    draft.push(below(140))
    draft.push(below(10))
    draft.add(opcode, taking: 2)
  }

  /// Code that makes a contract: writes storage, and leaves a program that often destroys the contract.
  mutating func initcode() -> [UInt8] {
    var runtime = program(length: 2 + below(5), isWild: once(in: 5))
    if once(in: 3) {
      var last = Draft()
      last.push(UInt256(pick(targets)))
      last.add(0xff, taking: 1)
      runtime += last.code
    }
    // EIP-3541, and a delegation that nobody signed.
    if once(in: 20) { runtime = [0xef] + runtime }
    var draft = Draft()
    for _ in 0..<below(4) { statement(&draft) }
    draft.push(runtime.count)
    let start = draft.pushPlace()
    draft.push(0)
    draft.add(0x39, taking: 3)
    draft.push(runtime.count)
    draft.push(0)
    draft.add(0xf3, taking: 2)
    // No JUMPDEST stands there, but the place is named in the same way.
    draft.code[start] = UInt8(draft.code.count >> 8)
    draft.code[start + 1] = UInt8(draft.code.count & 0xff)
    return draft.code + runtime
  }
}
