import EVM
import Hashing
import Primitives

// What code asks about its surroundings and about other accounts, what it logs, and how it ends.
extension SlowMachine {
  /// What an access to an account costs from Berlin on (EIP-2929).
  mutating func access(_ address: Address) -> Int {
    world.accessAccount(address) ? 2600 : 100
  }

  mutating func environment(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    switch opcode {
    case 0x20:
      let range = try frame.touch(try frame.pop(), try frame.pop())
      try frame.charge(6 * SlowMachine.words(range.count))
      try frame.push(UInt256(Keccak256.hash([UInt8](frame.memory[range]))))
    case 0x30: try frame.push(UInt256(frame.address))
    case 0x32: try frame.push(UInt256(transaction.origin))
    case 0x33: try frame.push(UInt256(frame.caller))
    case 0x34: try frame.push(frame.value)
    case 0x35: try frame.push(UInt256(bigEndian: SlowMachine.slice(frame.input, try frame.pop(), 32)) ?? 0)
    case 0x36: try frame.push(frame.input.count)
    case 0x37: try copy(frame.input, &frame)
    case 0x38: try frame.push(frame.code.count)
    case 0x39: try copy(frame.code, &frame)
    case 0x3a: try frame.push(transaction.gasPrice)
    case 0x3d: try frame.push(frame.returnData.count)
    case 0x3e: try copyReturnData(&frame)
    case 0x31, 0x3b, 0x3c, 0x3f: try account(opcode, &frame)
    default: try surroundings(opcode, &frame)
    }
  }

  private func surroundings(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    switch opcode {
    case 0x40:
      let wanted = try frame.pop()
      let isKnown = wanted < UInt256(block.number) && block.number - UInt64(wanted.low) <= 256
      try frame.push(isKnown ? UInt256(world.blockHash(UInt64(wanted.low))) : 0)
    case 0x41: try frame.push(UInt256(block.beneficiary))
    case 0x42: try frame.push(UInt256(block.timestamp))
    case 0x43: try frame.push(UInt256(block.number))
    case 0x44: try frame.push(block.difficultyOrPrevRandao)
    case 0x45: try frame.push(UInt256(block.gasLimit))
    case 0x46: try frame.push(block.chainID)
    case 0x47: try frame.push(world.balance(of: frame.address))
    case 0x48: try frame.push(block.baseFee)
    case 0x49:
      let index = try frame.pop()
      let hashes = transaction.blobHashes
      try frame.push(index < UInt256(UInt64(hashes.count)) ? UInt256(hashes[Int(index.low)]) : 0)
    default: try frame.push(block.blobBaseFee)
    }
  }

  private mutating func account(_ opcode: UInt8, _ frame: inout Frame) throws(Stop) {
    let address = Address(truncating: try frame.pop())
    if revision >= .berlin { try frame.charge(access(address)) }
    switch opcode {
    case 0x31: try frame.push(world.balance(of: address))
    case 0x3b: try frame.push(world.code(of: address).count)
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
    default: try selfDestruct(&frame)
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

  private mutating func selfDestruct(_ frame: inout Frame) throws(Stop) {
    if frame.isStatic { throw .failed }
    let beneficiary = Address(truncating: try frame.pop())
    if revision >= .berlin && world.accessAccount(beneficiary) { try frame.charge(2600) }
    if revision >= .spuriousDragon {
      if world.isEmpty(beneficiary) && !world.balance(of: frame.address).isZero { try frame.charge(25000) }
    } else if revision >= .tangerineWhistle {
      if !world.exists(beneficiary) { try frame.charge(25000) }
    }
    let destroying = revision < .cancun || world.isCreatedInTransaction(frame.address)
    let isNew = world.selfDestruct(frame.address, beneficiary: beneficiary, destroying: destroying)
    if isNew && revision < .london { frame.refund += 24000 }
    throw .returned([])
  }
}
