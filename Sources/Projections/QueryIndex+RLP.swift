import Primitives
import Rollup

extension L1Moment: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    let number = try fields.readUInt64()
    guard let transaction = UInt32(exactly: try fields.readUInt64()), let log = UInt32(exactly: try fields.readUInt64())
    else { throw RLPError(offset: offset, reason: .invalidValue("places in an L1 block have 32 bits")) }
    coordinates = L1Coordinates(blockNumber: number, transactionIndex: transaction, logIndex: log)
    blockHash = try fields.readHash256()
    timestamp = try fields.readUInt64()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(coordinates.blockNumber)
      fields.append(UInt64(coordinates.transactionIndex))
      fields.append(UInt64(coordinates.logIndex))
      fields.append(blockHash)
      fields.append(timestamp)
    }
  }
}

extension IndexedBlock: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    hash = try fields.readHash256()
    timestamp = try fields.readUInt64()
    stored = try L1Moment(&fields)
    place = DerivationCursor(batchIndex: try fields.readUInt64(), indexInBatch: try fields.readUInt64())
    isForced = try fields.readFlag()
    messageCount = try fields.readUInt64()
    transactionCount = try fields.readUInt64()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(hash)
      fields.append(timestamp)
      stored.append(to: &fields)
      fields.append(place.batchIndex)
      fields.append(place.indexInBatch)
      fields.append(flag: isForced)
      fields.append(messageCount)
      fields.append(transactionCount)
    }
  }
}

extension IndexedTransaction: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    messageIndex = try fields.readOptional { (item) throws(RLPError) in try item.readUInt64() }
    let offset = fields.offset
    let number = try fields.readOptional { (item) throws(RLPError) in try item.readUInt64() }
    guard number.map({ $0 <= 0xff }) ?? true else {
      throw RLPError(offset: offset, reason: .invalidValue("a transaction's type is a byte"))
    }
    type = number.map { UInt8($0) }
    sender = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    to = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    contract = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    value = try fields.readUInt256()
    nonce = try fields.readOptional { (item) throws(RLPError) in try item.readUInt64() }
    outcome = try Outcome(&fields)
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.appendOptional(messageIndex) { $0.append($1) }
      fields.appendOptional(type) { $0.append(UInt64($1)) }
      fields.appendOptional(sender) { $0.append($1) }
      fields.appendOptional(to) { $0.append($1) }
      fields.appendOptional(contract) { $0.append($1) }
      fields.append(value)
      fields.appendOptional(nonce) { $0.append($1) }
      outcome.append(to: &fields)
    }
  }
}

extension IndexedTransaction.Outcome {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    if try fields.readFlag() {
      self = .invalid(reason: String(decoding: try fields.readBytes().bytes, as: UTF8.self))
    } else {
      let receipt = try fields.readUInt64()
      let success = try fields.readOptional { (item) throws(RLPError) in try item.readFlag() }
      self = .executed(
        receipt: receipt, success: success, gasUsed: try fields.readUInt64(), logCount: try fields.readUInt64())
    }
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      switch self {
      case .invalid(let reason):
        fields.append(flag: true)
        fields.append(bytes: Array(reason.utf8))
      case .executed(let receipt, let success, let gasUsed, let logCount):
        fields.append(flag: false)
        fields.append(receipt)
        fields.appendOptional(success) { $0.append(flag: $1) }
        fields.append(gasUsed)
        fields.append(logCount)
      }
    }
  }
}

extension IndexedMessage: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    guard let message = try? MessageDelivered(payload: try fields.readBytes()) else {
      throw RLPError(offset: offset, reason: .invalidValue("a message's row has its payload"))
    }
    self.message = message
    delivered = try L1Moment(&fields)
    consumed = try fields.readOptional { (item) throws(RLPError) in
      Consumption(
        block: try item.readUInt64(), index: try item.readUInt64(), isForced: try item.readFlag(),
        at: try L1Moment(&item))
    }
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(bytes: message.encodePayload())
      delivered.append(to: &fields)
      fields.appendOptional(consumed) { item, consumed in
        item.append(consumed.block)
        item.append(consumed.index)
        item.append(flag: consumed.isForced)
        consumed.at.append(to: &item)
      }
    }
  }
}

extension IndexedOutput: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    outputRoot = try fields.readHash256()
    proposer = try fields.readAddress()
    challengeEnd = try fields.readUInt64()
    changes = try fields.readAll { (item) throws(RLPError) in
      var change = try item.readList()
      let kind: Kind = try change.readChoice("what happens to an output is a number from 0 to 7")
      let game = try change.readOptional { (item) throws(RLPError) in try item.readUInt64() }
      let at = try L1Moment(&change)
      try change.finish()
      return Change(kind: kind, game: game, at: at)
    }
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(outputRoot)
      fields.append(proposer)
      fields.append(challengeEnd)
      fields.list { items in
        for change in changes {
          items.list { item in
            item.append(change.kind.rawValue)
            item.appendOptional(change.game) { $0.append($1) }
            change.at.append(to: &item)
          }
        }
      }
    }
  }
}

extension IndexedGame: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    output = try fields.readUInt64()
    isDefeated = try fields.readFlag()
    isBlacklisted = try fields.readFlag()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(output)
      fields.append(flag: isDefeated)
      fields.append(flag: isBlacklisted)
    }
  }
}
