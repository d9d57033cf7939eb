import Primitives

extension Transaction {
  /// Reads a transaction as a block holds it: a legacy one is an RLP list; an EIP-2718 envelope begins with its type.
  /// A blob transaction comes without its blobs. O(n).
  package init(encoded bytes: RawSpan) throws(TransactionError) {
    var kind = Kind.legacy
    var payload = bytes
    if bytes.byteCount > 0, bytes.byte(at: 0) <= Transaction.greatestEnvelopeType {
      guard let typed = Kind(rawValue: bytes.byte(at: 0)), typed != .legacy else {
        throw .unsupportedType(bytes.byte(at: 0))
      }
      kind = typed
      payload = bytes.extracting(1..<bytes.byteCount)
    }
    do {
      var outer = RLPReader(payload)
      var list = try outer.readList()
      try outer.finish()
      try self.init(kind, &list)
      try list.finish()
    } catch let error as RLPError {
      throw .malformed(error)
    } catch let error as TransactionError {
      throw error
    } catch {
      preconditionFailure("reading a transaction throws RLPError and TransactionError only")
    }
  }

  /// The first bytes an EIP-2718 envelope may have; a legacy transaction's list begins above.
  private static var greatestEnvelopeType: UInt8 { 0x7f }

  private init(_ kind: Kind, _ list: inout RLPReader) throws {
    self.kind = kind
    chainID = kind == .legacy ? 0 : try list.readUInt64()
    nonce = try list.readUInt64()
    let firstPrice = try list.readUInt256()
    maxPriorityFeePerGas = firstPrice
    maxFeePerGas = kind >= .dynamicFee ? try list.readUInt256() : firstPrice
    gasLimit = try list.readUInt64()
    to = try Transaction.readRecipient(&list)
    value = try list.readUInt256()
    data = try list.readBytes().bytes
    accessList = kind == .legacy ? [] : try list.readEach { (item) throws(RLPError) in try AccessListEntry(&item) }
    if kind == .blob {
      maxFeePerBlobGas = try list.readUInt256()
      blobVersionedHashes = try list.readEach { (item) throws(RLPError) in try item.readHash256() }
    }
    if kind == .setCode {
      authorizationList = try list.readEach { (item) throws(RLPError) in try Authorization(&item) }
    }
    v = try list.readUInt256()
    r = try list.readUInt256()
    s = try list.readUInt256()
  }

  private static func readRecipient(_ list: inout RLPReader) throws -> Address? {
    let recipient = try list.readBytes()
    guard recipient.byteCount == 0 || recipient.byteCount == Address.byteCount else {
      throw TransactionError.recipientLength(recipient.byteCount)
    }
    return recipient.byteCount == 0 ? nil : Address(recipient)
  }
}

extension AccessListEntry {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    address = try fields.readAddress()
    storageKeys = try fields.readEach { (item) throws(RLPError) in try item.readHash256() }
    try fields.finish()
  }
}

extension Authorization {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    chainID = try fields.readUInt256()
    address = try fields.readAddress()
    nonce = try fields.readUInt64()
    yParity = try fields.readUInt64()
    let offset = fields.offset
    r = try fields.readUInt256()
    s = try fields.readUInt256()
    try fields.finish()
    guard yParity <= UInt8.max else {
      throw RLPError(offset: offset, reason: .invalidValue("the parity of an authorization has at most 8 bits"))
    }
  }
}

extension RLPReader {
  /// The next item as a list of any number of values.
  fileprivate mutating func readEach<Value>(
    _ readValue: (inout RLPReader) throws(RLPError) -> Value
  ) throws(RLPError) -> [Value] {
    var items = try readList()
    var values: [Value] = []
    while !items.isAtEnd { values.append(try readValue(&items)) }
    return values
  }
}
