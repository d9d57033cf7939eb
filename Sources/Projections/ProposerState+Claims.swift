import Primitives
import Rollup
import StateTransition

// Outputs of a rollup, held against what was derivable at the L1 block that they name.
extension ProposerState {
  /// Judges a posted output and writes the verdict.
  ///
  /// The contract decides by the order as it stood at the output's l1Head, so that is all there is to know: data that was
  /// missing there is not part of what the output may claim, should it come later.
  func judgeClaim(_ event: OutputProposed, in view: ProjectionView) throws(FoldError) -> OutputVerdict {
    let verdict = try verdict(on: event, in: view)
    view.put(Self.outputs, Self.key(event.outputIndex), verdict.encode())
    return verdict
  }

  private func verdict(on event: OutputProposed, in view: ProjectionView) throws(FoldError) -> OutputVerdict {
    let state = try orderFold.state(in: view)
    guard event.l1Head.number <= state.l1Block.number else {
      return Self.verdict(on: event, result: nil, basis: .shortLedger, at: state.l1Block)
    }
    let atHead = try Self.order.safeHead(atL1Block: event.l1Head.number, in: view)
    guard let atHead, atHead.l1Block == event.l1Head else {
      return Self.verdict(on: event, result: nil, basis: .foreignHead, at: state.l1Block)
    }
    let isDerivable = event.l2BlockNumber <= atHead.head.number
    let result = isDerivable ? try Self.result(of: event.l2BlockNumber, withReceipts: false, in: view) : nil
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
