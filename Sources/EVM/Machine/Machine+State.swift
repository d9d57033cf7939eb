package import Primitives

extension Machine {
  /// The price of looking at an account: since Berlin that of the access, before `price`.
  @inlinable
  package func chargeAccess<World: Host & ~Copyable>(
    _ address: Address, else price: Int, _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Bool {
    guard schedule.metersAccess else { return frame.charge(price) }
    return frame.charge(try host.accessAccount(address) ? GasSchedule.coldAccount : GasSchedule.warmAccess)
  }

  @inlinable
  package func balance<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) throws(World.Failure)
    -> Halt?
  {
    let address = Address(truncating: frame[0])
    guard try chargeAccess(address, else: schedule.balance, frame, &host) else { return .outOfGas }
    frame[0] = try host.balance(of: address)
    return nil
  }

  @inlinable
  package func selfBalance<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Halt? {
    frame.replace(0, by: try host.balance(of: frame.address))
    return nil
  }

  @inlinable
  package func codeSize<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) throws(World.Failure)
    -> Halt?
  {
    let address = Address(truncating: frame[0])
    guard try chargeAccess(address, else: schedule.extcode, frame, &host) else { return .outOfGas }
    frame[0] = UInt256(UInt64(try code(of: address, &host)?.count ?? 0))
    return nil
  }

  @inlinable
  package func codeCopy<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) throws(World.Failure)
    -> Halt?
  {
    let address = Address(truncating: frame[0])
    let (target, source, count) = (frame[1], frame[2], frame[3])
    guard try chargeAccess(address, else: schedule.extcode, frame, &host), frame.cover(target, count) else {
      return .outOfGas
    }
    guard frame.chargeWords(count, each: GasSchedule.copyWord) else { return .outOfGas }
    frame.copy(try code(of: address, &host), to: target, from: source, count)
    frame.drop(4)
    return nil
  }

  /// EIP-1052: zero for an account that is empty.
  @inlinable
  package func codeHash<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) throws(World.Failure)
    -> Halt?
  {
    let address = Address(truncating: frame[0])
    guard try chargeAccess(address, else: schedule.extcodehash, frame, &host) else { return .outOfGas }
    frame[0] = try host.isEmpty(address) ? .zero : UInt256(try host.codeHash(of: address))
    return nil
  }

  @inlinable
  package func blockHash<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) throws(World.Failure)
    -> Halt?
  {
    let current = unsafe frame.fields.pointee.environment.pointee.number
    guard let number = UInt64(exactly: frame[0]), number < current, current - number <= 256 else {
      frame[0] = .zero
      return nil
    }
    frame[0] = UInt256(try host.blockHash(number))
    return nil
  }

  @inlinable
  package func log<World: Host & ~Copyable>(_ frame: FrameHandle, topicCount: Int, _ host: inout World) -> Halt? {
    if frame.isStatic { return .staticStateChange }
    let (offset, count) = (frame[0], frame[1])
    guard frame.cover(offset, count), frame.charge(GasSchedule.logByte &* Int(truncatingIfNeeded: count.low)) else {
      return .outOfGas
    }
    var topics = [Hash256]()
    topics.reserveCapacity(topicCount)
    for index in 0..<topicCount {
      topics.append(Hash256(frame[2 + index]))
    }
    unsafe host.log(address: frame.address, topics: topics, data: [UInt8](frame.memory(offset, count)))
    frame.drop(2 + topicCount)
    return nil
  }
}

// MARK: - Storage

extension Machine {
  @inlinable
  package func loadStorage<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Halt? {
    let read = try host.loadStorage(frame[0], of: frame.address)
    guard frame.charge(schedule.metersAccess && read.isCold ? GasSchedule.coldSlot : schedule.sload) else {
      return .outOfGas
    }
    frame[0] = read.value
    return nil
  }

  /// SSTORE (yellow paper, appendix G; EIP-1283, 2200, 2929, 3529).
  @inlinable
  package func storeStorage<World: Host & ~Copyable>(
    _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Halt? {
    if frame.isStatic { return .staticStateChange }
    // So that a callee that has only the stipend cannot write (EIP-2200).
    if revision >= .istanbul, frame.gas <= GasSchedule.callStipend { return .outOfGas }
    let (key, value) = (frame[0], frame[1])
    let slot = try host.storageSlot(key, of: frame.address)
    let (cost, refund) = schedule.priceOfStore(slot, value)
    guard frame.charge(cost) else { return .outOfGas }
    frame.refund += Int64(refund)
    if slot.current != value { try host.setStorage(value, at: key, of: frame.address) }
    frame.drop(2)
    return nil
  }

  @inlinable
  package func loadTransient<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) -> Halt? {
    frame[0] = host.transientStorage(frame[0], of: frame.address)
    return nil
  }

  @inlinable
  package func storeTransient<World: Host & ~Copyable>(_ frame: FrameHandle, _ host: inout World) -> Halt? {
    if frame.isStatic { return .staticStateChange }
    host.setTransientStorage(frame[1], at: frame[0], of: frame.address)
    frame.drop(2)
    return nil
  }
}

extension GasSchedule {
  /// What a write of `value` costs, and what it earns back (negative: what it takes back).
  package func priceOfStore(_ slot: StorageSlot, _ value: UInt256) -> (cost: Int, refund: Int) {
    guard metersNetStorage else {
      let refund = !slot.current.isZero && value.isZero ? sstoreClearRefund : 0
      return (slot.current.isZero && !value.isZero ? sstoreSet : sstoreReset, refund)
    }
    let access = metersAccess && slot.isCold ? GasSchedule.coldSlot : 0
    if slot.current == value { return (access + sstoreNoop, 0) }
    if slot.current == slot.original {
      if slot.original.isZero { return (access + sstoreSet, 0) }
      return (access + sstoreReset, value.isZero ? sstoreClearRefund : 0)
    }
    return (access + sstoreNoop, refundOfRepeatedStore(slot, value))
  }

  /// For a slot that the transaction has changed before.
  private func refundOfRepeatedStore(_ slot: StorageSlot, _ value: UInt256) -> Int {
    var refund = 0
    if !slot.original.isZero {
      if slot.current.isZero {
        refund -= sstoreClearRefund
      } else if value.isZero {
        refund += sstoreClearRefund
      }
    }
    if slot.original == value { refund += (slot.original.isZero ? sstoreSet : sstoreReset) - sstoreNoop }
    return refund
  }
}

extension FrameHandle {
  /// Charges for each word of a range that `cover` has accepted.
  @inlinable
  package func chargeWords(_ count: UInt256, each price: Int) -> Bool {
    charge((Int(truncatingIfNeeded: count.low) &+ 31) &>> 5 &* price)
  }

  /// Copies code into memory that `cover` has accepted; what lies beyond its end is zero.
  package func copy(_ code: Code?, to target: UInt256, from source: UInt256, _ count: UInt256) {
    guard !count.isZero else { return }
    let start = unsafe fields.pointee.memory + Int(truncatingIfNeeded: target.low)
    unsafe Memory.copyPadded(
      to: start, from: code?.bytes ?? fields.pointee.code, sourceCount: code?.count ?? 0, offset: source,
      count: Int(truncatingIfNeeded: count.low))
  }
}
