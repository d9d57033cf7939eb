package import Primitives

extension Machine {
  /// Starts the outermost call. Nil when a frame is on top now, otherwise how it has ended at once.
  @inlinable
  package func begin<World: Host & ~Copyable>(
    _ message: Message, _ input: Code, _ environment: UnsafePointer<Environment>, _ host: inout World
  ) throws(World.Failure) -> Outcome? {
    let gas = Int(clamping: message.gas)
    if message.kind == .create {
      return try unsafe create(
        message.recipient, input, sender: message.sender, value: message.value, gas: gas, environment, &host)
    }
    var (code, isDelegated) = (try code(of: message.recipient, &host), false)
    if let delegate = code?.delegate, revision >= .prague {
      _ = try host.accessAccount(delegate)
      code = try self.code(of: delegate, &host)
      isDelegated = true
    }
    let start = unsafe Start(
      address: message.recipient, caller: message.sender, value: message.value,
      input: UnsafeRawBufferPointer(start: input.bytes, count: input.count), gas: gas, isStatic: false,
      snapshot: host.snapshot())
    try move(message.value, from: message.sender, to: message.recipient, &host)
    return unsafe enter(code, at: isDelegated ? nil : message.recipient, start, environment, &host)
  }

  /// Moves value; no value moved is still a touch.
  @inlinable
  package func move<World: Host & ~Copyable>(
    _ value: UInt256, from sender: Address, to recipient: Address, _ host: inout World
  ) throws(World.Failure) {
    if value.isZero {
      try host.touch(recipient)
    } else {
      try host.transfer(value, from: sender, to: recipient)
    }
  }

  /// The code of an account, ready to run; nil when it has none.
  @inlinable
  package func code<World: Host & ~Copyable>(of address: Address, _ host: inout World) throws(World.Failure) -> Code? {
    let hash = try host.codeHash(of: address)
    if hash == Code.emptyHash { return nil }
    if let known = codes[hash] { return known }
    return codes.insert(try host.code(of: address), hash)
  }

  /// Runs a precompiled contract (when `address` is that of one), or puts a frame for the code on top (nil).
  @inlinable
  package func enter<World: Host & ~Copyable>(
    _ code: Code?, at address: Address?, _ start: Start, _ environment: UnsafePointer<Environment>,
    _ host: inout World
  ) -> Outcome? {
    if let address, let precompile = Precompile(address: address, revision: revision) {
      let outcome = unsafe run(precompile, start.input, gas: start.gas)
      if outcome.status != .success { host.revert(to: start.snapshot) }
      return outcome
    }
    guard let code else { return Outcome(.success, gas: start.gas) }
    unsafe push(code, start, isCreation: false, environment)
    return nil
  }

  /// Runs a precompiled contract. Its output lies where that of a frame would.
  package func run(_ precompile: Precompile, _ input: UnsafeRawBufferPointer, gas: Int) -> Outcome {
    guard let cost = unsafe precompile.cost(of: input.bytes, revision), cost <= gas else { return .failed(.outOfGas) }
    guard let output = try? unsafe precompile.run(on: input.bytes, revision) else {
      return .failed(.precompileFailure)
    }
    let frame = unsafe prepared(depth + 1)
    unsafe frame.pointee.memorySize = 0
    if unsafe output.count > frame.pointee.memoryCapacity { unsafe Memory.reserve(frame, output.count) }
    let target = unsafe frame.pointee.memory
    unsafe output.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { unsafe target.copyMemory(from: base, byteCount: bytes.count) }
    }
    return unsafe Outcome(
      .success, gas: gas - Int(cost), output: UnsafeRawBufferPointer(start: target, count: output.count))
  }

  /// Puts a frame on top that makes a contract, or says why that cannot be.
  @inlinable
  package func create<World: Host & ~Copyable>(
    _ address: Address, _ initcode: Code, sender: Address, value: UInt256, gas: Int,
    _ environment: UnsafePointer<Environment>, _ host: inout World
  ) throws(World.Failure) -> Outcome? {
    let hasCode = try host.codeHash(of: address) != Code.emptyHash
    let hasNonce = try host.nonce(of: address) != 0
    let hasStorage = try host.hasStorage(address)
    if hasCode || hasNonce || hasStorage { return .failed(.addressCollision) }
    let start = unsafe Start(
      address: address, caller: sender, value: value, input: UnsafeRawBufferPointer(start: nil, count: 0), gas: gas,
      isStatic: false, snapshot: host.snapshot())
    try host.createAccount(address)
    if revision >= .spuriousDragon { try host.setNonce(1, of: address) }
    try move(value, from: sender, to: address, &host)
    unsafe push(initcode, start, isCreation: true, environment)
    return nil
  }

  /// RETURN, or STOP with nothing: a frame that makes a contract leaves its code.
  @inlinable
  package func returned<World: Host & ~Copyable>(
    _ output: UnsafeRawBufferPointer, _ frame: FrameHandle, _ host: inout World
  ) throws(World.Failure) -> Outcome {
    var gas = frame.gas
    if unsafe frame.fields.pointee.isCreation, output.count > 0 {
      switch unsafe deposit(output, frame) {
      case .accepted(let cost):
        gas -= cost
        let code = unsafe [UInt8](output)
        try unsafe host.setCode(code, hash: Code.hash(of: output), of: frame.address)
      case .skipped:
        return end(frame, Outcome(.success, gas: gas, refund: frame.refund), &host)
      case .refused(let halt):
        return end(frame, .failed(halt), &host)
      }
    }
    return unsafe end(frame, Outcome(.success, gas: gas, refund: frame.refund, output: output), &host)
  }

  package enum Deposit {
    /// For so much gas, which is the creation's to pay and not the last instruction's.
    case accepted(cost: Int)
    /// In Frontier, a contract whose code cannot be paid for is made without it.
    case skipped
    case refused(Halt)
  }

  /// Whether a new contract gets this code.
  package func deposit(_ code: UnsafeRawBufferPointer, _ frame: FrameHandle) -> Deposit {
    if revision >= .london, unsafe code[0] == 0xef { return .refused(.reservedCode) }
    if revision >= .spuriousDragon, code.count > GasSchedule.codeSizeLimit { return .refused(.codeTooLarge) }
    let cost = code.count * GasSchedule.codeByte
    if cost > frame.gas { return revision == .frontier ? .skipped : .refused(.outOfGas) }
    return .accepted(cost: cost)
  }
}
