package import Primitives
package import Rollup

/// A projection in memory, fed one L1 fact at a time, that can take L1 blocks back: what `ProjectionStore` does on disk,
/// for simulations and tests.
package final class LiveFold<P: Projection> {
  package let projection: P
  private let tables = MemoryTables(tables: P.tables)
  private let batch = WriteBatch()

  /// The newest L1 block that was folded.
  package private(set) var l1Block: BlockID?

  /// By L1 block, oldest first: what was there before it.
  private var journal: [Entry] = []

  private struct Entry {
    var before: BlockID?
    var number: UInt64
    var rows: [PreImage] = []
    var changes: [UInt8] = []
  }

  private struct PreImage {
    var table: ProjectionTable
    var key: [UInt8]
    var value: [UInt8]?
  }

  package init(configuration: ChainConfiguration) {
    projection = P(configuration: configuration)
  }

  /// The rows as they are now.
  package var view: ProjectionView { ProjectionView(batch: WriteBatch(), over: tables) }

  /// Folds a canonical L1 fact. After an error nothing of it is there.
  @discardableResult
  package func apply(_ fact: Fact) throws(FoldError) -> P.Finding? {
    if fact.event.kind.isObservation { return nil }
    batch.reset()
    let finding = try projection.fold(fact, into: ProjectionView(batch: batch, over: tables))
    begin(fact)
    tables.commit(batch) { remember($0) }
    return finding
  }

  private func begin(_ fact: Fact) {
    guard case .l1BlockAppended(let event) = fact.event else { return }
    let id = BlockID(number: fact.coordinates.blockNumber, hash: event.headerHash)
    journal.append(Entry(before: l1Block, number: id.number))
    l1Block = id
  }

  private func remember(_ change: MemoryTables.Change) {
    guard !journal.isEmpty else { return }
    let last = journal.count - 1
    journal[last].changes.append(row: change)
    journal[last].rows.append(PreImage(table: P.tables[change.table], key: change.key, value: change.old))
  }

  /// Takes back every L1 block after `number`. O(rows that they changed).
  ///
  /// - Precondition: none of them is before what was forgotten at finality.
  package func unwind(toL1Block number: UInt64) {
    while let last = journal.last, last.number > number {
      for row in last.rows.reversed() {
        batch.reset()
        if let value = row.value {
          batch.put(row.table, key: row.key.rawSpan, value: value.rawSpan)
        } else {
          batch.delete(row.table, key: row.key.rawSpan)
        }
        tables.commit(batch)
      }
      l1Block = last.before
      journal.removeLast()
    }
    precondition((l1Block?.number ?? 0) <= number, "a final L1 block is never taken back")
  }

  /// Forgets how to take back L1 blocks up to and with `number`.
  package func finalize(l1Block number: UInt64) {
    journal.removeAll { $0.number <= number }
  }

  /// What the facts of the newest L1 block wrote, fact by fact and in key order. Two folds that were equal before and have
  /// the same here are equal after it.
  package var changes: [UInt8]? { journal.last?.changes }

  /// What two folds of one history have in common, whatever else they saw.
  package var digest: Hash256 {
    tables.digest(l1BlockNumber: l1Block?.number ?? 0, l1BlockHash: l1Block?.hash ?? .zero)
  }
}

extension [UInt8] {
  /// Appends a written row so that no two lists of rows have the same bytes.
  fileprivate mutating func append(row change: MemoryTables.Change) {
    append(bigEndian: UInt32(change.table))
    append(bigEndian: UInt32(change.key.count))
    append(contentsOf: change.key)
    guard let value = change.new else { return append(bigEndian: UInt32.max) }
    append(bigEndian: UInt32(value.count))
    append(contentsOf: value)
  }
}
