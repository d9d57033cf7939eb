import EVM
import Hashing
import Primitives

extension SlowMachine {
  /// What an access to an account costs (EIP-2929).
  private mutating func access(_ address: Address) -> Int {
    world.accessAccount(address) ? 2600 : 100
  }

  mutating func environment(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    let block = BlockEnvironment.test
    let constants: [UInt8: UInt256] = [
      0x30: UInt256(frame.address), 0x32: UInt256(TransactionEnvironment.test.origin), 0x33: UInt256(frame.caller),
      0x34: frame.value, 0x36: UInt256(UInt64(frame.input.count)), 0x38: UInt256(UInt64(frame.code.count)),
      0x3a: TransactionEnvironment.test.gasPrice, 0x3d: UInt256(UInt64(frame.returnData.count)),
      0x41: UInt256(block.beneficiary), 0x42: UInt256(block.timestamp), 0x43: UInt256(block.number),
      0x44: block.difficultyOrPrevRandao, 0x45: UInt256(block.gasLimit), 0x46: block.chainID,
      0x47: world.balance(of: frame.address), 0x48: block.baseFee, 0x4a: block.blobBaseFee,
    ]
    if let value = constants[opcode] { return try frame.push(value) }
    switch opcode {
    case 0x20:
      let range = try frame.touch(try frame.pop(), try frame.pop())
      try frame.charge(6 * SlowMachine.words(range.count))
      try frame.push(UInt256(Keccak256.hash([UInt8](frame.memory[range]))))
    case 0x35: try frame.push(UInt256(bigEndian: SlowMachine.slice(frame.input, try frame.pop(), 32)) ?? 0)
    case 0x37: try copy(frame.input, &frame)
    case 0x39: try copy(frame.code, &frame)
    case 0x3e: try copyReturnData(&frame)
    case 0x40:
      let number = try frame.pop()
      let isKnown = number < UInt256(block.number) && number >= UInt256(block.number - 256)
      try frame.push(isKnown ? UInt256(world.blockHash(UInt64(number.low))) : 0)
    case 0x49:
      let index = try frame.pop()
      let hashes = TransactionEnvironment.test.blobHashes
      try frame.push(index < UInt256(UInt64(hashes.count)) ? UInt256(hashes[Int(index.low)]) : 0)
    default: try account(opcode, &frame)
    }
  }

  private mutating func account(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    let address = Address(truncating: try frame.pop())
    try frame.charge(access(address))
    switch opcode {
    case 0x31: try frame.push(world.balance(of: address))
    case 0x3b: try frame.push(UInt256(UInt64(world.code(of: address).count)))
    case 0x3c: try copy(world.code(of: address), &frame)
    default: try frame.push(world.isEmpty(address) ? 0 : UInt256(world.codeHash(of: address)))
    }
  }

  private func copy(_ source: [UInt8], _ frame: inout Frame) throws(Stop) {
    let (target, offset, count) = (try frame.pop(), try frame.pop(), try frame.pop())
    let range = try frame.touch(target, count)
    try frame.charge(3 * SlowMachine.words(range.count))
    frame.memory.replaceSubrange(range, with: SlowMachine.slice(source, offset, range.count))
  }

  private func copyReturnData(_ frame: inout Frame) throws(Stop) {
    let (offset, count) = (frame.stack.dropLast().last ?? 0, frame.stack.dropLast(2).last ?? 0)
    let (end, overflow) = offset.addingReportingOverflow(count)
    if overflow || end > UInt256(UInt64(frame.returnData.count)) { throw .failed }
    try copy(frame.returnData, &frame)
  }

  mutating func system(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    switch opcode {
    case 0xa0...0xa4: try log(topicCount: Int(opcode) - 0xa0, &frame)
    case 0xf0, 0xf5: try create(isSalted: opcode == 0xf5, &frame)
    case 0xf1, 0xf2, 0xf4, 0xfa: try call(opcode, &frame)
    case 0xf3, 0xfd:
      let range = try frame.touch(try frame.pop(), try frame.pop())
      let output = [UInt8](frame.memory[range])
      throw opcode == 0xf3 ? .returned(output) : .reverted(output)
    default:
      if frame.isStatic { throw .failed }
      let beneficiary = Address(truncating: try frame.pop())
      try frame.charge(5000)
      if world.accessAccount(beneficiary) { try frame.charge(2600) }
      if world.isEmpty(beneficiary) && !world.balance(of: frame.address).isZero { try frame.charge(25000) }
      let destroying = revision < .cancun || world.isCreatedInTransaction(frame.address)
      let isNew = world.selfDestruct(frame.address, beneficiary: beneficiary, destroying: destroying)
      if isNew && revision < .london { frame.refund += 24000 }
      throw .returned([])
    }
  }

