// The stack and the flow of control (groups 0x50 to 0x90), and the ways out of the loop.

import Primitives

@c func evmPop(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(1) else { return r.fail(.stackUnderflow) }
  guard r.charge(2) else { return r.fail(.outOfGas) }
  r.drop(1)
  return r.next()
}

@c func evmJump(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(1) else { return r.fail(.stackUnderflow) }
  guard r.charge(8) else { return r.fail(.outOfGas) }
  let destination = r[0]
  r.drop(1)
  return r.jump(to: destination)
}

@c func evmJumpi(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(2) else { return r.fail(.stackUnderflow) }
  guard r.charge(10) else { return r.fail(.outOfGas) }
  let destination = r[0]
  let isTaken = !r[1].isZero
  r.drop(2)
  return isTaken ? r.jump(to: destination) : r.next()
}

@c func evmJumpdest(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.charge(1) else { return r.fail(.outOfGas) }
  return r.next()
}

/// EIP-3855.
@c func evmPush0(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { _ in .zero }
}

@c func evmPush1(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(1)
}

@c func evmPush2(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(2)
}

@c func evmPush3(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(3)
}

@c func evmPush4(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(4)
}

@c func evmPush5(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(5)
}

@c func evmPush6(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(6)
}

@c func evmPush7(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(7)
}

@c func evmPush8(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(8)
}

@c func evmPush9(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(9)
}

@c func evmPush10(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(10)
}

@c func evmPush11(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(11)
}

@c func evmPush12(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(12)
}

@c func evmPush13(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(13)
}

@c func evmPush14(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(14)
}

@c func evmPush15(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(15)
}

@c func evmPush16(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(16)
}

@c func evmPush17(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(17)
}

@c func evmPush18(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(18)
}

@c func evmPush19(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(19)
}

@c func evmPush20(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(20)
}

@c func evmPush21(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(21)
}

@c func evmPush22(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(22)
}

@c func evmPush23(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(23)
}

@c func evmPush24(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(24)
}

@c func evmPush25(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(25)
}

@c func evmPush26(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(26)
}

@c func evmPush27(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(27)
}

@c func evmPush28(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(28)
}

@c func evmPush29(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(29)
}

@c func evmPush30(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(30)
}

@c func evmPush31(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(31)
}

@c func evmPush32(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.pushImmediate(32)
}

@c func evmDup1(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(1)
}

@c func evmDup2(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(2)
}

@c func evmDup3(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(3)
}

@c func evmDup4(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(4)
}

@c func evmDup5(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(5)
}

@c func evmDup6(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(6)
}

@c func evmDup7(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(7)
}

@c func evmDup8(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(8)
}

@c func evmDup9(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(9)
}

@c func evmDup10(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(10)
}

@c func evmDup11(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(11)
}

@c func evmDup12(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(12)
}

@c func evmDup13(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(13)
}

@c func evmDup14(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(14)
}

@c func evmDup15(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(15)
}

@c func evmDup16(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.duplicate(16)
}

@c func evmSwap1(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(1)
}

@c func evmSwap2(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(2)
}

@c func evmSwap3(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(3)
}

@c func evmSwap4(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(4)
}

@c func evmSwap5(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(5)
}

@c func evmSwap6(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(6)
}

@c func evmSwap7(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(7)
}

@c func evmSwap8(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(8)
}

@c func evmSwap9(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(9)
}

@c func evmSwap10(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(10)
}

@c func evmSwap11(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(11)
}

@c func evmSwap12(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(12)
}

@c func evmSwap13(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(13)
}

@c func evmSwap14(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(14)
}

@c func evmSwap15(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(15)
}

@c func evmSwap16(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.swap(16)
}

/// An opcode that asks for more than the frame: the machine serves it.
@c func evmWorld(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  let r = unsafe Registers(p, s, g, f, t)
  return unsafe r.leave(Int32(r.pc[0]))
}

@c func evmInvalid(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  let r = unsafe Registers(p, s, g, f, t)
  return r.fail(.invalidInstruction)
}

/// Every entry of the table that steps: the instruction before is done.
@c func evmStep(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  let r = unsafe Registers(p, s, g, f, t)
  return r.leave(Signal.step)
}

extension Registers {
  /// Goes on at a place of the code, when a JUMPDEST stands there.
  @inline(__always)
  func jump(to destination: UInt256) -> Int32 {
    guard destination.high == 0, unsafe destination.low < UInt128(truncatingIfNeeded: frame.pointee.codeCount) else {
      return fail(.invalidJump)
    }
    let offset = Int(truncatingIfNeeded: destination.low)
    guard unsafe frame.pointee.jumpDestinations[offset &>> 3] &>> UInt8(truncatingIfNeeded: offset & 7) & 1 == 1 else {
      return fail(.invalidJump)
    }
    return unsafe continued(at: frame.pointee.code + offset)
  }
}
