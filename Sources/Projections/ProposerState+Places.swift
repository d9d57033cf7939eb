package import Primitives
package import Rollup

/// An L2 block, and where its execution stands in the course of `ProposerState`.
package struct ExecutedBlock: Equatable, Sendable {
  package let block: BlockID

  /// Of the state after it, as computed.
  package let stateRoot: Hash256

  /// The L1 block whose records made it the next block, and the version of rows that it left within that.
  package let l1Block: UInt64
  package let version: UInt64

  /// Number of the newest block.
  package let newest: UInt64

  /// Whether there is no block behind it.
  package var isNewest: Bool { block.number == newest }
}

extension ProposerState {
  /// Where L2 block `number` was executed; nil when it was not. O(log L1 blocks) lookups.
  ///
  /// - Parameters:
  ///   - number: nil for the newest block.
  ///   - newest: the newest L1 block that was folded.
  package static func place(
    ofBlock number: UInt64?, in view: ProjectionView, through newest: UInt64
  ) throws(FoldError) -> ExecutedBlock? {
    let first = try rows { () throws(TableReadError) in
      try view.firstKey(of: order.safeHeads, from: []) { _ in true }
    }.map { $0.rawSpan.bigEndian(at: 0, as: UInt64.self) }
    let head: UInt64?
    if first == nil {
      // An imported chain is its own L1. Of its newest block only the header may have been folded.
      let isExecuted = try hash(of: newest, in: view) != nil
      head = isExecuted || newest == 0 ? newest : newest - 1
    } else {
      head = try order.safeHead(atL1Block: newest, in: view)?.head.number
    }
    guard let number = number ?? head, let result = try result(of: number, withReceipts: false, in: view),
      let hash = try hash(of: number, in: view)
    else { return nil }
    let l1Block = try first.map { first throws(FoldError) in
      try Self.l1Block(executing: number, in: view, first...newest)
    }
    return ExecutedBlock(
      block: BlockID(number: number, hash: hash), stateRoot: result.stateRoot, l1Block: l1Block ?? number,
      version: first == nil ? .max : number, newest: head ?? number)
  }

  /// The first L1 block of some after which an L2 block was there.
  private static func l1Block(
    executing number: UInt64, in view: ProjectionView, _ l1Blocks: ClosedRange<UInt64>
  ) throws(FoldError) -> UInt64 {
    var (first, last) = (l1Blocks.lowerBound, l1Blocks.upperBound)
    while first < last {
      let middle = first + (last - first) / 2
      guard let head = try order.safeHead(atL1Block: middle, in: view) else {
        throw .rows(TableReadError(table: order.safeHeads, reason: "L1 block \(middle) has no row"))
      }
      if head.head.number < number { first = middle + 1 } else { last = middle }
    }
    return first
  }
}
