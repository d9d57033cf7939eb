/// Where L1 fixed a fact: block, transaction in the block, log in the block.
///
/// The canonical ledger is ordered by these, so they never go back from one canonical record to the next. Facts that
/// belong together share coordinates: a batch and its blocks, or what holds for a whole L1 block, which stands before
/// the block's first log.
@frozen
public struct L1Coordinates: Hashable, Sendable, BitwiseCopyable {
  public let blockNumber: UInt64

  public let transactionIndex: UInt32

  /// Counted over the whole block, as in Ethereum's receipts.
  public let logIndex: UInt32

  @inlinable
  public init(blockNumber: UInt64, transactionIndex: UInt32, logIndex: UInt32) {
    self.blockNumber = blockNumber
    self.transactionIndex = transactionIndex
    self.logIndex = logIndex
  }

  /// Of a fact about the whole block: before all its logs.
  @inlinable
  public static func block(_ blockNumber: UInt64) -> L1Coordinates {
    L1Coordinates(blockNumber: blockNumber, transactionIndex: 0, logIndex: 0)
  }

  /// Of what this node observed when `blockNumber` was the newest L1 block it knew: after all logs of that block.
  @inlinable
  public static func observed(at blockNumber: UInt64) -> L1Coordinates {
    L1Coordinates(blockNumber: blockNumber, transactionIndex: .max, logIndex: .max)
  }
}

extension L1Coordinates: Comparable {
  @inlinable
  public static func < (left: L1Coordinates, right: L1Coordinates) -> Bool {
    if left.blockNumber != right.blockNumber { return left.blockNumber < right.blockNumber }
    if left.transactionIndex != right.transactionIndex { return left.transactionIndex < right.transactionIndex }
    return left.logIndex < right.logIndex
  }
}

extension L1Coordinates: CustomStringConvertible {
  /// Block, transaction and log with slashes between them; `-` for what an observation leaves open.
  public var description: String {
    let transaction = transactionIndex == .max ? "-" : String(transactionIndex)
    let log = logIndex == .max ? "-" : String(logIndex)
    return "\(blockNumber)/\(transaction)/\(log)"
  }
}
