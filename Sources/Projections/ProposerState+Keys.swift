package import Primitives
import Rollup
import StateTrie

extension ProposerState {
  /// The key of a row that goes by a number.
  package static func key(_ number: UInt64) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(8)
    key.append(bigEndian: number)
    return key
  }

  /// The key of a storage slot: both parts are hashes.
  static func storageKey(account: Hash256, slot: Hash256) -> [UInt8] { account.bytes + slot.bytes }

  /// What executing block `number` gave; nil when it has not been executed.
  ///
  /// - Parameter withReceipts: without them there are none in the result, and nothing takes time for each transaction.
  package static func result(
    of number: UInt64, withReceipts: Bool = true, in view: ProjectionView
  ) throws(FoldError) -> BlockResult? {
    try rows { () throws(TableReadError) in
      try view.row(results, key(number).rawSpan) { row throws(RLPError) in
        try BlockResult(rlp: row, withReceipts: withReceipts)
      }
    }
  }

  /// The hash of block `number`, as it was sequenced; nil when there is no such block.
  package static func hash(of number: UInt64, in view: ProjectionView) throws(FoldError) -> Hash256? {
    try rows { () throws(TableReadError) in
      guard let bytes = try view.value(hashes, key(number).rawSpan) else { return nil }
      guard let hash = Hash256(bytes: bytes) else {
        throw TableReadError(table: hashes, reason: "row \(number) has \(bytes.count) bytes, a hash has 32")
      }
      return hash
    }
  }

  /// Gives a failed read the fold's error type.
  static func rows<R>(_ body: () throws(TableReadError) -> R) throws(FoldError) -> R {
    do { return try body() } catch { throw .rows(error) }
  }
}
