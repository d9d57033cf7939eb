// What code may ask about itself, its caller, the block and the transaction (groups 0x30, 0x40), and the counters.

import Primitives

@c func evmAddress(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256($0.pointee.address) }
}

@c func evmOrigin(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.origin }
}

@c func evmCaller(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256($0.pointee.caller) }
}

@c func evmCallvalue(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.value }
}

@c func evmCalldatasize(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256(UInt64(truncatingIfNeeded: $0.pointee.inputCount)) }
}

@c func evmCodesize(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256(UInt64(truncatingIfNeeded: $0.pointee.codeCount)) }
}

@c func evmGasprice(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.gasPrice }
}

@c func evmReturndatasize(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256(UInt64(truncatingIfNeeded: $0.pointee.returnDataCount)) }
}

@c func evmCoinbase(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.coinbase }
}

@c func evmTimestamp(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.timestamp }
}

@c func evmNumber(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256($0.pointee.environment.pointee.number) }
}

@c func evmPrevrandao(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.difficultyOrPrevRandao }
}

@c func evmGaslimit(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.gasLimit }
}

@c func evmChainid(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.chainID }
}

@c func evmBasefee(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.baseFee }
}

@c func evmBlobbasefee(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe $0.pointee.environment.pointee.blobBaseFee }
}

@c func evmMsize(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return unsafe r.constant(2) { unsafe UInt256(UInt64(truncatingIfNeeded: $0.pointee.memorySize)) }
}

@c func evmPc(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  let count = unsafe UInt64(truncatingIfNeeded: r.pc - r.frame.pointee.code)
  return unsafe r.constant(2) { _ in UInt256(count) }
}

@c func evmGas(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.hasRoom else { return r.fail(.stackOverflow) }
  guard r.charge(2) else { return r.fail(.outOfGas) }
  r.push(UInt256(UInt64(truncatingIfNeeded: r.gas)))
  return r.next()
}

@c func evmCalldataload(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(1) else { return r.fail(.stackUnderflow) }
  guard r.charge(3) else { return r.fail(.outOfGas) }
  unsafe Copying.loadInput(r.frame, r.top)
  return r.next()
}

@c func evmBlobhash(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(1) else { return r.fail(.stackUnderflow) }
  guard r.charge(3) else { return r.fail(.outOfGas) }
  unsafe Copying.loadBlobHash(r.frame, r.top)
  return r.next()
}
