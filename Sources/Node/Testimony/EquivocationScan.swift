package import EventStore
import Primitives
package import Projections
import Roles
package import Rollup

/// Both logs folded into `EquivocationView`, in memory.
package struct EquivocationScan {
  package let ledger: EventLog
  package let testimony: EventLog?
  package let configuration: ChainConfiguration

  /// Records that were read, of both logs.
  package private(set) var records: UInt64 = 0

  /// Testimonies for which the ledger is not far enough yet.
  package private(set) var waiting: UInt64 = 0

  let tables = MemoryTables(tables: EquivocationView.tables)

  private let view: EquivocationView
  private let batch = WriteBatch()

  /// Rows that are committed at a time.
  private static let batchSize: UInt64 = 4096

  /// Reads both logs to their ends. O(records).
  package init(ledger: EventLog, testimony: EventLog?) throws(NodeError) {
    let first: Event
    do throws(ReadError) { first = try ledger.record(at: .zero).event() } catch { throw .read(error) }
    guard case .chainConfigured(let event) = first else { throw .view(.notARollup) }
    self.ledger = ledger
    self.testimony = testimony
    configuration = event.configuration
    view = EquivocationView(configuration: event.configuration)
    batch.begin()
    try foldBoth()
    commit()
  }

  /// Rows of the view.
  package var rows: ProjectionView { ProjectionView(batch: WriteBatch(), over: tables) }

  private mutating func foldBoth() throws(NodeError) {
    var next: UInt64 = 0
    let size: UInt64
    var heard: [StoredRecord] = []
    var position: UInt64 = 0
    let testimonyCount: UInt64
    do throws(ReadError) {
      size = try ledger.head().size
      testimonyCount = try testimony?.head().size ?? 0
    } catch { throw .read(error) }
    while position < testimonyCount, let testimony {
      do throws(ReadError) {
        (heard, position) = try testimony.batch(
          from: position, to: testimonyCount, view: .physical, records: 1024, bytes: 64 << 20)
      } catch { throw .read(error) }
      for record in heard {
        let event: Event
        do throws(ReadError) { event = try record.event() } catch { throw .read(error) }
        guard let arrival = event.arrival else { continue }
        guard arrival.ledgerPosition <= size else {
          waiting = testimonyCount - record.header.position.rawValue
          try foldLedger(from: &next, to: size)
          return
        }
        try foldLedger(from: &next, to: arrival.ledgerPosition)
        try requireLeaf(arrival)
        try fold(Fact(coordinates: record.header.coordinates, event: event), at: record.header.position)
      }
    }
    try foldLedger(from: &next, to: size)
  }

  private mutating func foldLedger(from next: inout UInt64, to end: UInt64) throws(NodeError) {
    while next < end {
      let records: [StoredRecord]
      do throws(ReadError) {
        (records, next) = try ledger.batch(from: next, to: end, view: .physical, records: 4096, bytes: 64 << 20)
      } catch { throw .read(error) }
      for record in records {
        let event: Event
        do throws(ReadError) { event = try record.event() } catch { throw .read(error) }
        try fold(Fact(coordinates: record.header.coordinates, event: event), at: record.header.position)
      }
    }
  }

  private mutating func fold(_ fact: Fact, at position: Position) throws(NodeError) {
    do throws(FoldError) {
      _ = try view.fold(fact, into: ProjectionView(batch: batch, over: tables))
    } catch { throw .fold(position: position.rawValue, error) }
    records += 1
    if records.isMultiple(of: Self.batchSize) { commit() }
  }

  private func commit() {
    tables.commit(batch)
    batch.didCommit()
    batch.begin()
  }

  /// The testimony was taken beside this ledger, and no other.
  private func requireLeaf(_ arrival: Arrival) throws(NodeError) {
    let position = arrival.ledgerPosition
    guard position > 0 else { return }
    let leaf: Hash256
    do throws(ReadError) { leaf = try ledger.leafHash(at: Position(position - 1)) } catch { throw .read(error) }
    guard leaf == arrival.ledgerLeaf else { throw .foreignTestimony(position: position) }
  }
}
