package import Primitives
package import Rollup

/// The first transaction of every OP Stack block: a deposit that tells the L1 block it was made from (deposits, "L1
/// Attributes Deposited Transaction"; the layouts of Bedrock, and of Ecotone, Isthmus and Jovian).
package enum L1Attributes {
  /// `0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001`
  package static let depositor = Address(0xdead_dead_dead_dead, 0xdead_dead_dead_dead, 0xdead_0001)

  /// `0x4200000000000000000000000000000000000015`
  package static let contract = Address(0x4200_0000_0000_0000, 0, 0x15)

  private static let depositType: UInt8 = 0x7e

  /// First four bytes of the hash of `setL1BlockValues(uint64,uint64,uint256,bytes32,uint64,bytes32,uint256,uint256)`.
  private static let bedrock: UInt32 = 0x015d_8eb9

  /// Of `setL1BlockValuesEcotone()`, and of `…Isthmus()` and `…Jovian()`, which add fields at the end; and the bytes of
  /// each.
  package static let packedLengths: [UInt32: Int] = [0x440a_5e20: 164, 0x0989_99be: 176, 0x3db6_be2b: 178]

  /// The L1 block that the payload's first transaction names.
  package static func origin(of payload: ExecutionPayload) throws(ExecutionPayloadError) -> BlockID {
    guard let first = payload.transactions.first, first.first == depositType, let data = deposit(first) else {
      throw .noL1Origin
    }
    guard data.count >= 4, let origin = origin(in: data.rawSpan) else { throw .noL1Origin }
    return origin
  }

  /// What a deposit of the attributes calls the contract with; nil for another transaction.
  private static func deposit(_ transaction: [UInt8]) -> [UInt8]? {
    do throws(RLPError) {
      var reader = RLPReader(transaction.rawSpan.extracting(1..<transaction.count))
      var fields = try reader.readList()
      try reader.finish()
      _ = try fields.readHash256()
      guard try fields.readAddress() == depositor, try fields.readAddress() == contract else { return nil }
      _ = (try fields.readUInt256(), try fields.readUInt256(), try fields.readUInt64(), try fields.readUInt64())
      let data = try fields.readBytes().bytes
      try fields.finish()
      return data
    } catch { return nil }
  }

  private static func origin(in data: RawSpan) -> BlockID? {
    let selector: UInt32 = data.bigEndian(at: 0)
    if let length = packedLengths[selector], data.byteCount == length {
      return BlockID(number: data.bigEndian(at: 28), hash: Hash256(data.extracting(100..<132)))
    }
    // Eight words of the ABI; the number is the first, the hash the fourth.
    guard selector == bedrock, data.byteCount == 4 + 8 * 32, let number = UInt256(bigEndian: data.extracting(4..<36)),
      let number = UInt64(exactly: number)
    else { return nil }
    return BlockID(number: number, hash: Hash256(data.extracting(100..<132)))
  }

  /// A deposit in Ecotone's layout, as derivation makes it: for chains that are made up.
  package static func transaction(origin: BlockID, timestamp: UInt64, sequenceNumber: UInt64) -> [UInt8] {
    var data: [UInt8] = []
    data.append(bigEndian: UInt32(0x440a_5e20))
    data.append(bigEndian: UInt64(0))
    for number in [sequenceNumber, timestamp, origin.number] { data.append(bigEndian: number) }
    data += [UInt8](repeating: 0, count: 64) + origin.hash.bytes + Hash256.zero.bytes
    var writer = RLPWriter(capacity: 300)
    writer.list { fields in
      fields.append(origin.hash)
      fields.append(depositor)
      fields.append(contract)
      for number in [0, 0, 1_000_000, 0] as [UInt64] { fields.append(number) }
      fields.append(bytes: data)
    }
    return [depositType] + writer.bytes
  }
}
