import EVM
import Hashing
import Primitives

// Calls and creations, and what the world goes back to when they fail.
extension SlowMachine {
  /// The outermost call of a transaction, or its creation.
  mutating func run(_ message: Message) -> Outcome {
    var code = message.kind == .create ? message.input : world.code(of: message.recipient)
    var isDelegated = false
    if message.kind == .call, revision >= .prague, let delegate = SlowMachine.delegate(of: code) {
      _ = world.accessAccount(delegate)
      code = world.code(of: delegate)
      isDelegated = true
    }
    let frame = Frame(
      code: code, address: message.recipient, caller: message.sender, value: message.value,
      input: message.kind == .create ? [] : message.input, isStatic: false, depth: 0, gas: Int(message.gas))
    if message.kind == .create { return creation(frame, value: message.value, from: message.sender) }
    return self.message(
      frame, moving: message.value, from: message.sender,
      precompile: isDelegated ? nil : Precompile(address: message.recipient, revision: revision))
  }

  mutating func call(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    let (wanted, target) = (try frame.pop(), Address(truncating: try frame.pop()))
    let value = opcode == 0xf1 || opcode == 0xf2 ? try frame.pop() : 0
    let (inputOffset, inputCount) = (try frame.pop(), try frame.pop())
    let (outputOffset, outputCount) = (try frame.pop(), try frame.pop())
    if opcode == 0xf1 && frame.isStatic && !value.isZero { throw .failed }
    let input = try frame.touch(inputOffset, inputCount)
    let output = try frame.touch(outputOffset, outputCount)
    if revision >= .berlin { try frame.charge(access(target)) }
    if !value.isZero { try frame.charge(9000) }
    if opcode == 0xf1 && isNew(target, value) { try frame.charge(25000) }
    var code = world.code(of: target)
    var isDelegated = false
    if revision >= .prague, let delegate = SlowMachine.delegate(of: code) {
      try frame.charge(access(delegate))
      code = world.code(of: delegate)
      isDelegated = true
    }
    let gas = try share(wanted, &frame) + (value.isZero ? 0 : 2300)
    frame.returnData = []
    if frame.depth == 1024 || world.balance(of: frame.address) < value {
      frame.gas += gas
      return try frame.push(0)
    }
    let runsHere = opcode == 0xf2 || opcode == 0xf4
    let callee = Frame(
      code: code, address: runsHere ? frame.address : target, caller: opcode == 0xf4 ? frame.caller : frame.address,
      value: opcode == 0xf4 ? frame.value : value, input: [UInt8](frame.memory[input]),
      isStatic: frame.isStatic || opcode == 0xfa, depth: frame.depth + 1, gas: gas)
    let outcome = message(
      callee, moving: opcode == 0xf1 || opcode == 0xfa ? value : nil, from: frame.address,
      precompile: isDelegated ? nil : Precompile(address: target, revision: revision))
    frame.gas += outcome.gas
    frame.refund += outcome.refund
    frame.returnData = outcome.output
    let count = min(output.count, outcome.output.count)
    frame.memory.replaceSubrange(
      output.lowerBound..<output.lowerBound + count, with: outcome.output.prefix(count))
    try frame.push(outcome.status == .success)
  }

  /// The account whose code runs in place of this one: 0xef0100 and an address, 23 bytes (EIP-7702).
  static func delegate(of code: [UInt8]) -> Address? {
    guard code.count == 23, code[0] == 0xef, code[1] == 0x01, code[2] == 0x00 else { return nil }
    return Address(bytes: [UInt8](code[3...]))
  }

  /// Whether a call makes the account: one that is not there; from EIP-161 on one that is empty and gets something.
  private func isNew(_ target: Address, _ value: UInt256) -> Bool {
    revision >= .spuriousDragon ? !value.isZero && world.isEmpty(target) : !world.exists(target)
  }

  /// Takes the callee's gas: what is asked for; from EIP-150 on at most all but a 64th.
  private func share(_ wanted: UInt256, _ frame: inout Frame) throws(Stop) -> Int {
    let most = revision >= .tangerineWhistle ? frame.gas - frame.gas / 64 : frame.gas
    let isWithin = wanted <= UInt256(UInt64(most))
    if !isWithin && revision < .tangerineWhistle { throw .failed }
    let gas = isWithin ? Int(wanted.low) : most
    frame.gas -= gas
    return gas
  }

