import Primitives
import StateTransition

extension ClaimDifference {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    self.init(
      field: String(decoding: try fields.readBytes().bytes, as: UTF8.self), claimed: try fields.readBytes().bytes,
      computed: try fields.readBytes().bytes)
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