  private mutating func log(topicCount: Int, _ frame: inout Frame) throws(Stop) {
    if frame.isStatic { throw .failed }
    let (offset, count) = (try frame.pop(), try frame.pop())
    var topics = [Hash256]()
    for _ in 0..<topicCount {
      topics.append(Hash256(try frame.pop()))
    }
    let range = try frame.touch(offset, count)
    try frame.charge(8 * range.count)
    world.log(address: frame.address, topics: topics, data: [UInt8](frame.memory[range]))
  }

  private mutating func call(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    let (wanted, target) = (try frame.pop(), Address(truncating: try frame.pop()))
    let value = opcode == 0xf1 || opcode == 0xf2 ? try frame.pop() : 0
    let (inputOffset, inputCount) = (try frame.pop(), try frame.pop())
    let (outputOffset, outputCount) = (try frame.pop(), try frame.pop())
    if opcode == 0xf1 && frame.isStatic && !value.isZero { throw .failed }
    let input = try frame.touch(inputOffset, inputCount)
    let output = try frame.touch(outputOffset, outputCount)
    try frame.charge(access(target))
    if !value.isZero { try frame.charge(9000) }
    if opcode == 0xf1 && !value.isZero && world.isEmpty(target) { try frame.charge(25000) }
    var code = world.code(of: target)
    var isDelegated = false
    if revision >= .prague, let delegate = Delegation.target(of: code.rawSpan) {
      try frame.charge(access(delegate))
      code = world.code(of: delegate)
      isDelegated = true
    }
    let most = frame.gas - frame.gas / 64
    var gas = wanted < UInt256(UInt64(most)) ? Int(wanted.low) : most
    frame.gas -= gas
    if !value.isZero { gas += 2300 }
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
    try frame.push(outcome.status == .success ? 1 : 0)
  }

  /// A call: moves the value, runs, and undoes all when it fails.
  mutating func message(
    _ frame: Frame, moving value: UInt256?, from sender: Address, precompile: Precompile?
  ) -> Outcome {
    let before = world.state
    if let value, value.isZero { world.touch(frame.address) }
    if let value, !value.isZero { world.transfer(value, from: sender, to: frame.address) }
    let outcome = precompile.map { run($0, frame) } ?? run(frame)
    if outcome.status != .success { world.state = before }
    return outcome
  }

  private func run(_ precompile: Precompile, _ frame: Frame) -> Outcome {
    guard let cost = precompile.cost(of: frame.input.rawSpan, revision), cost <= frame.gas,
      let output = try? precompile.run(on: frame.input.rawSpan, revision)
    else { return .failure }
    return Outcome(status: .success, gas: frame.gas - cost, refund: 0, output: output)
  }

  private mutating func create(isSalted: Bool, _ frame: inout Frame) throws(Stop) {
    if frame.isStatic { throw .failed }
    let (value, offset, count) = (try frame.pop(), try frame.pop(), try frame.pop())
    let salt = isSalted ? try frame.pop() : 0
    let range = try frame.touch(offset, count)
    if revision >= .shanghai && range.count > 49152 { throw .failed }
    try frame.charge(((revision >= .shanghai ? 2 : 0) + (isSalted ? 6 : 0)) * SlowMachine.words(range.count))
    let gas = frame.gas - frame.gas / 64
    let initcode = [UInt8](frame.memory[range])
    let nonce = world.nonce(of: frame.address)
    frame.returnData = []
    if frame.depth == 1024 || world.balance(of: frame.address) < value { return try frame.push(0) }
    frame.gas -= gas
    world.setNonce(nonce + 1, of: frame.address)
    let address =
      isSalted
      ? ContractAddress.create2(sender: frame.address, salt: salt, initcodeHash: Keccak256.hash(initcode))
      : ContractAddress.create(sender: frame.address, nonce: nonce)
    _ = world.accessAccount(address)
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
    world.setNonce(1, of: frame.address)
    if value.isZero { world.touch(frame.address) } else { world.transfer(value, from: sender, to: frame.address) }
    var outcome = run(frame)
    if outcome.status == .success {
      let code = outcome.output
      let isRefused = revision >= .london && code.first == 0xef || code.count > 24576
      if isRefused || code.count * 200 > outcome.gas {
        outcome = .failure
      } else {
        outcome.gas -= code.count * 200
        if !code.isEmpty { world.setCode(code, hash: Keccak256.hash(code), of: frame.address) }
      }
    }
    if outcome.status != .success { world.state = before }
    return outcome
  }
}
