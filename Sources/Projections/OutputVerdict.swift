package import Primitives

/// What a posted output claims and what the log gives: a row of table `outputs`.
package struct OutputVerdict: Hashable, Sendable {
  package let outputIndex: UInt64
  package let l2BlockNumber: UInt64

  package let claimedRoot: Hash256

  /// Nil when the output is about a block that does not exist.
  package let computedRoot: Hash256?

  /// Every posted field that is wrong, those of the block's header first: the cause stands before its consequences.
  package let differences: [ClaimDifference]

  /// Whether all that was claimed is so.
  package var agrees: Bool { computedRoot == claimedRoot && differences.isEmpty }
}

extension OutputVerdict: CustomStringConvertible {
  package var description: String {
    guard let first = differences.first else { return "block \(l2BlockNumber): every posted root agrees" }
    return "block \(l2BlockNumber) (output \(outputIndex)) disagrees in \(first)"
  }
}

extension OutputVerdict {
  /// The row; the index is its key.
  func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 80)
    writer.list { fields in
      fields.append(l2BlockNumber)
      fields.append(claimedRoot)
      fields.list { item in
        if let computedRoot { item.append(computedRoot) }
      }
      fields.append(agrees ? 1 as UInt64 : 0)
      fields.list { items in
        for difference in differences { difference.append(to: &items) }
      }
    }
    return writer.bytes
  }

  package init(outputIndex: UInt64, row: RawSpan) throws(RLPError) {
    var reader = RLPReader(row)
    var fields = try reader.readList()
    try reader.finish()
    self.outputIndex = outputIndex
    l2BlockNumber = try fields.readUInt64()
    claimedRoot = try fields.readHash256()
    var item = try fields.readList()
    computedRoot = item.isAtEnd ? nil : try item.readHash256()
    // Follows from the rest; in the row so that a reader of rows need not know how.
    _ = try fields.readUInt64()
    differences = try ClaimDifference.readAll(&fields)
    try fields.finish()
  }
}