  /// A call: moves the value, runs, and undoes all when it fails.
  private mutating func message(
    _ frame: Frame, moving value: UInt256?, from sender: Address, precompile: Precompile?
  ) -> Outcome {
    let before = world.state
    if let value { move(value, from: sender, to: frame.address) }
    let outcome = precompile.map { run($0, frame) } ?? run(frame)
    if outcome.status != .success { world.restore(before) }
    return outcome
  }

  private mutating func move(_ value: UInt256, from sender: Address, to recipient: Address) {
    if value.isZero { world.touch(recipient) } else { world.transfer(value, from: sender, to: recipient) }
  }

  private func run(_ precompile: Precompile, _ frame: Frame) -> Outcome {
    guard let cost = precompile.cost(of: frame.input.rawSpan, revision), cost <= frame.gas,
      let output = try? precompile.run(on: frame.input.rawSpan, revision)
    else { return .failure }
    return Outcome(status: .success, gas: frame.gas - cost, refund: 0, output: output)
  }

  mutating func create(isSalted: Bool, _ frame: inout Frame) throws(Stop) {
    if frame.isStatic { throw .failed }
    let (value, offset, count) = (try frame.pop(), try frame.pop(), try frame.pop())
    let salt = isSalted ? try frame.pop() : 0
    let range = try frame.touch(offset, count)
    if revision >= .shanghai && range.count > 49152 { throw .failed }
    try frame.charge(((revision >= .shanghai ? 2 : 0) + (isSalted ? 6 : 0)) * SlowMachine.words(range.count))
    let gas = revision >= .tangerineWhistle ? frame.gas - frame.gas / 64 : frame.gas
    let initcode = [UInt8](frame.memory[range])
    let nonce = world.nonce(of: frame.address)
    frame.returnData = []
    // EIP-2681: the greatest nonce stays.
    if frame.depth == 1024 || nonce == .max || world.balance(of: frame.address) < value { return try frame.push(0) }
    frame.gas -= gas
    world.setNonce(nonce + 1, of: frame.address)
    let address =
      isSalted
      ? ContractAddress.create2(sender: frame.address, salt: salt, initcodeHash: Keccak256.hash(initcode))
      : ContractAddress.create(sender: frame.address, nonce: nonce)
    if revision >= .berlin { _ = world.accessAccount(address) }
    let contract = Frame(
      code: initcode, address: address, caller: frame.address, value: value, input: [], isStatic: false,
      depth: frame.depth + 1, gas: gas)
    let outcome = creation(contract, value: value, from: frame.address)
    frame.gas += outcome.gas
    frame.refund += outcome.refund
    frame.returnData = outcome.status == .revert ? outcome.output : []
    try frame.push(outcome.status == .success ? UInt256(address) : 0)
  }

  private mutating func creation(_ frame: Frame, value: UInt256, from sender: Address) -> Outcome {
    if world.nonce(of: frame.address) != 0 || !world.code(of: frame.address).isEmpty
      || world.hasStorage(frame.address)
    {
      return .failure
    }
    let before = world.state
    world.createAccount(frame.address)
    if revision >= .spuriousDragon { world.setNonce(1, of: frame.address) }
    move(value, from: sender, to: frame.address)
    var outcome = run(frame)
    if outcome.status == .success { outcome = deposit(outcome, at: frame.address) }
    if outcome.status != .success { world.restore(before) }
    return outcome
  }

  /// What a creation left becomes the contract's code, when it is paid for and allowed.
  private mutating func deposit(_ outcome: Outcome, at address: Address) -> Outcome {
    let code = outcome.output
    if code.isEmpty { return outcome }
    // EIP-170, 3541.
    if revision >= .spuriousDragon && code.count > 24576 { return .failure }
    if revision >= .london && code.first == 0xef { return .failure }
    var paid = outcome
    if code.count * 200 > outcome.gas {
      // EIP-2: before, the contract was made without it.
      paid.output = []
      return revision >= .homestead ? .failure : paid
    }
    paid.gas -= code.count * 200
    world.setCode(code, hash: Keccak256.hash(code), of: address)
    return paid
  }
}
