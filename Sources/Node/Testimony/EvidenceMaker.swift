import EventStore
package import Evidence
import Primitives
package import Projections
import Rollup
import Testimony

/// Makes files that stand alone from both logs.
package struct EvidenceMaker {
  let scan: EquivocationScan

  /// So many headers are put into a file only to show that a key was never changed; what an origin needs is put there
  /// whatever it takes.
  private static let headerLimit: UInt64 = 4096

  package init(_ scan: EquivocationScan) {
    self.scan = scan
  }

  /// The evidence of an accusation, as much of L1 and of the ledger in it as there is to show.
  package func evidence(of accusation: AccusationRow) throws(NodeError) -> EquivocationEvidence {
    let contradiction = accusation.contradiction
    var messages: [SignedMessage] = []
    var batches: Set<UInt64> = []
    for id in accusation.statements {
      let (signed, batch) = try message(of: id)
      messages.append(signed)
      if let batch { batches.insert(batch) }
    }
    var evidence = EquivocationEvidence(
      l2ChainID: scan.configuration.chainID, domain: nil, messages: messages, orders: contradiction.orders)
    guard contradiction.format == .varve else { return inOrder(evidence, contradiction) }
    evidence.domain = scan.configuration.commitmentDomain
    let origins = contradiction.statements.compactMap(\.origin?.number)
    let range = (origins.min() ?? 0)...(origins.max() ?? 0)
    evidence.l1 = try segment(over: range)
    evidence.log = try excerpt(batches: batches, around: range)
    return inOrder(evidence, contradiction)
  }

  /// The messages stand as the contradiction names them.
  private func inOrder(_ evidence: EquivocationEvidence, _ contradiction: Contradiction) -> EquivocationEvidence {
    var evidence = evidence
    let reader = StatementReader(l2ChainID: evidence.l2ChainID, domain: evidence.domain)
    evidence.messages = contradiction.statements.compactMap { statement in
      evidence.messages.first { (try? reader.statement(of: $0, by: statement.signer))?.digest == statement.digest }
    }
    return evidence
  }

  private func message(of id: StatementID) throws(NodeError) -> (SignedMessage, batch: UInt64?) {
    let row = try statement(id)
    switch row.source {
    case .batch(let index, let raw):
      do throws(RLPError) { return (.varve(try SignedCommitment(rlp: raw.rawSpan)), index) } catch {
        throw .evidence("the signature of batch \(index) cannot be read: \(error)")
      }
    case .testimony(let position):
      let event: Event
      do throws(ReadError) {
        guard let record = try scan.testimony?.record(at: Position(position)) else {
          throw ReadError.beyondHead(position: Position(position), size: 0)
        }
        event = try record.event()
      } catch { throw .read(error) }
      guard case .sequencerCommitmentObserved(let observed) = event else {
        throw .evidence("testimony \(position) is no signed message")
      }
      do throws(StatementError) { return (try SignedMessage(observed.raw.rawSpan, observed.format), nil) } catch {
        throw .evidence("testimony \(position): \(error)")
      }
    }
  }

  private func statement(_ id: StatementID) throws(NodeError) -> StatementRow {
    do throws(FoldError) {
      if let row = try EquivocationAnswers(scan.rows).statement(id) { return row }
    } catch { throw .fold(position: 0, error) }
    throw .evidence("there is no such statement")
  }

  /// Headers from what is asked about up to the newest final block, or the newest there is if the range goes past it.
  func segment(over origins: ClosedRange<UInt64>) throws(NodeError) -> L1Segment? {
    do throws(ReadError) {
      guard let newest = try scan.ledger.newestBlock()?.id.number else { return nil }
      let finalized = try scan.ledger.finalizedBlock()?.number ?? 0
      let (end, overflows) = origins.upperBound.addingReportingOverflow(1)
      let last = finalized >= (overflows ? .max : end) ? finalized : newest
      guard origins.lowerBound <= last else { return nil }
      var first = origins.lowerBound
      if let genesis = scan.configuration.rollup?.genesisOrigin.number, genesis < first,
        last - genesis < Self.headerLimit
      {
        first = genesis
      }
      guard last - first < UInt64(L1Segment.greatestCount) else { return nil }
      var headers: [[UInt8]] = []
      for number in first...last {
        guard let block = try scan.ledger.block(number),
          case .l1BlockAppended(let event) = try scan.ledger.record(at: block.positions.lowerBound).event()
        else {
          headers.removeAll()
          continue
        }
        headers.append(event.header)
      }
      return L1Segment(headers)
    } catch { throw .read(error) }
  }

  /// The records that say whose word counted when, what was forced in, and which batches carried a signature.
  func excerpt(batches: Set<UInt64>, around origins: ClosedRange<UInt64>) throws(NodeError) -> LogExcerpt? {
    do throws(ReadError) {
      let head = try scan.ledger.head()
      var wanted: [StoredRecord] = []
      let kinds: Set<EventKind> = [.chainConfigured, .configUpdated, .forceIncluded, .sequencerBatchDelivered]
      try scan.ledger.read(head.positions, view: .canonical) { (view: borrowing RecordView) throws(ReadError) in
        guard let kind = view.kind, kinds.contains(kind),
          Self.isWanted(try view.event(), at: view.blockNumber, batches, origins)
        else { return }
        wanted.append(try view.copy())
      }
      var records: [LogExcerpt.Record] = []
      for record in wanted {
        let proof = try scan.ledger.inclusionProof(of: record.header.position, inSize: head.size)
        records.append(LogExcerpt.Record(header: record.header, payload: record.payload, proof: proof))
      }
      return LogExcerpt(size: head.size, root: head.root, records: records)
    } catch { throw .read(error) }
  }

  private static func isWanted(
    _ event: Event, at l1Block: UInt64, _ batches: Set<UInt64>, _ origins: ClosedRange<UInt64>
  ) -> Bool {
    switch event {
    case .chainConfigured: true
    case .configUpdated(let change): if case .sequencer = change.update { true } else { false }
    case .forceIncluded: l1Block > origins.lowerBound && l1Block - 1 <= origins.upperBound
    case .sequencerBatchDelivered(let batch): batches.contains(batch.batchIndex)
    default: false
    }
  }
}
