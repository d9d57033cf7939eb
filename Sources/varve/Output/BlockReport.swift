import Rollup

/// A block, as every answer names one: of L1 or of L2, by its number and its hash.
struct BlockReport: Encodable {
  let number: UInt64
  let hash: String

  init(_ id: BlockID) {
    number = id.number
    hash = "\(id.hash)"
  }

  /// For people: `1,234  0x…`.
  var text: String { "\(Quantity.count(number))  \(hash)" }
}
