package import Primitives

extension Derivation {
  /// The state in bytes; `configuration` is not among them. O(log n) in the size of a batch that is being read.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 512)
    writer.list { (fields) in
      fields.append(sequencingWindow)
      head.append(to: &fields)
      cursor.append(to: &fields)
      l1Block.append(to: &fields)
      fields.append(lastBatchIndex)
      fields.append(batchAcc)
      fields.append(messageCount)
      fields.append(inboxAcc)
      fields.appendOptional(reading) { (item, value) in value.append(to: &item) }
    }
    return writer.bytes
  }

  /// The state from its bytes, for the same chain.
  package init(rlp bytes: RawSpan, rules: BlockRules) throws(RLPError) {
    self.rules = rules
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    sequencingWindow = try fields.readUInt64()
    head = try OrderHead(&fields)
    cursor = try DerivationCursor(&fields)
    l1Block = try BlockID(&fields)
    lastBatchIndex = try fields.readUInt64()
    batchAcc = try fields.readHash256()
    messageCount = try fields.readUInt64()
    inboxAcc = try fields.readHash256()
    reading = try fields.readOptional { (item) throws(RLPError) in try BatchReading(&item) }
    try fields.finish()
  }

  /// Whether the state that these bytes encode is in the middle of a batch, so that only a block of it can follow.
  package static func isReading(rlp bytes: RawSpan) throws(RLPError) -> Bool {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    for _ in 0..<8 { _ = try fields.readRawItem() }
    return try !fields.readList().isAtEnd
  }
}

extension BatchReading {
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    batchIndex = try fields.readUInt64()
    l1Block = try fields.readUInt64()
    count = try fields.readUInt64()
    dataHash = try fields.readHash256()
    isNext = try fields.readFlag()
    isRejected = try fields.readFlag()
    commitments = try BatchData.Frontier(&fields)
    try fields.finish()
  }

  fileprivate func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(batchIndex)
      fields.append(l1Block)
      fields.append(count)
      fields.append(dataHash)
      fields.append(flag: isNext)
      fields.append(flag: isRejected)
      commitments.append(to: &fields)
    }
  }
}
