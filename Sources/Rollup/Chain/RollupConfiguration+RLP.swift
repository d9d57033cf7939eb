package import Primitives

extension RollupConfiguration {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var fields = try reader.readList()
    l1ChainID = try fields.readUInt64()
    contract = try fields.readAddress()
    genesisOrigin = try BlockID(&fields)
    guardian = try fields.readAddress()
    sequencer = try fields.readAddress()
    batchPoster = try fields.readAddress()
    challengePeriod = try fields.readUInt64()
    maxClockDuration = try fields.readUInt64()
    clockExtension = try fields.readUInt64()
    splitDepth = try fields.readUInt64()
    maxDepth = try fields.readUInt64()
    sequencingWindow = try fields.readUInt64()
    forceInclusionBlocks = try fields.readUInt64()
    forceInclusionTime = try fields.readUInt64()
    maxDrift = try fields.readUInt64()
    slashingWindow = try fields.readUInt64()
    bonds = try BondSchedule(&fields)
    gasLimit = try fields.readUInt64()
    fees = try FeeParameters(&fields)
    try fields.finish()
    if let problem { throw RLPError(offset: offset, reason: .invalidValue(problem)) }
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(l1ChainID)
      fields.append(contract)
      genesisOrigin.append(to: &fields)
      fields.append(guardian)
      fields.append(sequencer)
      fields.append(batchPoster)
      fields.append(challengePeriod)
      fields.append(maxClockDuration)
      fields.append(clockExtension)
      fields.append(splitDepth)
      fields.append(maxDepth)
      fields.append(sequencingWindow)
      fields.append(forceInclusionBlocks)
      fields.append(forceInclusionTime)
      fields.append(maxDrift)
      fields.append(slashingWindow)
      bonds.append(to: &fields)
      fields.append(gasLimit)
      fees.append(to: &fields)
    }
  }

  /// What no rollup can run with, in words; nil when there is nothing.
  package var problem: String? {
    if splitDepth < 1 || maxDepth < splitDepth + 3 || maxDepth > 62 || splitDepth > 59 {
      return "1 ≤ splitDepth, splitDepth + 3 ≤ maxDepth ≤ 62: a position has 64 bits, a block a transaction at least"
    }
    if clockExtension > maxClockDuration { return "clockExtension is at most maxClockDuration" }
    if maxDrift == 0 { return "maxDrift is not 0: L2 blocks have room between L1 blocks" }
    return nil
  }
}
