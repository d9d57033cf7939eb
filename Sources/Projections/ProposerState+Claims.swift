import Primitives
import Rollup
import StateTransition

// Outputs of a rollup, held against what was derivable at the L1 block that they name.
extension ProposerState {
  /// Judges a posted output and writes the verdict. While data is missing that could tell, the output is kept.
  func judgeClaim(_ event: OutputProposed, in view: ProjectionView) throws(FoldError) -> OutputVerdict {
    let verdict = try verdict(on: event, in: view)
    view.put(Self.outputs, Self.key(event.outputIndex), verdict.encode())
    if verdict.basis == .missingData {
      view.put(Self.unjudged, Self.key(event.outputIndex), event.encodePayload())
    } else {
      view.delete(Self.unjudged, Self.key(event.outputIndex))
    }
    return verdict
  }

  /// Judges what could not be judged before, now that derivation has come further.
  func judgeAgain(in view: ProjectionView) throws(FoldError) {
    guard let oldest = try oldestUnjudged(in: view) else { return }
    var next: UInt64? = oldest
    while let index = next {
      let payload = try Self.rows { () throws(TableReadError) in
        try view.value(Self.unjudged, Self.key(index).rawSpan)
      }
      guard let payload, let event = try? OutputProposed(payload: payload.rawSpan) else { return }
      guard try judgeClaim(event, in: view).basis != .missingData else { return }
      next = try oldestUnjudged(in: view)
    }
  }

  private func oldestUnjudged(in view: ProjectionView) throws(FoldError) -> UInt64? {
    try Self.rows { () throws(TableReadError) in
      try view.firstKey(of: Self.unjudged).map { (key: [UInt8]) in key.rawSpan.bigEndian(at: 0) }
    }
  }

  private func verdict(on event: OutputProposed, in view: ProjectionView) throws(FoldError) -> OutputVerdict {
    let state = try orderFold.state(in: view)
    let atHead = try Self.order.safeHead(atL1Block: event.l1Head.number, in: view)
    guard let atHead, atHead.l1Block == event.l1Head else {
      return Self.verdict(on: event, result: nil, basis: .foreignHead, at: state.l1Block)
    }
    if event.l2BlockNumber > atHead.head.number {
      // Behind data that was missing then, and is missing still: nobody can know.
      let isOpen = atHead.awaitedBatch.map { $0 == state.awaitedBatch } ?? false
      return Self.verdict(on: event, result: nil, basis: isOpen ? .missingData : .data, at: state.l1Block)
    }
    let result = try Self.result(of: event.l2BlockNumber, withReceipts: false, in: view)
    return Self.verdict(on: event, result: result, basis: .data, at: state.l1Block)
  }

  private static func verdict(
    on event: OutputProposed, result: BlockResult?, basis: OutputVerdict.Basis, at l1Block: BlockID
  ) -> OutputVerdict {
    let root = result?.claim?.outputRoot
    var differences: [ClaimDifference] = []
    if basis == .data {
      differences = result.map { self.differences(of: event, fromRollup: $0) } ?? [noSuchBlock(event)]
    }
    return OutputVerdict(
      outputIndex: event.outputIndex, l2BlockNumber: event.l2BlockNumber, claimedRoot: event.outputRoot,
      computedRoot: root, differences: differences, basis: basis, l1Block: l1Block)
  }

  private static func differences(of event: OutputProposed, fromRollup result: BlockResult) -> [ClaimDifference] {
    var differences: [ClaimDifference] = []
    func compare(_ field: String, _ claimed: [UInt8], _ computed: [UInt8]) {
      if claimed != computed {
        differences.append(ClaimDifference(field: field, claimed: claimed, computed: computed))
      }
    }
    compare("outputVersion", key(event.outputVersion), key(OutputRoot.version))
    compare("stateRoot", event.stateRoot.bytes, result.stateRoot.bytes)
    compare("blockHash", event.blockHash.bytes, result.computedHash.bytes)
    compare("outputRoot", event.outputRoot.bytes, result.claim?.outputRoot.bytes ?? [])
    compare("claim", event.claim.bytes, result.claim?.hash.bytes ?? [])
    return differences
  }
}
