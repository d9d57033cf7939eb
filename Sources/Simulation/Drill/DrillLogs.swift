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

  /// What is planted in who records and watches.
  let bug: DrillBug?

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
  }

  /// Number of the newest L1 block.
  var l1Head: UInt64 { (configuration.rollup?.genesisOrigin.number ?? 0) + UInt64(headers.count) - 1 }

  /// Reads what is told, as a node does.
  var reader: StatementReader { StatementReader(l2ChainID: configuration.chainID, domain: domain) }

  /// The next L1 block, with what the contract says in it.
  mutating func append(header: [UInt8], number: UInt64, _ events: [(coordinates: L1Coordinates, event: Event)]) {
    headers.append(header)
    let seen = seen(events, in: number)
    script.append(.mined(header: header, number: number, events: seen))
    record(
      .l1BlockAppended(L1BlockAppended(header: header, canonicalAccBefore: .zero, completeness: .embedded)),
      at: .block(number))
    for (coordinates, event) in events { keep(event, at: coordinates) }
    for (coordinates, event) in seen { facts.append(Fact(coordinates: coordinates, event: event)) }
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
    let block = bug == .forgottenBody ? nil : block
    let statement = try? reader.statement(of: signed)
    if let statement, isPassedOver(statement) { return }
    script.append(
      .heard(HeardMessage(raw: signed.encode(), format: .varve, block: block, source: source, receivedAt: 0)))
    guard let signer = statement?.signer else {
      refused.insert(signed)
      return
    }
    let event = SequencerCommitmentObserved(
      raw: signed.encode(), format: .varve, signer: signer, block: block.map { .rollup($0) },
      source: [UInt8](source.utf8), receivedAt: 0, ledgerPosition: UInt64(records.count),
      ledgerLeaf: leaves.last ?? .zero)
    testimony.append(event)
    facts.append(Fact(coordinates: .observed(at: l1Head), event: .sequencerCommitmentObserved(event)))
  }

  private mutating func record(_ event: Event, at coordinates: L1Coordinates) {
    keep(event, at: coordinates)
    facts.append(Fact(coordinates: coordinates, event: event))
  }

  private mutating func keep(_ event: Event, at coordinates: L1Coordinates) {
    let payload = event.encode()
    let header = RecordHeader(
      kind: event.kind, position: Position(UInt64(records.count)), coordinates: coordinates,
      payloadLength: UInt32(payload.count), payloadHash: Keccak256.hash(payload))
    records.append((header, payload))
    leaves.append(header.leafHash)
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

// What is planted in who records.
extension DrillLogs {
  /// What is seen of what the contract says in an L1 block.
  private func seen(
    _ events: [(coordinates: L1Coordinates, event: Event)], in number: UInt64
  ) -> [(coordinates: L1Coordinates, event: Event)] {
    let place = L1Coordinates(blockNumber: number, transactionIndex: 0, logIndex: 0)
    return switch bug {
    case .forgottenInclusion: events.filter { $0.event.kind != .forceIncluded }
    case .uncheckedBatch: events.filter { $0.event.kind != .blockSequenced }
    case .unseenKeyChange: events.filter { $0.event.kind != .configUpdated }
    case .assumedData:
      events.flatMap { place, event in withHeardBlocks(event).map { (coordinates: place, event: $0) } }
    case .endlessWindow where headers.count == 1:
      [(place, .configUpdated(ConfigUpdated(update: .sequencingWindow(.max))))]
    default: events
    }
  }

  /// A batch whose data is missing, with its blocks where all of them were heard.
  private func withHeardBlocks(_ event: Event) -> [Event] {
    guard case .sequencerBatchDelivered(var batch) = event, batch.data == .missing else { return [event] }
    var blocks: [Event] = []
    for number in batch.firstBlock...batch.lastBlock {
      let heard = testimony.compactMap { observed -> RollupBlock? in
        if case .rollup(let block)? = observed.block, block.number == number { block } else { nil }
      }
      guard let block = heard.last else { return [event] }
      blocks.append(
        .blockSequenced(
          BlockSequenced(
            batchIndex: batch.batchIndex, indexInBatch: number - batch.firstBlock, block: .rollup(block))))
    }
    batch.data = .present
    return [.sequencerBatchDelivered(batch)] + blocks
  }

  private func isPassedOver(_ statement: Statement) -> Bool {
    switch bug {
    case .oneOrderPerHeight:
      return heard(statement.height, by: statement.signer).contains { $0.order != statement.order }
    case .unheardOrphan:
      let below = statement.height == 0 ? [] : heard(statement.height - 1, by: statement.signer)
      return !below.isEmpty && !below.contains { $0.order == statement.parent }
    default: return false
    }
  }

  /// What a key was heard to say of a height.
  private func heard(_ height: UInt64, by signer: Address) -> [Statement] {
    testimony.compactMap { try? reader.statement($0.raw.rawSpan, .varve, by: $0.signer) }
      .filter { $0.height == height && $0.signer == signer }
  }
}
