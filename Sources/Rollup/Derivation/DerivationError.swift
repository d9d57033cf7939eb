package import Primitives

/// The ledger says what no rollup contract could have emitted, or what was derived before cannot be read. Nothing is
/// derived from there on; a *bad batch* is none of these but a `BatchRejected`.
package enum DerivationError: Error, Equatable, Sendable {
  /// The chain has no rollup configuration.
  case notARollup
  case malformedHeader(RLPError)
  case batchOutOfOrder(expected: UInt64, found: UInt64)
  case messageOutOfOrder(expected: UInt64, found: UInt64)
  /// `beforeAcc`, or `beforeInboxAcc`, is not what the record before it led to.
  case accumulatorBroken(batchOrMessage: UInt64)
  /// The blocks of a batch are not those that its `dataHash` commits to.
  case wrongData(batchIndex: UInt64, expected: Hash256, computed: Hash256)
  /// A block that belongs to no batch, or not at this place.
  case blockOutOfPlace(batchIndex: UInt64, indexInBatch: UInt64)
  /// Something else came before all blocks of a batch.
  case batchIncomplete(batchIndex: UInt64, missingFrom: UInt64)
  /// Data for a batch that waits for none.
  case dataNotAwaited(batchIndex: UInt64)
  /// What derivation itself wrote cannot be read.
  case storage(String)
}

extension DerivationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notARollup: "the chain's configuration has no rollup, so there is no order to derive"
    case .malformedHeader(let cause): "the header of the L1 block is malformed: \(cause)"
    case .batchOutOfOrder(let expected, let found): "batch \(found) comes where batch \(expected) should"
    case .messageOutOfOrder(let expected, let found): "message \(found) comes where message \(expected) should"
    case .accumulatorBroken(let index):
      "the accumulator before batch or message \(index) is not the one before it led to"
    case .wrongData(let index, let expected, let computed):
      "the blocks of batch \(index) have the root \(computed); its dataHash is \(expected)"
    case .blockOutOfPlace(let batch, let index): "block \(index) of batch \(batch) does not belong here"
    case .batchIncomplete(let batch, let index): "batch \(batch) ends before its block \(index)"
    case .dataNotAwaited(let batch): "data comes for batch \(batch), which waits for none"
    case .storage(let reason): "what derivation wrote cannot be read: \(reason)"
    }
  }
}
