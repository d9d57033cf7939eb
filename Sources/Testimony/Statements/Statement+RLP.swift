package import Primitives
import Rollup

// One list: format, signer, digest, height, order, optional parent, optional origin, timestamp.
extension Statement {
  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(format.rawValue)
      fields.append(signer)
      fields.append(digest)
      fields.append(height)
      fields.append(order)
      fields.appendOptional(parent) { $0.append($1) }
      fields.appendOptional(origin) { $1.append(to: &$0) }
      fields.append(timestamp)
    }
  }

  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    format = try fields.readChoice("format is a number from 0 to 2")
    signer = try fields.readAddress()
    digest = try fields.readHash256()
    height = try fields.readUInt64()
    order = try fields.readHash256()
    parent = try fields.readOptional { item throws(RLPError) in try item.readHash256() }
    origin = try fields.readOptional { item throws(RLPError) in try BlockID(&item) }
    timestamp = try fields.readUInt64()
    try fields.finish()
  }
}
