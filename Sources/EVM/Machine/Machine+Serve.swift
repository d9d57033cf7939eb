package import Primitives

extension Machine {
  /// Carries out an instruction whose stack and base gas have been checked.
  @inlinable
  package func serve<World: Host & ~Copyable>(
    _ opcode: UInt8, _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Step {
    switch opcode {
    case 0x54: return next(try loadStorage(frame, &host), frame)
    case 0x55: return next(try storeStorage(frame, &host), frame)
    case 0x00: return try unsafe .ended(returned(UnsafeRawBufferPointer(start: nil, count: 0), frame, &host))
    case 0xf3: return try returnOutput(frame, &host)
    case 0xfd: return revertOutput(frame, &host)
    case 0xf1, 0xf2, 0xf4, 0xfa: return try call(CallKind(opcode), frame, &host)
    case 0xf0, 0xf5: return try create(frame, isSalted: opcode == 0xf5, &host)
    case 0xff: return try selfDestruct(frame, &host)
    case 0xa0...0xa4: return next(log(frame, topicCount: Int(opcode &- 0xa0), &host), frame)
    case 0x31: return next(try balance(frame, &host), frame)
    case 0x3b: return next(try codeSize(frame, &host), frame)
    case 0x3c: return next(try codeCopy(frame, &host), frame)
    case 0x3f: return next(try codeHash(frame, &host), frame)
    case 0x40: return next(try blockHash(frame, &host), frame)
    case 0x47: return next(try selfBalance(frame, &host), frame)
    case 0x5c: return next(loadTransient(frame, &host), frame)
    case 0x5d: return next(storeTransient(frame, &host), frame)
    default: return .halted(.invalidInstruction)
    }
  }

  /// Goes on behind the instruction unless it broke a rule.
  @inlinable
  package func next(_ halt: Halt?, _ frame: FrameHandle) -> Step {
    if let halt { return .halted(halt) }
    frame.advance()
    return .served
  }

  @inlinable
  package func returnOutput<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Step {
    let (offset, count) = (frame[0], frame[1])
    guard frame.cover(offset, count) else { return .halted(.outOfGas) }
    return try unsafe .ended(returned(frame.memory(offset, count), frame, &host))
  }

  @inlinable
  package func revertOutput<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) -> Step {
    let (offset, count) = (frame[0], frame[1])
    guard frame.cover(offset, count) else { return .halted(.outOfGas) }
    return unsafe .ended(end(frame, Outcome(.revert, gas: frame.gas, output: frame.memory(offset, count)), &host))
  }

  /// SELFDESTRUCT (EIP-150, 161, 2929, 3529, 6780).
  @inlinable
  package func selfDestruct<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Step {
    if frame.isStatic { return .halted(.staticStateChange) }
    let beneficiary = Address(truncating: frame[0])
    guard frame.charge(schedule.selfdestruct) else { return .halted(.outOfGas) }
    if schedule.metersAccess {
      let isCold = try host.accessAccount(beneficiary)
      guard frame.charge(isCold ? GasSchedule.coldAccount : 0) else { return .halted(.outOfGas) }
    }
    if schedule.selfdestructNewAccount > 0 {
      let isNew = try isNewAccount(beneficiary, paidBy: frame.address, &host)
      guard frame.charge(isNew ? schedule.selfdestructNewAccount : 0) else { return .halted(.outOfGas) }
    }
    let destroying = revision < .cancun || host.isCreatedInTransaction(frame.address)
    if try host.selfDestruct(frame.address, beneficiary: beneficiary, destroying: destroying) {
      frame.refund += Int64(schedule.selfdestructRefund)
    }
    return .ended(end(frame, Outcome(.success, gas: frame.gas, refund: frame.refund), &host))
  }

  /// Whether paying out the balance of `owner` makes the account: until EIP-161 any that is not there, since then one
  /// that is empty, if there is something to pay.
  @inlinable
  package func isNewAccount<World: Host & ~Copyable>(
    _ address: Address, paidBy owner: Address, _ host: inout World
  ) throws(World.Failure) -> Bool {
    if revision < .spuriousDragon { return try !host.exists(address) }
    guard try host.isEmpty(address) else { return false }
    return try !host.balance(of: owner).isZero
  }
}
