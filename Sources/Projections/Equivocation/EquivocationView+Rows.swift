package import Primitives
package import Rollup
package import Testimony

/// Something that a key said, and where its message is.
package struct StatementRow: Hashable, Sendable {
  package var statement: Statement
  package var source: Source

  package enum Source: Hashable, Sendable {
    /// Position of the record in the testimony log.
    case testimony(UInt64)
    /// A batch on L1 carries it, whole: its index, and the L1 block that had it last.
    case batch(UInt64, l1Block: UInt64, signedCommitment: [UInt8])
  }
}

/// Which statement: a height has few of each key.
package struct StatementID: Hashable, Sendable {
  package var height: UInt64
  package var signer: Address
  package var slot: UInt8

  /// What batches carry comes in addition to what is heard: whoever sent the testimony cannot keep it out.
  static let batchLimit = 16

  static let limit: UInt8 = 194

  /// What is heard takes no slot of a batch's. What `StatementLimits` let the view take, with what it adds for pairs,
  /// comes to no more: of this chain 74 statements, and beyond these 40 of which L1 has the origins, orders' own among
  /// them; 30 each of the OP Stack's and of Nitro's, which are one group; and the last half of a pair of this
  /// chain and of the OP Stack. Only what L1 had, and has left, comes on top. Where that has filled these slots, two are
  /// there for what nothing excuses beside a statement that has one.
  static let heardLimit = Int(limit) - batchLimit - 2

  var key: [UInt8] { ProposerState.key(height) + signer.bytes + [slot] }

  init(height: UInt64, signer: Address, slot: UInt8) {
    self.height = height
    self.signer = signer
    self.slot = slot
  }

  /// The last bytes of a key.
  init(key: ArraySlice<UInt8>) {
    let bytes = [UInt8](key.suffix(29))
    height = bytes.rawSpan.bigEndian(at: 0)
    signer = Address(bytes.rawSpan.extracting(8..<28))
    slot = bytes[28]
  }
}

/// An order that a batch on L1 gave a height, bound by the signature over the batch's last block.
package struct StoredOrderRow: Hashable, Sendable {
  package var order: BlockOrder

  /// The batch that stored it, and the L1 block that had the batch: a later one once L1 has left that block.
  package var batchIndex: UInt64
  package var l1Block: BlockID

  /// The L1 block that had the batch's data: a later one if they did not come with it.
  package var dataBlock: BlockID

  /// What was signed of the batch's last block.
  package var last: StatementID

  /// As many orders of a height are kept: L1 may be reorganised, and store others.
  static let limit: UInt8 = 16
}

/// A batch of which not all blocks have come, or have come in a later L1 block.
struct OpenBatchRow: Hashable, Sendable {
  var firstBlock, lastBlock, l1Block: UInt64
  var statement: StatementID
}

/// An accusation, and what it has come to. Of a broken parent the orders between the two are not in it: the stored ones are
/// rows of their own.
package struct AccusationRow: Hashable, Sendable {
  package var contradiction: Contradiction
  package var judgement: Judgement

  /// Where the statements are that it is about, in the order in which they came.
  package var statements: [StatementID]

  /// How often the judgement changed, and the newest L1 block that was known when it last did.
  package var entries: UInt64
  package var l1Head: UInt64
}

/// What an accusation had come to for a while.
package struct AccusationEntry: Hashable, Sendable {
  package var judgement: Judgement

  /// The newest L1 block that was known.
  package var l1Head: UInt64
}

extension StatementID: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let bytes = try reader.readExactly(29).bytes
    self.init(key: bytes[...])
  }

  package func append(to writer: inout RLPWriter) { writer.append(bytes: key) }
}

extension StatementRow: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    statement = try Statement(&fields)
    let index = try fields.readUInt64()
    let l1Block = try fields.readUInt64()
    let raw = try fields.readBytes().bytes
    source = raw.isEmpty ? .testimony(index) : .batch(index, l1Block: l1Block, signedCommitment: raw)
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      statement.append(to: &fields)
      switch source {
      case .testimony(let position):
        fields.append(position)
        fields.append(0 as UInt64)
        fields.append(bytes: [])
      case .batch(let index, let l1Block, let raw):
        fields.append(index)
        fields.append(l1Block)
        fields.append(bytes: raw)
      }
    }
  }
}

extension StoredOrderRow: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    order = try BlockOrder(&fields)
    batchIndex = try fields.readUInt64()
    l1Block = try BlockID(&fields)
    dataBlock = try BlockID(&fields)
    last = try StatementID(&fields)
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      order.append(to: &fields)
      fields.append(batchIndex)
      l1Block.append(to: &fields)
      dataBlock.append(to: &fields)
      last.append(to: &fields)
    }
  }
}

extension OpenBatchRow: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    firstBlock = try fields.readUInt64()
    lastBlock = try fields.readUInt64()
    l1Block = try fields.readUInt64()
    statement = try StatementID(&fields)
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(firstBlock)
      fields.append(lastBlock)
      fields.append(l1Block)
      statement.append(to: &fields)
    }
  }
}

extension BlockOrder: RLPRow {}

extension AccusationEntry: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    judgement = try Judgement(&fields)
    l1Head = try fields.readUInt64()
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      judgement.append(to: &fields)
      fields.append(l1Head)
    }
  }
}

extension AccusationRow: RLPRow {
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    let words = try fields.readAll { items throws(RLPError) in try Statement(&items) }
    let preimage = try fields.readOptional { item throws(RLPError) in try BlockOrder(&item) }
    let contradiction: Contradiction? =
      switch words.count {
      case 2: Contradiction(words[0], words[1]) ?? Contradiction(words[0], storedAbove: words[1])
      case 1: preimage.flatMap { Contradiction(words[0], preimage: $0) }
      default: nil
      }
    guard let contradiction else {
      throw RLPError(offset: offset, reason: .invalidValue("what was said contradicts itself"))
    }
    self.contradiction = contradiction
    judgement = try Judgement(&fields)
    statements = try fields.readAll { items throws(RLPError) in try StatementID(&items) }
    entries = try fields.readUInt64()
    l1Head = try fields.readUInt64()
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.list { items in
        for statement in contradiction.statements { statement.append(to: &items) }
      }
      fields.appendOptional(contradiction.preimage) { $1.append(to: &$0) }
      judgement.append(to: &fields)
      fields.list { items in
        for id in statements { id.append(to: &items) }
      }
      fields.append(entries)
      fields.append(l1Head)
    }
  }
}
