package import Primitives
package import Rollup

/// A projection in memory, fed one L1 fact at a time, that can take L1 blocks back: what `ProjectionStore` does on disk,
/// for simulations and tests.
package final class LiveFold<P: Projection> {
  package let projection: P
  private let tables = MemoryTables(tables: P.tables)
  private let batch = WriteBatch()
  private let services: FoldServices

  /// The newest L1 block that was folded.
  package private(set) var l1Block: BlockID?

  private var journal = FoldJournal()

  /// - Parameter services: the rows of those that it cannot do without; who folds applies each fact to these first.
  package init(configuration: ChainConfiguration, services: FoldServices = FoldServices()) {
    projection = P(configuration: configuration)
    self.services = services
  }

  /// The rows as they are now.
  package var view: ProjectionView { ProjectionView(batch: WriteBatch(), over: rows) }

  package var rows: any TableReader { tables }

  /// Folds the next fact that the projection's read mode gives it; a canonical one passes over what a node observed. After
  /// an error nothing of it is there.
  @discardableResult
  package func apply(_ fact: Fact) throws(FoldError) -> P.Finding? {
    if P.readMode == .canonical, fact.event.kind.isObservation { return nil }
    batch.reset()
    let rows = ProjectionView(batch: batch, over: tables, services: services, unread: P.unreadTables)
    let finding = try projection.fold(fact, into: rows)
    if case .l1BlockAppended(let event) = fact.event {
      let id = BlockID(number: fact.coordinates.blockNumber, hash: event.headerHash)
      journal.begin(id.number, after: l1Block)
      l1Block = id
    }
    tables.commit(batch) { journal.note($0) }
    return finding
  }

  /// Takes back every L1 block after `number`. O(rows that they changed).
  ///
  /// - Precondition: none of them is before what was forgotten at finality.
  package func unwind(toL1Block number: UInt64) {
    while let last = journal.takeLast(after: number) {
      for row in last.rows.reversed() {
        batch.reset()
        if let value = row.old {
          batch.put(P.tables[row.table], key: row.key.rawSpan, value: value.rawSpan)
        } else {
          batch.delete(P.tables[row.table], key: row.key.rawSpan)
        }
        tables.commit(batch)
      }
      l1Block = last.before
    }
    precondition((l1Block?.number ?? 0) <= number, "a final L1 block is never taken back")
  }

  /// Forgets how to take back L1 blocks up to and with `number`.
  package func finalize(l1Block number: UInt64) { journal.forget(through: number) }

  /// What the facts of the newest L1 block wrote, fact by fact and in key order. Two folds that were equal before and have
  /// the same here are equal after it.
  package var changes: [UInt8]? { journal.changes }

  /// What two folds of one history have in common, whatever else they saw.
  package var digest: Hash256 {
    tables.digest(l1BlockNumber: l1Block?.number ?? 0, l1BlockHash: l1Block?.hash ?? .zero)
  }
}
