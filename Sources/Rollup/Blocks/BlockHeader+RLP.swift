package import Primitives

extension BlockHeader {
  /// The canonical RLP.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 640)
    append(to: &writer)
    return writer.bytes
  }

  /// Appends the header as one list.
  ///
  /// Fields of later forks stand at the end, each only when all before it do: a header that skips one has no encoding,
  /// and traps.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      appendBase(to: &fields)
      appendForkFields(to: &fields)
    }
  }

  private func appendBase(to fields: inout RLPWriter) {
    fields.append(parentHash)
    fields.append(ommersHash)
    fields.append(beneficiary)
    fields.append(stateRoot)
    fields.append(transactionsRoot)
    fields.append(receiptsRoot)
    fields.append(bytes: logsBloom.bytes)
    fields.append(difficulty)
    fields.append(number)
    fields.append(gasLimit)
    fields.append(gasUsed)
    fields.append(timestamp)
    fields.append(bytes: extraData)
    fields.append(mixHash)
    fields.append(bytes: nonceBytes)
  }

  private func appendForkFields(to fields: inout RLPWriter) {
    precondition(shape != nil, "a header has the fields of a fork and of all forks before it")
    if let baseFeePerGas { fields.append(baseFeePerGas) }
    if let withdrawalsRoot { fields.append(withdrawalsRoot) }
    if let blobGasUsed { fields.append(blobGasUsed) }
    if let excessBlobGas { fields.append(excessBlobGas) }
    if let parentBeaconBlockRoot { fields.append(parentBeaconBlockRoot) }
    if let requestsHash { fields.append(requestsHash) }
  }

  private var nonceBytes: [UInt8] {
    var bytes = [UInt8]()
    bytes.append(bigEndian: nonce)
    return bytes
  }
}

extension BlockHeader {
  /// Reads a header that is all of `bytes`; only the canonical encoding is accepted, and only the field lists that some
  /// fork has.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }

  /// Reads the next item as a header.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var fields = try reader.readList()
    parentHash = try fields.readHash256()
    ommersHash = try fields.readHash256()
    beneficiary = try fields.readAddress()
    stateRoot = try fields.readHash256()
    transactionsRoot = try fields.readHash256()
    receiptsRoot = try fields.readHash256()
    logsBloom = try LogsBloom(&fields)
    difficulty = try fields.readUInt256()
    number = try fields.readUInt64()
    gasLimit = try fields.readUInt64()
    gasUsed = try fields.readUInt64()
    timestamp = try fields.readUInt64()
    extraData = try fields.readBytes().bytes
    mixHash = try fields.readHash256()
    nonce = try fields.readExactly(8).bigEndian(at: 0)
    try readForkFields(&fields)
    try fields.finish()
    guard shape != nil else {
      throw RLPError(offset: offset, reason: .invalidValue("a header has 15, 16, 17, 20 or 21 fields"))
    }
  }

  private mutating func readForkFields(_ fields: inout RLPReader) throws(RLPError) {
    if !fields.isAtEnd { baseFeePerGas = try fields.readUInt256() }
    if !fields.isAtEnd { withdrawalsRoot = try fields.readHash256() }
    if !fields.isAtEnd { blobGasUsed = try fields.readUInt64() }
    if !fields.isAtEnd { excessBlobGas = try fields.readUInt64() }
    if !fields.isAtEnd { parentBeaconBlockRoot = try fields.readHash256() }
    if !fields.isAtEnd { requestsHash = try fields.readHash256() }
  }
}
