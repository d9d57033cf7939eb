import EventStore
package import Evidence
import Primitives
package import Projections
import Rollup
import Testimony

/// Makes files that stand alone from both logs.
///
/// What is to be looked up in the ledger, the projection's rows name by its L1 block: the ledger is never read through.
package struct EvidenceMaker {
  let store: EquivocationStore
  let answers: EquivocationAnswers

  /// So many headers are put into a file to show that a key was never changed, and how late it is; what an origin needs is
  /// put there whatever it takes.
  private static let headerLimit: UInt64 = 4096

  init(_ store: EquivocationStore, _ view: ProjectionView) {
    self.store = store
    answers = EquivocationAnswers(view)
  }

  /// A batch, and an L1 block that had it, or its data.
  struct BatchPlace: Hashable {
    var index, l1Block: UInt64
  }

  /// The evidence of an accusation, as much of L1 and of the ledger in it as there is to show.
  package func evidence(of accusation: AccusationRow) throws(NodeError) -> EquivocationEvidence {
    let contradiction = accusation.contradiction
    guard let orders = try rows({ () throws(FoldError) in try answers.orders(of: accusation) }) else {
      throw .evidence("not all orders between the two blocks are kept")
    }
    guard let statements = try rows({ () throws(FoldError) in try answers.statements(of: accusation) }) else {
      throw .evidence("a statement that it is about is not kept")
    }
    var messages: [SignedMessage] = []
    var batches: [BatchPlace] = []
    for row in statements {
      messages.append(try message(of: row))
      if case .batch(let index, let l1Block, _) = row.source {
        batches.append(BatchPlace(index: index, l1Block: l1Block))
      }
    }
    var evidence = EquivocationEvidence(
      l2ChainID: store.configuration.chainID, domain: nil, messages: messages, orders: orders)
    guard contradiction.format == .varve else { return evidence }
    evidence.domain = store.configuration.commitmentDomain
    let origins = contradiction.statements.compactMap(\.origin?.number)
    // What was forced in long before may be the parent of a block.
    let progress = try rows { () throws(FoldError) in try answers.progress() }
    let reach = contradiction.kind == .brokenParent ? progress?.longestWindow ?? 0 : 0
    let (lowest, highest) = (origins.min() ?? 0, origins.max() ?? 0)
    let genesis = store.configuration.rollup?.genesisOrigin.number ?? 0
    // Before the rollup's first L1 block there is nothing to show.
    let low = min(max(lowest - min(lowest, reach), genesis), highest)
    if highest >= genesis { evidence.l1 = try segment(over: low...highest) }
    evidence.log = try excerpt(batches: batches, around: low...highest)
    return evidence
  }

  func rows<R>(_ body: () throws(FoldError) -> R) throws(NodeError) -> R {
    try EquivocationStore.rows(body)
  }

  private func message(of row: StatementRow) throws(NodeError) -> SignedMessage {
    switch row.source {
    case .batch(let index, _, let raw):
      do throws(RLPError) { return .varve(try SignedCommitment(rlp: raw.rawSpan)) } catch {
        throw .evidence("the signature of batch \(index) cannot be read: \(error)")
      }
    case .testimony(let position):
      let observed = try observed(at: position)
      do throws(StatementError) { return try SignedMessage(observed.raw.rawSpan, observed.format) } catch {
        throw .evidence("testimony \(position): \(error)")
      }
    }
  }

  /// The signed message at a position of the testimony.
  func observed(at position: UInt64) throws(NodeError) -> SequencerCommitmentObserved {
    let event: Event
    do throws(ReadError) {
      guard let record = try store.testimony?.record(at: Position(position)) else {
        throw ReadError.beyondHead(position: Position(position), size: 0)
      }
      event = try record.event()
    } catch { throw .read(error) }
    guard case .sequencerCommitmentObserved(let observed) = event else {
      throw .evidence("testimony \(position) is no signed message")
    }
    return observed
  }

  /// Headers from what is asked about up to a final block behind it: the newest for which there is room, or the newest of
  /// all if none is final there. They are the ledger's own, however old; the reader then has to trust an old block's hash.
  func segment(over blocks: ClosedRange<UInt64>) throws(NodeError) -> L1Segment? {
    do throws(ReadError) {
      guard let newest = try store.ledger.newestBlock()?.id.number else { return nil }
      let finalized = try store.ledger.finalizedBlock()?.number ?? 0
      let end = blocks.upperBound.next
      let newestKnown = finalized >= end ? finalized : newest
      guard
        let range = Self.segmentRange(
          over: blocks.lowerBound...end, genesis: store.configuration.rollup?.genesisOrigin.number,
          newest: newestKnown)
      else { return nil }
      var headers: [[UInt8]] = []
      for number in range {
        guard let block = try store.ledger.block(number),
          case .l1BlockAppended(let event) = try store.ledger.record(at: block.positions.lowerBound).event()
        else {
          headers.removeAll()
          continue
        }
        headers.append(event.header)
      }
      if headers.isEmpty { return nil }
      if let segment = L1Segment(headers) { return segment }
    } catch { throw .read(error) }
    throw .evidence("L1 has left a branch while its headers were read; do it again")
  }

  /// Which headers a file gets: those that are asked about, those since genesis if they are few, and later ones as far as
  /// there is room; nil when what is asked about is not there, or too long.
  static func segmentRange(
    over blocks: ClosedRange<UInt64>, genesis: UInt64?, newest: UInt64
  ) -> ClosedRange<UInt64>? {
    let end = min(blocks.upperBound, newest)
    guard blocks.lowerBound <= end else { return nil }
    var first = blocks.lowerBound
    if let genesis, genesis < first, end - genesis < headerLimit { first = genesis }
    let count = end - first < headerLimit ? headerLimit : UInt64(L1Segment.greatestCount)
    guard end - first < count else { return nil }
    return first...(newest - first < count ? newest : first + count - 1)
  }

  /// The records that say whose word counted when, what was forced in, and which batches carried a signature: those with all
  /// that their L1 block has before them, so that it is seen which block that is.
  func excerpt(batches: [BatchPlace], around origins: ClosedRange<UInt64>) throws(NodeError) -> LogExcerpt? {
    let progress = try rows { () throws(FoldError) in try answers.progress() }
    var blocks: Set<UInt64> = Set(progress?.keyChanges ?? [])
    let (first, last) = (origins.lowerBound, origins.upperBound)
    if first < .max {
      blocks.formUnion(
        try rows { () throws(FoldError) in
          try answers.forcedBlocks(from: first + 1, through: last.next)
        })
    }
    do throws(ReadError) {
      let head = try store.ledger.head()
      var wanted: [UInt64: StoredRecord] = [0: try store.ledger.record(at: .zero)]
      for number in blocks {
        for record in try records(ofL1Block: number, before: head.size) {
          switch try record.event() {
          case .configUpdated(let change):
            if case .sequencer = change.update { wanted[record.position.rawValue] = record }
          case .forceIncluded where number > first && number - 1 <= last:
            wanted[record.position.rawValue] = record
          default: break
          }
        }
      }
      for batch in batches {
        let records = try records(ofL1Block: batch.l1Block, before: head.size)
        var count = 0
        for (index, record) in records.enumerated() {
          switch try record.event() {
          case .sequencerBatchDelivered(let event) where event.batchIndex == batch.index: count = index + 1
          case .batchDataDelivered(let event) where event.batchIndex == batch.index: count = index + 1
          default: break
          }
        }
        for record in records.prefix(count) { wanted[record.position.rawValue] = record }
      }
      var excerpt = LogExcerpt(size: head.size, root: head.root, records: [])
      for position in wanted.keys.sorted() {
        guard let record = wanted[position] else { continue }
        let proof = try store.ledger.inclusionProof(of: record.header.position, inSize: head.size)
        excerpt.records.append(LogExcerpt.Record(header: record.header, payload: record.payload, proof: proof))
      }
      return excerpt
    } catch { throw .read(error) }
  }

  /// What L1 has said in a block; nothing for one that it does not have.
  func records(ofL1Block number: UInt64, before size: UInt64) throws(ReadError) -> [StoredRecord] {
    guard let positions = try store.ledger.block(number)?.positions, positions.upperBound.rawValue <= size else {
      return []
    }
    var records: [StoredRecord] = []
    try store.ledger.read(positions) { (view: borrowing RecordView) throws(ReadError) in
      records.append(try view.copy())
    }
    return records
  }
}
