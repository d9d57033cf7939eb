import L1
import Primitives
import Roles
import Rollup
import StateTransition

/// One node of a simulated rollup: what it has read of L1, and what it has sent.
struct SimulatedNode {
  let configuration: ChainConfiguration
  private(set) var view: RollupView
  private(set) var archive: StateArchive

  /// `CanonicalAccumulator` after the newest block that was read.
  private(set) var canonicalAcc = Hash256.zero

  /// Where it was after each L1 block that may be taken back.
  private var checkpoints: [Checkpoint] = []

  /// Calls that are on their way, by what they say, with the transaction and the step at which they were sent.
  var sent: [Hash256: (transaction: Hash256, step: Int)] = [:]

  /// A planted bug: the node passes over an event.
  var skipsEvent: ((Event) -> Bool)?

  private struct Checkpoint {
    var id: BlockID
    var view: RollupView
    var canonicalAcc: Hash256
  }

  init(_ configuration: ChainConfiguration) throws(ViewError) {
    self.configuration = configuration
    archive = StateArchive()
    view = try RollupView(configuration, archive: &archive)
  }

  /// Loses everything but what it would have on disk, and reads L1 again from the beginning.
  mutating func restart() throws(ViewError) {
    let skips = skipsEvent
    self = try SimulatedNode(configuration)
    skipsEvent = skips
  }

  /// Reads L1 up to its head, back over what was reorganised.
  mutating func follow(_ chain: EmbeddedChain) throws(ViewError) {
    while let last = checkpoints.last, chain.block(hash: last.id.hash) == nil { checkpoints.removeLast() }
    if let last = checkpoints.last {
      (view, canonicalAcc) = (last.view, last.canonicalAcc)
    } else {
      view = try RollupView(configuration, archive: &archive)
      canonicalAcc = .zero
    }
    var number = view.l1Head.map { $0.number + 1 } ?? 0
    while let block = chain.block(number: number) {
      try take(block.block)
      number += 1
    }
    while checkpoints.count > 1, checkpoints[0].id.number < chain.finalizedNumber { checkpoints.removeFirst() }
  }

  private mutating func take(_ block: L1Block) throws(ViewError) {
    let appended = L1BlockAppended(
      header: block.rawHeader, canonicalAccBefore: canonicalAcc, completeness: block.completeness)
    var accumulator = CanonicalAccumulator(before: canonicalAcc)
    for event in [.l1BlockAppended(appended)] + block.facts.map(\.event) {
      if skipsEvent?(event) == true { continue }
      accumulator.add(event.kind, event.encode().rawSpan)
      try view.apply(event, archive: &archive)
    }
    canonicalAcc = accumulator.value(blockHash: block.hash)
    checkpoints.append(Checkpoint(id: block.id, view: view, canonicalAcc: canonicalAcc))
  }

  /// The value after an L1 block that was read lately; nil when it is not kept.
  func canonicalAcc(after id: BlockID) -> Hash256? { checkpoints.last { $0.id == id }?.canonicalAcc }
}
