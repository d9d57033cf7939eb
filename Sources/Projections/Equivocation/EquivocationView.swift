import Primitives
package import Rollup
import Testimony

/// What sequencers signed, held against itself and against the order that L1 stored: accusations, what has become of each,
/// and what was promised and never stored.
///
/// | table | key | value |
/// |---|---|---|
/// | `progress` | 0 | `EquivocationProgress` |
/// | `l1Blocks` | L1 block | its hash |
/// | `forced` | L1 block with forced messages | nothing |
/// | `statements` | height, signer, slot | `StatementRow` |
/// | `stored` | height, slot | `StoredOrderRow` |
/// | `batches` | batch index | `OpenBatchRow`, of a batch whose blocks are still to come, or came later |
/// | `batchBlocks` | batch index, index in batch | `BlockOrder` |
/// | `accusations` | number | `AccusationRow` |
/// | `open` | L1 block past an origin, up to which the judgement depends on L1, number | nothing |
/// | `history` | number, index | `AccusationEntry` |
/// | `due` | L1 block, height, signer, slot | nothing |
/// | `alerts` | height, signer, slot | `StatementRow` |
/// | `strangers` | signer, height | nothing: of keys whose word never counted so far |
/// | `accused` | signer, number | nothing: what may be past slashing one day |
/// | `pairs` | the statements that an accusation is about: height, signer, slot of each | nothing |
///
/// It is given all records of both logs, in the order in which this node recorded them: ledger and testimony merged by the
/// ledger's size that each testimony carries. What L1 revokes is no longer what L1 says, but it was said; so rows about
/// statements stay, and those about L1 are taken back here, when `L1Reorged` comes.
package struct EquivocationView: Projection {
  package typealias Finding = Never

  package static let name = "equivocation-view"
  package static let schemaVersion: UInt32 = 7
  package static let readMode = ReadMode.physicalWithTestimony

  package static let progress = ProjectionTable(index: 0, name: "progress")
  package static let l1Blocks = ProjectionTable(index: 1, name: "l1Blocks")
  package static let forced = ProjectionTable(index: 2, name: "forced")
  package static let statements = ProjectionTable(index: 3, name: "statements")
  package static let stored = ProjectionTable(index: 4, name: "stored")
  package static let batches = ProjectionTable(index: 5, name: "batches")
  package static let batchBlocks = ProjectionTable(index: 6, name: "batchBlocks")
  package static let accusations = ProjectionTable(index: 7, name: "accusations")
  package static let open = ProjectionTable(index: 8, name: "open")
  package static let history = ProjectionTable(index: 9, name: "history")
  package static let due = ProjectionTable(index: 10, name: "due")
  package static let alerts = ProjectionTable(index: 11, name: "alerts")
  package static let strangers = ProjectionTable(index: 12, name: "strangers")
  package static let accused = ProjectionTable(index: 13, name: "accused")
  package static let pairs = ProjectionTable(index: 14, name: "pairs")

  package static let tables = [
    progress, l1Blocks, forced, statements, stored, batches, batchBlocks, accusations, open, history, due, alerts,
    strangers, accused, pairs,
  ]

  let configuration: ChainConfiguration
  let reader: StatementReader

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
    reader = StatementReader(configuration)
  }

  package func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    switch fact.event {
    case .chainConfigured: view.put(Self.progress, OrderTables.onlyKey, row: EquivocationProgress(configuration.rollup))
    case .l1BlockAppended(let event): try begin(event, in: view)
    case .configUpdated(let event): try change(event.update, atL1Block: fact.coordinates.blockNumber, in: view)
    case .forceIncluded: view.put(Self.forced, ProposerState.key(fact.coordinates.blockNumber), [])
    case .sequencerBatchDelivered(let event):
      try deliver(event, atL1Block: fact.coordinates.blockNumber, in: view)
    case .blockSequenced(let event): try sequence(event, atL1Block: fact.coordinates.blockNumber, in: view)
    case .l1Reorged(let event): try leave(to: event.commonAncestor, in: view)
    case .l1Finalized(let event): try finalize(event.block.number, in: view)
    case .sequencerCommitmentObserved(let event): try hear(event, in: view)
    case .feedGap, .espressoBlockObserved: try countTestimony(in: view)
    default: break
    }
    return nil
  }

  func currentProgress(in view: ProjectionView) throws(FoldError) -> EquivocationProgress {
    try view.row(Self.progress, OrderTables.onlyKey) ?? EquivocationProgress(configuration.rollup)
  }

  private func begin(_ event: L1BlockAppended, in view: ProjectionView) throws(FoldError) {
    guard let header = try? BlockHeader(rlp: event.header.rawSpan) else { return }
    var progress = try currentProgress(in: view)
    progress.begin(header.number)
    view.put(Self.progress, OrderTables.onlyKey, row: progress)
    view.put(Self.l1Blocks, ProposerState.key(header.number), event.headerHash.bytes)
    // What the block before says is known from here on: that matters to origins next to it and, where messages were
    // forced in, to ranges that end anywhere.
    let before = header.number == 0 ? 0 : header.number - 1
    let isForced = try firstKey(of: Self.forced, from: ProposerState.key(before), in: view) == ProposerState.key(before)
    try judgeOpen(from: before, through: isForced ? .max : header.number.next, in: view)
    for key in progress.keysPastSlashing(since: header.number) { try judgeAccused(key, in: view) }
  }

  private func change(_ update: ConfigUpdate, atL1Block number: UInt64, in view: ProjectionView) throws(FoldError) {
    var progress = try currentProgress(in: view)
    switch update {
    case .sequencer(let key):
      let before = progress
      progress.change(to: key, atL1Block: number)
      view.put(Self.progress, OrderTables.onlyKey, row: progress)
      try judgeStranger(key, in: view)
      // One that was past slashing may be trusted again; and with the first change no broken parent stands any more.
      if before.isPastSlashing(key) { try judgeAccused(key, in: view) }
      guard progress.wasKeyChanged, !before.wasKeyChanged else { return }
      for key in before.knownKeys { try judgeAccused(key, in: view) }
    case .sequencingWindow(let blocks):
      progress.sequencingWindow = blocks
      view.put(Self.progress, OrderTables.onlyKey, row: progress)
    default: return
    }
  }

  private func leave(to ancestor: BlockID, in view: ProjectionView) throws(FoldError) {
    var progress = try currentProgress(in: view)
    for table in [Self.l1Blocks, Self.forced] {
      while let key = try firstKey(of: table, from: ProposerState.key(ancestor.number + 1), in: view) {
        view.delete(table, key)
      }
    }
    let before = progress
    progress.leave(to: ancestor.number)
    view.put(Self.progress, OrderTables.onlyKey, row: progress)
    try judgeOpen(from: ancestor.number, through: .max, in: view)
    for key in before.knownKeys where before.isPastSlashing(key) != progress.isPastSlashing(key) {
      try judgeAccused(key, in: view)
    }
  }

  private func finalize(_ number: UInt64, in view: ProjectionView) throws(FoldError) {
    var progress = try currentProgress(in: view)
    progress.finalized = number
    view.put(Self.progress, OrderTables.onlyKey, row: progress)
    try closeSettled(through: number, in: view)
    try alertDue(through: number, in: view)
  }

  /// The first key from `start` on; nil when there is none.
  func firstKey(
    of table: ProjectionTable, from start: [UInt8], in view: ProjectionView
  ) throws(FoldError) -> [UInt8]? {
    try ProposerState.rows { () throws(TableReadError) in try view.firstKey(of: table, from: start) { _ in true } }
  }

  /// Gives the testimony its place in its log: the view sees every one, in order.
  @discardableResult
  func countTestimony(in view: ProjectionView) throws(FoldError) -> UInt64 {
    var progress = try currentProgress(in: view)
    defer { view.put(Self.progress, OrderTables.onlyKey, row: progress) }
    progress.testimonies += 1
    return progress.testimonies - 1
  }
}
