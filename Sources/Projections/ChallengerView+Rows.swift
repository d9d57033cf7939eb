import Primitives
import Rollup

extension GameRow: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    outputIndex = try fields.readUInt64()
    challenger = try fields.readAddress()
    l1Block = try fields.readUInt64()
    status = try fields.readNumber(offset: offset)
    isBlacklisted = try fields.readUInt64() == 1
    claimCount = try fields.readUInt64()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(outputIndex)
      fields.append(challenger)
      fields.append(l1Block)
      fields.append(status.rawValue)
      fields.append(isBlacklisted ? 1 as UInt64 : 0)
      fields.append(claimCount)
    }
  }
}

extension ClaimRow: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    var parent = try fields.readList()
    parentIndex = parent.isAtEnd ? nil : try parent.readUInt64()
    try parent.finish()
    let offset = fields.offset
    let index = try fields.readUInt64()
    guard index > 0 else { throw RLPError(offset: offset, reason: .invalidValue("positions begin with 1")) }
    position = GamePosition(index)
    claim = try fields.readHash256()
    claimant = try fields.readAddress()
    bond = try fields.readUInt256()
    duration = try fields.readUInt64()
    timestamp = try fields.readUInt64()
    isDisproven = try fields.readUInt64() == 1
    var counter = try fields.readList()
    counteredBy = counter.isAtEnd ? nil : try counter.readAddress()
    try counter.finish()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.list { item in
        if let parentIndex { item.append(parentIndex) }
      }
      fields.append(position.index)
      fields.append(claim)
      fields.append(claimant)
      fields.append(bond)
      fields.append(duration)
      fields.append(timestamp)
      fields.append(isDisproven ? 1 as UInt64 : 0)
      fields.list { item in
        if let counteredBy { item.append(counteredBy) }
      }
    }
  }
}
