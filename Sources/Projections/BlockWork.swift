package import Primitives

/// What a block with proof of work leaves for the blocks after it: a row of table `work`.
package struct BlockWork: Hashable, Sendable {
  /// The sum of difficulties up to and with the block.
  package let totalDifficulty: UInt256

  /// Hashes of the uncles that the block names: no later block may name them again.
  package let uncles: [Hash256]
}

extension BlockWork {
  func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 24)
    writer.list { fields in
      fields.append(totalDifficulty)
      fields.list { items in
        for uncle in uncles { items.append(uncle) }
      }
    }
    return writer.bytes
  }

  init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    totalDifficulty = try fields.readUInt256()
    var items = try fields.readList()
    try fields.finish()
    var uncles: [Hash256] = []
    while !items.isAtEnd { uncles.append(try items.readHash256()) }
    self.uncles = uncles
  }
}
