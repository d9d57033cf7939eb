package import Rollup

/// What was derivable at an L1 block, and where the newest of it came from.
package struct DerivableAt: Equatable, Sendable {
  package let l1Block: BlockID

  /// The newest L2 block, with its hash as executed.
  package let head: BlockID

  /// The head's place in the data.
  package let place: DerivationCursor

  /// What derivation knows of the head, and whether it waits for data; nil for an imported chain, which is its own L1.
  package let order: SafeHead?
}

extension ProposerState {
  /// What was derivable at L1 block `number`; nil when the rows do not reach it, or the chain begins later. Three lookups.
  ///
  /// - Parameter id: the canonical L1 block with this number.
  package static func derivable(
    at id: BlockID, isRollup: Bool, in view: ProjectionView
  ) throws(FoldError) -> DerivableAt? {
    let order = try isRollup ? self.order.safeHead(atL1Block: id.number, in: view) : nil
    guard order?.l1Block == id || !isRollup else { return nil }
    let number = order?.head.number ?? id.number
    guard let hash = try hash(of: number, in: view), let result = try result(of: number, withReceipts: false, in: view)
    else { return nil }
    return DerivableAt(
      l1Block: id, head: BlockID(number: number, hash: hash),
      place: DerivationCursor(batchIndex: result.batchIndex, indexInBatch: result.indexInBatch), order: order)
  }
}
