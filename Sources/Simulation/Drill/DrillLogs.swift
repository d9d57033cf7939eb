import Hashing
import MerkleLog
import Node
import Primitives
import Projections
import Rollup
import Testimony

/// Both logs of somebody who watches a made up rollup, as a node would have them.
struct DrillLogs {
  let configuration: ChainConfiguration
  let domain: CommitmentDomain

  /// Headers of L1's blocks as it is now, the rollup's first one first.
  private(set) var headers: [[UInt8]] = []

  /// Records of the ledger so far, and leaf hashes of all of them.
  private(set) var records: [(header: RecordHeader, payload: [UInt8])] = []
  private(set) var leaves: [Hash256] = []

  /// What the view is given: both logs, in the order in which they were recorded.
  private(set) var facts: [Fact] = []

  /// Signed messages that were heard, in order: the testimony log.
  private(set) var testimony: [SequencerCommitmentObserved] = []

  /// What was told and is no testimony: the reader makes no statement of it.
  private(set) var refused: Set<SignedCommitment> = []

  /// What there was to record, in order, for a store that keeps it itself.
  private(set) var script: [Step] = []

  private let bug: DrillBug?

  enum Step {
    case mined(header: [UInt8], number: UInt64, events: [(coordinates: L1Coordinates, event: Event)])
    case left(oldTip: BlockID, ancestor: BlockID)
    case finalized(BlockID, l1Head: UInt64)
    case heard(HeardMessage)
  }

  init(_ configuration: ChainConfiguration, bug: DrillBug? = nil) {
    guard let domain = configuration.commitmentDomain else { preconditionFailure("the configuration is a rollup's") }
    self.configuration = configuration
    self.domain = domain
    self.bug = bug
    record(.chainConfigured(ChainConfigured(configuration: configuration)), at: .block(0))
    if bug == .endlessWindow {
      facts.append(
        Fact(coordinates: .block(0), event: .configUpdated(ConfigUpdated(update: .sequencingWindow(.max)))))
    }
  }

  /// Number of the newest L1 block.
  var l1Head: UInt64 { (configuration.rollup?.genesisOrigin.number ?? 0) + UInt64(headers.count) - 1 }

  /// Reads what is told, as a node does.
  var reader: StatementReader { StatementReader(l2ChainID: configuration.chainID, domain: domain) }

  /// The next L1 block, with what the contract says in it.
  mutating func append(header: [UInt8], number: UInt64, _ events: [(coordinates: L1Coordinates, event: Event)]) {
    headers.append(header)
    script.append(.mined(header: header, number: number, events: events))
    record(
      .l1BlockAppended(L1BlockAppended(header: header, canonicalAccBefore: .zero, completeness: .embedded)),
      at: .block(number))
    for (coordinates, event) in events { record(event, at: coordinates) }
  }

  /// L1 leaves its newest blocks.
  mutating func leave(from oldTip: BlockID, to ancestor: BlockID) {
    headers.removeLast(Int(oldTip.number - ancestor.number))
    script.append(.left(oldTip: oldTip, ancestor: ancestor))
    record(
      .l1Reorged(
        L1Reorged(
          oldTip: oldTip, newTip: BlockID(number: ancestor.number + 1, hash: .zero), commonAncestor: ancestor,
          revokedFrom: Position(0), revokedTo: Position(UInt64(records.count) - 1))), at: .observed(at: oldTip.number))
  }

  mutating func finalize(_ block: BlockID) {
    script.append(.finalized(block, l1Head: l1Head))
    record(.l1Finalized(L1Finalized(block: block)), at: .observed(at: l1Head))
  }

  mutating func hear(_ signed: SignedCommitment, _ block: RollupBlock?, source: String) {
    script.append(
      .heard(HeardMessage(raw: signed.encode(), format: .varve, block: block, source: source, receivedAt: 0)))
    guard let statement = try? reader.statement(of: signed) else {
      refused.insert(signed)
      return
    }
    let signer = statement.signer
    if bug == .oneOrderPerHeight, isSecondOrder(statement) { return }
    let event = SequencerCommitmentObserved(
      raw: signed.encode(), format: .varve, signer: signer, block: block.map { .rollup($0) },
      source: [UInt8](source.utf8), receivedAt: 0, ledgerPosition: UInt64(records.count),
      ledgerLeaf: leaves.last ?? .zero)
    testimony.append(event)
    facts.append(Fact(coordinates: .observed(at: l1Head), event: .sequencerCommitmentObserved(event)))
  }

  private func isSecondOrder(_ statement: Statement) -> Bool {
    testimony.contains { heard in
      guard let other = try? reader.statement(heard.raw.rawSpan, .varve, by: heard.signer) else { return false }
      return other.signer == statement.signer && other.height == statement.height && other.order != statement.order
    }
  }

  private mutating func record(_ event: Event, at coordinates: L1Coordinates) {
    let payload = event.encode()
    let header = RecordHeader(
      kind: event.kind, position: Position(UInt64(records.count)), coordinates: coordinates,
      payloadLength: UInt32(payload.count), payloadHash: Keccak256.hash(payload))
    records.append((header, payload))
    leaves.append(header.leafHash)
    if !isPassedOver(event.kind) { facts.append(Fact(coordinates: coordinates, event: event)) }
  }

  private func isPassedOver(_ kind: EventKind) -> Bool {
    switch bug {
    case .forgottenInclusion: kind == .forceIncluded
    case .uncheckedBatch: kind == .blockSequenced
    case .unseenKeyChange: kind == .configUpdated
    default: false
    }
  }

  /// Both logs, folded.
  func folded() throws(FoldError) -> EquivocationAnswers {
    let tables = MemoryTables(tables: EquivocationView.tables)
    let view = EquivocationView(configuration: bug == .endlessSlashing ? withoutSlashingWindow : configuration)
    let batch = WriteBatch()
    batch.begin()
    for fact in facts { _ = try view.fold(fact, into: ProjectionView(batch: batch, over: tables)) }
    tables.commit(batch)
    return EquivocationAnswers(ProjectionView(batch: WriteBatch(), over: tables))
  }

  private var withoutSlashingWindow: ChainConfiguration {
    var rollup = configuration.rollup
    rollup?.slashingWindow = .max
    return ChainConfiguration(
      chainID: configuration.chainID, forks: configuration.forks, genesisHeader: configuration.genesisHeader,
      allocation: [], rollup: rollup)
  }
}
