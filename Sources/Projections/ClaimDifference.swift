import Primitives

/// A posted field that is not what the log gives.
package struct ClaimDifference: Hashable, Sendable {
  /// The field, by its name in Ethereum's RPC or in the event.
  package let field: String

  package let claimed: [UInt8]

  /// What it should be; empty where there is nothing that it could be about.
  package let computed: [UInt8]

  package init(field: String, claimed: [UInt8], computed: [UInt8]) {
    self.field = field
    self.claimed = claimed
    self.computed = computed
  }
}

extension ClaimDifference: CustomStringConvertible {
  package var description: String {
    "\(field): claimed \(Hex.encode(claimed)), computed \(computed.isEmpty ? "nothing" : Hex.encode(computed))"
  }
}

extension ClaimDifference {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    field = String(decoding: try fields.readBytes().bytes, as: UTF8.self)
    claimed = try fields.readBytes().bytes
    computed = try fields.readBytes().bytes
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(bytes: Array(field.utf8))
      fields.append(bytes: claimed)
      fields.append(bytes: computed)
    }
  }

  /// Reads a list of differences.
  static func readAll(_ reader: inout RLPReader) throws(RLPError) -> [ClaimDifference] {
    var items = try reader.readList()
    var differences: [ClaimDifference] = []
    while !items.isAtEnd { differences.append(try ClaimDifference(&items)) }
    return differences
  }
}
