import Hashing
package import Primitives
import Rollup
import Testimony

extension EquivocationEvidence {
  package static let version: UInt64 = 1

  /// No file is longer.
  package static let greatestByteCount = 64 << 20

  /// The canonical encoding: a list of the fields, and the hash of all bytes before it.
  package func encode() -> [UInt8] { Seal.close(body) }

  private var body: [UInt8] {
    var writer = RLPWriter(capacity: 4096)
    writer.list { fields in
      fields.append(Self.version)
      fields.append(EvidenceFile.Kind.equivocation.rawValue)
      fields.append(l2ChainID)
      fields.appendOptional(domain) { $1.append(to: &$0) }
      fields.list { items in for message in messages { message.append(to: &items) } }
      fields.list { items in for order in orders { order.append(to: &items) } }
      L1Segment.append(l1, to: &fields)
      fields.appendOptional(log) { $1.append(to: &$0) }
    }
    return writer.bytes
  }

  /// Inverse of `encode`: accepts nothing but what `encode` gives.
  package init(_ bytes: [UInt8]) throws(EvidenceError) {
    self = try Seal.read(bytes) { reader throws(RLPError) in try Self(&reader) }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    var offset = fields.offset
    guard try fields.readUInt64() == Self.version else {
      throw RLPError(offset: offset, reason: .invalidValue("the version of evidence is 1"))
    }
    offset = fields.offset
    guard try fields.readUInt64() == EvidenceFile.Kind.equivocation.rawValue else {
      throw RLPError(offset: offset, reason: .invalidValue("the kind of evidence is 1"))
    }
    l2ChainID = try fields.readUInt64()
    domain = try fields.readOptional { item throws(RLPError) in try CommitmentDomain(&item) }
    offset = fields.offset
    messages = try fields.readAll { items throws(RLPError) in try SignedMessage(&items) }
    guard messages.count <= 2 else {
      throw RLPError(offset: offset, reason: .invalidValue("a contradiction has one message or two"))
    }
    orders = try fields.readAll { items throws(RLPError) in try BlockOrder(&items) }
    l1 = try L1Segment.read(&fields)
    log = try fields.readOptional { item throws(RLPError) in try LogExcerpt(&item) }
    try fields.finish()
  }

  /// What the file is called by: the hash that ends it.
  package var hash: Hash256 { Keccak256.hash(body) }
}

extension CommitmentDomain {
  func append(to writer: inout RLPWriter) {
    writer.append(l1ChainID)
    writer.append(contract)
    writer.append(rollupId)
  }

  init(_ fields: inout RLPReader) throws(RLPError) {
    self.init(
      l1ChainID: try fields.readUInt64(), contract: try fields.readAddress(), rollupId: try fields.readHash256())
  }
}
