package import Primitives

/// A block as Ethereum's own chain files and wire protocol carry it (yellow paper, section 4.4; EIP-2718, EIP-4895).
package struct EthereumBlock: Equatable, Sendable {
  package var header: BlockHeader

  /// Each as it is hashed and signed: the RLP list of a legacy transaction, type byte and payload of any other.
  package var transactions: [[UInt8]]

  /// Ommers: stale siblings of ancestors, rewarded before the merge.
  package var uncles: [BlockHeader]

  /// From Shanghai on.
  package var withdrawals: [Withdrawal]?

  package init(
    header: BlockHeader, transactions: [[UInt8]], uncles: [BlockHeader], withdrawals: [Withdrawal]? = nil
  ) {
    self.header = header
    self.transactions = transactions
    self.uncles = uncles
    self.withdrawals = withdrawals
  }
}

extension EthereumBlock {
  /// Reads a block that is all of `bytes`. Only the canonical encoding is accepted, and nothing but the shape is
  /// checked: whether the body belongs to the header is `checkBody`'s business. O(size), copies the transactions.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    let offset = reader.offset
    var fields = try reader.readList()
    try reader.finish()
    header = try BlockHeader(&fields)
    transactions = try fields.readAll { (items) throws(RLPError) in try EthereumBlock.readTransaction(&items) }
    uncles = try fields.readAll { (items) throws(RLPError) in try BlockHeader(&items) }
    if !fields.isAtEnd {
      withdrawals = try fields.readAll { (items) throws(RLPError) in try Withdrawal(&items) }
    }
    try fields.finish()
    guard (withdrawals != nil) == (header.withdrawalsRoot != nil) else {
      throw RLPError(
        offset: offset, reason: .invalidValue("a block has withdrawals exactly when its header has their root"))
    }
  }

  private static func readTransaction(_ items: inout RLPReader) throws(RLPError) -> [UInt8] {
    if items.peekIsList { return try items.readRawItem().bytes }
    let offset = items.offset
    let envelope = try items.readBytes()
    // EIP-2718 leaves 0x00 to 0x7f to types; a list begins at 0xc0.
    guard envelope.byteCount > 0, envelope.byte(at: 0) < 0x80 else {
      throw RLPError(offset: offset, reason: .invalidValue("a typed transaction begins with a type below 0x80"))
    }
    return envelope.bytes
  }

  /// The canonical RLP.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { (fields) in
      header.append(to: &fields)
      fields.list { (items) in
        for transaction in transactions { EthereumBlock.append(transaction, to: &items) }
      }
      fields.list { (items) in
        for uncle in uncles { uncle.append(to: &items) }
      }
      if let withdrawals {
        fields.list { (items) in
          for withdrawal in withdrawals { items.appendRaw(withdrawal.encode()) }
        }
      }
    }
    return writer.bytes
  }

  /// Bytes of the canonical RLP. O(transactions), and the size of everything else, which is encoded to be measured.
  package var encodedByteCount: Int {
    func list(_ payloadLength: Int) -> Int { RLPItemHeader.length(payloadLength: payloadLength) + payloadLength }
    let transactions = transactions.reduce(0) { $0 + EthereumBlock.byteCount(of: $1) }
    let uncles = uncles.reduce(0) { $0 + $1.encode().count }
    let withdrawals = withdrawals.map { list($0.reduce(0) { $0 + $1.encode().count }) } ?? 0
    return list(header.encode().count + list(transactions) + list(uncles) + withdrawals)
  }

  /// What `append` adds.
  private static func byteCount(of transaction: [UInt8]) -> Int {
    guard let first = transaction.first, first >= 0xc0 || (first < 0x80 && transaction.count == 1) else {
      return RLPItemHeader.length(payloadLength: transaction.count) + transaction.count
    }
    return transaction.count
  }

  private static func append(_ transaction: [UInt8], to items: inout RLPWriter) {
    if let first = transaction.first, first >= 0xc0 {
      items.appendRaw(transaction)
    } else {
      items.append(bytes: transaction)
    }
  }
}
