package import Primitives

extension WaitingBatch {
  private enum Kind: UInt64 {
    case withoutData = 0
    case withData = 1
    case forced = 2
  }

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let kind: Kind = try fields.readChoice("what waits is a number from 0 to 2")
    let l1Block = try fields.readUInt64()
    self =
      switch kind {
      case .withoutData:
        .withoutData(
          l1Block: l1Block, count: try fields.readUInt64(), dataHash: try fields.readHash256(),
          deadline: try fields.readUInt64())
      case .withData: .withData(l1Block: l1Block, count: try fields.readUInt64())
      case .forced: .forced(l1Block: l1Block, lastMessage: try fields.readUInt64())
      }
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      switch self {
      case .withoutData(let l1Block, let count, let dataHash, let deadline):
        fields.append(Kind.withoutData.rawValue)
        fields.append(l1Block)
        fields.append(count)
        fields.append(dataHash)
        fields.append(deadline)
      case .withData(let l1Block, let count):
        fields.append(Kind.withData.rawValue)
        fields.append(l1Block)
        fields.append(count)
      case .forced(let l1Block, let lastMessage):
        fields.append(Kind.forced.rawValue)
        fields.append(l1Block)
        fields.append(lastMessage)
      }
    }
  }
}

extension DerivationL1Block {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    hash = try fields.readHash256()
    timestamp = try fields.readUInt64()
    messagesBefore = try fields.readUInt64()
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(hash)
      fields.append(timestamp)
      fields.append(messagesBefore)
    }
  }
}
