// Memory, hashing and copies into memory.

import Primitives

@c func evmMload(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(1) else { return r.fail(.stackUnderflow) }
  guard let offset = r.wordOffset(r[0]) else { return unsafe evmMloadGrowing(p, s, g, f, t) }
  guard r.charge(3) else { return r.fail(.outOfGas) }
  r[0] = r.loadWord(at: offset)
  return r.next()
}

@c func evmMstore(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(2) else { return r.fail(.stackUnderflow) }
  guard let offset = r.wordOffset(r[0]) else { return unsafe evmMstoreGrowing(p, s, g, f, t) }
  guard r.charge(3) else { return r.fail(.outOfGas) }
  r.storeWord(r[1], at: offset)
  r.drop(2)
  return r.next()
}

@c func evmMstore8(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(2) else { return r.fail(.stackUnderflow) }
  guard r.charge(3), r.cover(r[0], .one) else { return r.fail(.outOfGas) }
  unsafe r.frame.pointee.memory.storeBytes(
    of: UInt8(truncatingIfNeeded: r[1].low), toByteOffset: r.start(r[0], .one), as: UInt8.self)
  r.drop(2)
  return r.next()
}

/// MLOAD beyond the memory there is: grows it and begins again. Apart, so that the usual case saves no registers.
@inline(never)
@c func evmMloadGrowing(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.cover(r[0], UInt256(32)) else { return r.fail(.outOfGas) }
  return unsafe evmMload(p, s, r.gas, f, t)
}

/// MSTORE beyond the memory there is: grows it and begins again. Apart, so that the usual case saves no registers.
@inline(never)
@c func evmMstoreGrowing(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.cover(r[0], UInt256(32)) else { return r.fail(.outOfGas) }
  return unsafe evmMstore(p, s, r.gas, f, t)
}

@c func evmKeccak256(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(2) else { return r.fail(.stackUnderflow) }
  guard r.charge(30), r.cover(r[0], r[1]) else { return r.fail(.outOfGas) }
  let count = Int(truncatingIfNeeded: r[1].low)
  guard r.charge((count &+ 31) &>> 5 &* GasSchedule.keccakWord) else { return r.fail(.outOfGas) }
  r[1] = unsafe Copying.hash(r.frame, r.start(r[0], r[1]), count)
  r.drop(1)
  return r.next()
}

@c func evmCalldatacopy(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(3) else { return r.fail(.stackUnderflow) }
  guard r.charge(3), r.cover(r[0], r[2]) else { return r.fail(.outOfGas) }
  let count = Int(truncatingIfNeeded: r[2].low)
  guard r.charge((count &+ 31) &>> 5 &* GasSchedule.copyWord) else { return r.fail(.outOfGas) }
  unsafe Memory.copyPadded(
    to: r.frame.pointee.memory + r.start(r[0], r[2]), from: r.frame.pointee.input,
    sourceCount: r.frame.pointee.inputCount, offset: r[1], count: count)
  r.drop(3)
  return r.next()
}

@c func evmCodecopy(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(3) else { return r.fail(.stackUnderflow) }
  guard r.charge(3), r.cover(r[0], r[2]) else { return r.fail(.outOfGas) }
  let count = Int(truncatingIfNeeded: r[2].low)
  guard r.charge((count &+ 31) &>> 5 &* GasSchedule.copyWord) else { return r.fail(.outOfGas) }
  unsafe Memory.copyPadded(
    to: r.frame.pointee.memory + r.start(r[0], r[2]), from: r.frame.pointee.code,
    sourceCount: r.frame.pointee.codeCount, offset: r[1], count: count)
  r.drop(3)
  return r.next()
}

/// Data beyond the end is no zeros here but a failure (EIP-211).
@c func evmReturndatacopy(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(3) else { return r.fail(.stackUnderflow) }
  guard r.charge(3), r.cover(r[0], r[2]) else { return r.fail(.outOfGas) }
  let count = Int(truncatingIfNeeded: r[2].low)
  guard r.charge((count &+ 31) &>> 5 &* GasSchedule.copyWord) else { return r.fail(.outOfGas) }
  let (end, overflow) = r[1].addingReportingOverflow(r[2])
  guard !overflow, unsafe end <= UInt256(UInt64(truncatingIfNeeded: r.frame.pointee.returnDataCount)) else {
    return r.fail(.returnDataOutOfBounds)
  }
  unsafe Memory.copyPadded(
    to: r.frame.pointee.memory + r.start(r[0], r[2]), from: r.frame.pointee.returnData,
    sourceCount: r.frame.pointee.returnDataCount, offset: r[1], count: count)
  r.drop(3)
  return r.next()
}

/// EIP-5656.
@c func evmMcopy(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(3) else { return r.fail(.stackUnderflow) }
  guard r.charge(3), r.cover(r[0] < r[1] ? r[1] : r[0], r[2]) else { return r.fail(.outOfGas) }
  let count = Int(truncatingIfNeeded: r[2].low)
  guard r.charge((count &+ 31) &>> 5 &* GasSchedule.copyWord) else { return r.fail(.outOfGas) }
  let memory = unsafe r.frame.pointee.memory
  unsafe (memory + r.start(r[0], r[2])).copyMemory(from: memory + r.start(r[1], r[2]), byteCount: count)
  r.drop(3)
  return r.next()
}
