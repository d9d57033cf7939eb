/// What two ledgers say about L1, held against each other.
package enum LedgerComparison: Equatable, Sendable {
  /// Everything up to this L1 block, the newest that both have, is the same.
  case equal(through: BlockID)

  /// There is no L1 block that both have.
  case nothingInCommon

  case different(LedgerDifference)
}

/// Where two ledgers part.
package struct LedgerDifference: Equatable, Sendable {
  /// Number of the last L1 block up to which everything is the same; nil when not even the first is.
  package var lastCommon: UInt64?

  /// Number of the first L1 block that is not the same.
  package var l1Block: UInt64

  package var reason: Reason

  /// The first record that is not the same; nil in the ledger whose block has no further one.
  package var first, second: LedgerFact?

  package enum Side: String, Hashable, Sendable {
    case first, second
  }

  package enum Reason: Hashable, Sendable {
    /// Two branches of L1, of which one is not final: the ledgers will agree when both have seen all of L1. The side that
    /// has not yet is named when that can be told.
    case reorganisation(unseenBy: Side?)
    /// Two branches of L1, and both ledgers hold theirs to be final.
    case twoFinalBlocks
    /// One L1 block, of which they have other facts.
    case otherFacts
  }

  /// Whether only time stands between the two.
  package var isReconcilable: Bool {
    if case .reorganisation = reason { true } else { false }
  }
}

extension LedgerComparison {
  /// Compares two ledgers.
  ///
  /// - Complexity: O(log n) lookups in each, n L1 blocks; at a difference one block's records, and the revoked ones.
  package init<Ledger: ComparableLedger>(
    of first: Ledger, with second: Ledger
  ) throws(Ledger.Failure) {
    guard let one = try first.l1Blocks(), let other = try second.l1Blocks(), one.overlaps(other) else {
      self = .nothingInCommon
      return
    }
    let common = one.clamped(to: other)
    guard let number = try Self.firstDifference(first, second, in: common) else {
      let newest = common.upperBound
      self = .equal(through: BlockID(number: newest, hash: try first.facts(ofL1Block: newest).hash))
      return
    }
    self = .different(
      try LedgerDifference(first, second, at: number, after: number > common.lowerBound ? number - 1 : nil))
  }

  /// The first block after which the accumulators are not equal; nil when they are at the last. Equal once means equal
  /// before, so halving finds it.
  private static func firstDifference<Ledger: ComparableLedger>(
    _ first: Ledger, _ second: Ledger, in range: ClosedRange<UInt64>
  ) throws(Ledger.Failure) -> UInt64? {
    func isEqual(_ number: UInt64) throws(Ledger.Failure) -> Bool {
      try first.canonicalAcc(afterL1Block: number) == second.canonicalAcc(afterL1Block: number)
    }
    if try isEqual(range.upperBound) { return nil }
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if try isEqual(middle) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}

extension LedgerDifference {
  fileprivate init<Ledger: ComparableLedger>(
    _ first: Ledger, _ second: Ledger, at number: UInt64, after lastCommon: UInt64?
  ) throws(Ledger.Failure) {
    let one = try first.facts(ofL1Block: number)
    let other = try second.facts(ofL1Block: number)
    self.lastCommon = lastCommon
    l1Block = number
    guard one.hash == other.hash else {
      reason = try Self.branchReason(
        (first, BlockID(number: number, hash: one.hash)), (second, BlockID(number: number, hash: other.hash)))
      (self.first, self.second) = (one.facts.first, other.facts.first)
      return
    }
    reason = .otherFacts
    let length = max(one.facts.count, other.facts.count)
    let index = (0..<length).first { index in
      guard index < one.facts.count, index < other.facts.count else { return true }
      let (left, right) = (one.facts[index], other.facts[index])
      // How a node knows that the block is whole may differ.
      if left.kind == .l1BlockAppended, right.kind == .l1BlockAppended { return false }
      return left.kind != right.kind || left.payloadHash != right.payloadHash
    }
    guard let index else { return }
    self.first = index < one.facts.count ? one.facts[index] : nil
    self.second = index < other.facts.count ? other.facts[index] : nil
  }

  /// Two blocks at one height. A ledger has not seen the end of it when the other one holds its own block final, or has
  /// seen this one's and left it.
  private static func branchReason<Ledger: ComparableLedger>(
    _ first: (ledger: Ledger, block: BlockID), _ second: (ledger: Ledger, block: BlockID)
  ) throws(Ledger.Failure) -> Reason {
    let firstIsFinal = try first.ledger.finalizedL1Block().map { $0.number >= first.block.number } ?? false
    let secondIsFinal = try second.ledger.finalizedL1Block().map { $0.number >= second.block.number } ?? false
    switch (firstIsFinal, secondIsFinal) {
    case (true, true): return .twoFinalBlocks
    case (true, false): return .reorganisation(unseenBy: .second)
    case (false, true): return .reorganisation(unseenBy: .first)
    case (false, false):
      let firstLeft = try first.ledger.hasRevoked(second.block)
      let secondLeft = try second.ledger.hasRevoked(first.block)
      if firstLeft == secondLeft { return .reorganisation(unseenBy: nil) }
      return .reorganisation(unseenBy: firstLeft ? .second : .first)
    }
  }
}
