package import Primitives
package import Rollup
package import StateTransition

/// What a posted output claims and what the log gives: a row of table `outputs`.
package struct OutputVerdict: Hashable, Sendable {
  package let outputIndex: UInt64
  package let l2BlockNumber: UInt64

  package let claimedRoot: Hash256

  /// Nil when the output is about a block that does not exist.
  package let computedRoot: Hash256?

  /// Every posted field that is wrong, those of the block's header first: the cause stands before its consequences.
  package let differences: [ClaimDifference]

  /// What the verdict could be founded on.
  package let basis: Basis

  /// The newest canonical L1 block when the verdict was reached.
  package let l1Block: BlockID

  package enum Basis: UInt64, CaseIterable, Sendable {
    /// The data up to the output's l1Head: the verdict is knowledge.
    case data = 0
    /// The ledger has not come as far as the output's l1Head.
    case shortLedger = 1
    /// The output's l1Head is no canonical L1 block of this ledger.
    case foreignHead = 2
  }

  package var judgement: OutputJudgement {
    switch basis {
    case .shortLedger: .insufficientData
    case .foreignHead: .notDerivableAtL1Head
    case .data: computedRoot == claimedRoot && differences.isEmpty ? .agrees : .disagrees
    }
  }

  /// Whether all that was claimed is so.
  package var agrees: Bool { judgement == .agrees }
}

extension OutputVerdict: CustomStringConvertible {
  package var description: String {
    switch basis {
    case .shortLedger: return "block \(l2BlockNumber) (output \(outputIndex)) names an L1 head that is not here yet"
    case .foreignHead: return "block \(l2BlockNumber) (output \(outputIndex)) names an L1 head that is not canonical"
    case .data: break
    }
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
      fields.append(basis.rawValue)
      l1Block.append(to: &fields)
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
    let offset = fields.offset
    guard let basis = Basis(rawValue: try fields.readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("a verdict's basis is a number from 0 to 2"))
    }
    self.basis = basis
    l1Block = try BlockID(&fields)
    try fields.finish()
  }
}
