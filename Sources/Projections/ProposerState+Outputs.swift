import Primitives
import Rollup
import StateTransition

extension ProposerState {
  /// Holds a posted output against what executing its block gave, and writes the verdict.
  func judge(_ event: OutputProposed, in view: ProjectionView) throws(FoldError) -> OutputVerdict {
    let result = try Self.result(of: event.l2BlockNumber, withReceipts: false, in: view)
    let verdict = OutputVerdict(
      outputIndex: event.outputIndex, l2BlockNumber: event.l2BlockNumber, claimedRoot: event.outputRoot,
      computedRoot: result?.computedHash,
      differences: result.map { Self.differences(of: event, from: $0) } ?? [Self.noSuchBlock(event)], basis: .data,
      l1Block: event.l1Head)
    view.put(Self.outputs, Self.key(event.outputIndex), verdict.encode())
    return verdict
  }

  /// Calls `body` with the verdicts on outputs from `index` on, in the order of their indices, until it returns false.
  package static func scanVerdicts(
    from index: UInt64 = 0, in view: ProjectionView, _ body: (OutputVerdict) -> Bool
  ) throws(FoldError) {
    var failure: RLPError?
    try view.scan(outputs, from: key(index)) { key, row in
      do throws(RLPError) {
        return body(try OutputVerdict(outputIndex: key.bigEndian(at: 0), row: row))
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw .rows(TableReadError(table: outputs, reason: "a row is not what was written: \(failure)")) }
  }

  /// Verdicts on outputs, in the order of their indices. O(log n + count).
  ///
  /// - Parameters:
  ///   - first: of which output the first is; nil for those on the newest outputs.
  ///   - count: how many at most.
  package static func verdicts(
    from first: UInt64?, count: Int, in view: ProjectionView
  ) throws(FoldError) -> [OutputVerdict] {
    guard let start = try view.firstNumber(from: first, orNewest: count, of: outputs) else { return [] }
    var found: [OutputVerdict] = []
    try scanVerdicts(from: start, in: view) { verdict in
      found.append(verdict)
      return found.count < count
    }
    return found
  }

  /// The verdict on output `index`; nil when there is no such output.
  package static func verdict(on index: UInt64, in view: ProjectionView) throws(FoldError) -> OutputVerdict? {
    try rows { () throws(TableReadError) in
      try view.row(outputs, key(index).rawSpan) { row throws(RLPError) in
        try OutputVerdict(outputIndex: index, row: row)
      }
    }
  }

  private static func differences(of event: OutputProposed, from result: BlockResult) -> [ClaimDifference] {
    var differences = result.differences
    func compare(_ field: String, _ claimed: [UInt8], _ computed: [UInt8]) {
      if claimed != computed {
        differences.append(ClaimDifference(field: field, claimed: claimed, computed: computed))
      }
    }
    compare("outputVersion", key(event.outputVersion), key(Self.outputVersion))
    compare("stateRoot", event.stateRoot.bytes, result.stateRoot.bytes)
    compare("blockHash", event.blockHash.bytes, result.computedHash.bytes)
    compare("outputRoot", event.outputRoot.bytes, result.computedHash.bytes)
    compare("claim", event.claim.bytes, claim(of: result).bytes)
    return differences
  }

  /// An imported block's output: its root is the block hash.
  private static var outputVersion: UInt64 { 1 }

  /// What an output about the block should claim. An imported block is its own L1 origin, and consumes no messages.
  private static func claim(of result: BlockResult) -> Hash256 {
    OutputClaim(
      outputRoot: result.computedHash, parentOrder: result.header.parentHash, l1OriginHash: result.computedHash,
      l2BlockNumber: result.header.number, batchIndex: result.batchIndex, indexInBatch: result.indexInBatch,
      messagesConsumed: 0
    ).hash
  }

  static func noSuchBlock(_ event: OutputProposed) -> ClaimDifference {
    ClaimDifference(field: "l2BlockNumber", claimed: key(event.l2BlockNumber), computed: [])
  }
}
