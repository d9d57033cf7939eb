package import Primitives

/// The four instructions that call.
package enum CallKind {
  case call
  case callCode
  case delegateCall
  case staticCall

  package init(_ opcode: UInt8) {
    switch opcode {
    case 0xf1: self = .call
    case 0xf2: self = .callCode
    case 0xf4: self = .delegateCall
    default: self = .staticCall
    }
  }

  /// Whether one of the operands is a value.
  @inlinable package var hasValue: Bool { self == .call || self == .callCode }

  /// How many operands there are.
  @inlinable package var operandCount: Int { hasValue ? 7 : 6 }
}

extension Machine {
  /// CALL, CALLCODE, DELEGATECALL, STATICCALL.
  @inlinable
  package func call<World: Host & ~Copyable>(
    _ kind: CallKind, _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Step {
    let target = Address(truncating: frame[1])
    let value = kind.hasValue ? frame[2] : .zero
    let first = kind.hasValue ? 3 : 2
    let (inputOffset, inputCount) = (frame[first], frame[first + 1])
    let (outputOffset, outputCount) = (frame[first + 2], frame[first + 3])
    if kind == .call, frame.isStatic, !value.isZero { return .halted(.staticStateChange) }
    guard frame.cover(inputOffset, inputCount), frame.cover(outputOffset, outputCount),
      try chargeAccess(target, else: schedule.call, frame, &host),
      try chargeValue(value, kind, target, frame, &host)
    else { return .halted(.outOfGas) }
    var (code, isDelegated) = (try code(of: target, &host), false)
    if let delegate = code?.delegate, revision >= .prague {
      guard try chargeAccess(delegate, else: 0, frame, &host) else { return .halted(.outOfGas) }
      code = try self.code(of: delegate, &host)
      isDelegated = true
    }
    guard var gas = takeGas(requested: frame[0], frame) else { return .halted(.outOfGas) }
    if !value.isZero { gas += GasSchedule.callStipend }
    unsafe frame.fields.pointee.outputOffset = outputCount.isZero ? 0 : Int(truncatingIfNeeded: outputOffset.low)
    unsafe frame.fields.pointee.outputCount = Int(truncatingIfNeeded: outputCount.low)
    frame.drop(kind.operandCount)
    let canPay = value.isZero ? true : try host.balance(of: frame.address) >= value
    if !canPay || depth >= Frame.depthLimit { return .ended(Outcome(.revert, gas: gas)) }
    let start = unsafe startOfCall(
      kind, frame, target: target, value: value, input: frame.memory(inputOffset, inputCount), gas: gas,
      snapshot: host.snapshot())
    if kind == .call || kind == .staticCall { try move(value, from: frame.address, to: target, &host) }
    let outcome = unsafe enter(
      code, at: isDelegated ? nil : target, start, frame.fields.pointee.environment, &host)
    return outcome.map { .ended($0) } ?? .entered
  }

  /// The price of moving value, and of making the account that gets it.
  @inlinable
  package func chargeValue<World: Host & ~Copyable>(
    _ value: UInt256, _ kind: CallKind, _ target: Address, _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Bool {
    if !value.isZero, !frame.charge(GasSchedule.callValue) { return false }
    guard kind == .call else { return true }
    let isNew =
      revision < .spuriousDragon
      ? try !host.exists(target) : value.isZero ? false : try host.isEmpty(target)
    return isNew ? frame.charge(GasSchedule.newAccount) : true
  }

  /// What the callee gets: since EIP-150 at most all but a 64th of what there is, before exactly what was asked for.
  /// Nil when there is less than that.
  package func takeGas(requested: UInt256, _ frame: FrameHandle) -> Int? {
    let wanted = requested.high == 0 && requested.low < UInt128(Int.max) ? Int(truncatingIfNeeded: requested.low) : .max
    let granted = revision >= .tangerineWhistle ? min(wanted, frame.gas - frame.gas / 64) : wanted
    guard granted <= frame.gas else { return nil }
    frame.gas -= granted
    return granted
  }

  package func startOfCall(
    _ kind: CallKind, _ frame: FrameHandle, target: Address, value: UInt256, input: UnsafeRawBufferPointer, gas: Int,
    snapshot: Int
  ) -> Start {
    let runsHere = kind == .callCode || kind == .delegateCall
    let isDelegate = kind == .delegateCall
    return unsafe Start(
      address: runsHere ? frame.address : target,
      caller: isDelegate ? frame.fields.pointee.caller : frame.address,
      value: isDelegate ? frame.fields.pointee.value : value, input: input, gas: gas,
      isStatic: frame.isStatic || kind == .staticCall, snapshot: snapshot)
  }

  /// CREATE and CREATE2.
  @inlinable
  package func create<World: Host & ~Copyable>(
    _ frame: FrameHandle, isSalted: Bool, _ host: inout World
  ) throws(World.Failure) -> Step {
    if frame.isStatic { return .halted(.staticStateChange) }
    let (value, offset, count) = (frame[0], frame[1], frame[2])
    let salt = isSalted ? frame[3] : .zero
    guard frame.cover(offset, count) else { return .halted(.outOfGas) }
    if revision >= .shanghai, count > UInt256(UInt64(GasSchedule.initcodeSizeLimit)) {
      return .halted(.initcodeTooLarge)
    }
    let wordPrice = schedule.initcodeWord + (isSalted ? GasSchedule.keccakWord : 0)
    guard frame.chargeWords(count, each: wordPrice) else { return .halted(.outOfGas) }
    let gas = revision >= .tangerineWhistle ? frame.gas - frame.gas / 64 : frame.gas
    frame.gas -= gas
    frame.drop(isSalted ? 4 : 3)
    unsafe frame.fields.pointee.created = .zero
    let nonce = try host.nonce(of: frame.address)
    let canPay = value.isZero ? true : try host.balance(of: frame.address) >= value
    if !canPay || nonce == .max || depth >= Frame.depthLimit { return .ended(Outcome(.revert, gas: gas)) }
    let initcode = unsafe frame.memory(offset, count)
    let address =
      isSalted
      ? unsafe ContractAddress.create2(
        sender: frame.address, salt: salt, initcodeHash: Code.hash(of: initcode))
      : ContractAddress.create(sender: frame.address, nonce: nonce)
    unsafe frame.fields.pointee.created = address
    try host.setNonce(nonce + 1, of: frame.address)
    if schedule.metersAccess { _ = try host.accessAccount(address) }
    let outcome = try unsafe create(
      address, Code(copying: initcode), sender: frame.address, value: value, gas: gas,
      frame.fields.pointee.environment, &host)
    return outcome.map { .ended($0) } ?? .entered
  }
}
