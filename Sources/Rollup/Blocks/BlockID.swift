package import Primitives

/// A block by number and hash; in RLP a list of both.
package struct BlockID: Hashable, Sendable {
  package var number: UInt64
  package var hash: Hash256

  package init(number: UInt64, hash: Hash256) {
    self.number = number
    self.hash = hash
  }

  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    number = try fields.readUInt64()
    hash = try fields.readHash256()
    try fields.finish()
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(number)
      fields.append(hash)
    }
  }
}

extension BlockID: CustomStringConvertible {
  package var description: String { "\(number) (\(hash))" }
}
