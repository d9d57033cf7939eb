// Arithmetic, comparison and bits (yellow paper, appendix H.2, groups 0x00, 0x10).

import Primitives

@c func evmAdd(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0 &+ $1 }
}

@c func evmMul(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $0 &* $1 }
}

@c func evmSub(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0 &- $1 }
}

@c func evmDiv(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $1.isZero ? .zero : $0 / $1 }
}

@c func evmSdiv(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $0.dividedSigned(by: $1) }
}

@c func evmMod(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $1.isZero ? .zero : $0 % $1 }
}

@c func evmSmod(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $0.remainderSigned(dividingBy: $1) }
}

@c func evmAddmod(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.ternary(8) { .addingModulo($0, $1, $2) }
}

@c func evmMulmod(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.ternary(8) { .multiplyingModulo($0, $1, $2) }
}

@c func evmExp(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  guard r.has(2) else { return r.fail(.stackUnderflow) }
  let bytes = r[1].minimalByteCount
  guard unsafe r.charge(10 &+ bytes &* r.frame.pointee.environment.pointee.expByteGas) else { return r.fail(.outOfGas) }
  r[1] = r[0].power(r[1])
  r.drop(1)
  return r.next()
}

@c func evmSignextend(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(5) { $1.signExtended(fromByte: $0) }
}

@c func evmLt(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { UInt256($0 < $1) }
}

@c func evmGt(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { UInt256($1 < $0) }
}

@c func evmSlt(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { UInt256($0.isLessSigned(than: $1)) }
}

@c func evmSgt(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { UInt256($1.isLessSigned(than: $0)) }
}

@c func evmEq(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { UInt256($0 == $1) }
}

@c func evmAnd(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0 & $1 }
}

@c func evmOr(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0 | $1 }
}

@c func evmXor(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0 ^ $1 }
}

@c func evmByte(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $1.byte(at: $0) }
}

@c func evmShl(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0.isBelow256 ? $1.shiftedLeft(count: $0) : .zero }
}

@c func evmShr(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $0.isBelow256 ? $1.shiftedRight(count: $0) : .zero }
}

@c func evmSar(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.binary(3) { $1.shiftedRightSigned(by: $0) }
}

@c func evmIszero(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.unary(3) { UInt256($0.isZero) }
}

@c func evmNot(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.unary(3) { ~$0 }
}

/// EIP-7939.
@c func evmClz(_ p: CodePointer, _ s: Raw, _ g: Int, _ f: Raw, _ t: Table) -> Int32 {
  var r = unsafe Registers(p, s, g, f, t)
  return r.unary(5) { UInt256(UInt64(truncatingIfNeeded: $0.leadingZeroBitCount)) }
}

extension UInt256 {
  /// One for true.
  @inline(__always)
  init(_ condition: Bool) {
    self.init(condition ? 1 : 0 as UInt64)
  }

  @inline(__always)
  fileprivate var isBelow256: Bool { high == 0 && low < 256 }

  // Shifts by less than 256, without a branch. A call of the general shift would cost more than the shift.

  @inline(__always)
  fileprivate func shiftedLeft(count: UInt256) -> UInt256 {
    let bits = count.low & 127
    let lower = low &<< bits
    let upper = high &<< bits | (low &>> 1) &>> (127 &- bits)
    return count.low >= 128 ? UInt256(low: 0, high: lower) : UInt256(low: lower, high: upper)
  }

  @inline(__always)
  fileprivate func shiftedRight(count: UInt256) -> UInt256 {
    let bits = count.low & 127
    let upper = high &>> bits
    let lower = low &>> bits | (high &<< 1) &<< (127 &- bits)
    return count.low >= 128 ? UInt256(low: upper, high: 0) : UInt256(low: lower, high: upper)
  }
}
