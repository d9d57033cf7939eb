import Primitives
import Rollup

extension InclusionReceipt {
  /// The canonical encoding: a list of the fields, and the hash of all bytes before it.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 2048)
    writer.list { fields in
      fields.append(EquivocationEvidence.version)
      fields.append(EvidenceFile.Kind.receipt.rawValue)
      fields.append(l2ChainID)
      fields.list { domain.append(to: &$0) }
      fields.append(bytes: signed.encode())
      order.append(to: &fields)
      fields.append(index)
      fields.append(bytes: transaction)
      fields.list { items in for node in path { items.append(bytes: node) } }
      fields.appendOptional(fate) { $1.append(to: &$0) }
    }
    return Seal.close(writer.bytes)
  }

  /// Inverse of `encode`: accepts nothing but what `encode` gives.
  package init(_ bytes: [UInt8]) throws(EvidenceError) {
    self = try Seal.read(bytes) { reader throws(RLPError) in try Self(&reader) }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    guard try fields.readUInt64() == EquivocationEvidence.version,
      try fields.readUInt64() == EvidenceFile.Kind.receipt.rawValue
    else { throw RLPError(offset: offset, reason: .invalidValue("a receipt has version 1 and kind 2")) }
    l2ChainID = try fields.readUInt64()
    var item = try fields.readList()
    domain = try CommitmentDomain(&item)
    try item.finish()
    let commitment = try fields.readBytes()
    signed = try SignedCommitment(rlp: commitment)
    order = try BlockOrder(&fields)
    index = try fields.readUInt64()
    transaction = try fields.readBytes().bytes
    path = try fields.readAll { items throws(RLPError) in try items.readBytes().bytes }
    fate = try fields.readOptional { value throws(RLPError) in try Fate(&value) }
    try fields.finish()
  }
}

extension InclusionReceipt.Fate {
  func append(to writer: inout RLPWriter) {
    writer.append(bytes: batchCommitment.encode())
    writer.list { items in for order in orders { order.append(to: &items) } }
    L1Segment.append(l1, to: &writer)
    writer.appendOptional(log) { $1.append(to: &$0) }
  }

  init(_ fields: inout RLPReader) throws(RLPError) {
    let commitment = try fields.readBytes()
    batchCommitment = try SignedCommitment(rlp: commitment)
    orders = try fields.readAll { items throws(RLPError) in try BlockOrder(&items) }
    l1 = try L1Segment.read(&fields)
    log = try fields.readOptional { item throws(RLPError) in try LogExcerpt(&item) }
  }
}
