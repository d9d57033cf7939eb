import ChainImport
import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup
import TestSupport
import Testing

/// A fold that keeps rows changes branches of tries where they are; one that does not reads and writes them anew.
@Suite("Kept rows of state")
struct KeptRowsTests {
  /// Folds a chain, several blocks to a commit, each block a section.
  private struct Fold {
    let tables = MemoryTables(tables: ProposerState.tables)
    let batch: WriteBatch
    let projection: ProposerState

    init(_ configuration: ChainConfiguration, keepingRows: Bool) throws {
      batch = WriteBatch(keepingRows: keepingRows)
      batch.keepsHistory = true
      projection = ProposerState(configuration: configuration)
      let event = Event.chainConfigured(ChainConfigured(configuration: configuration))
      try fold([Fact(coordinates: .block(0), event: event)])
    }

    /// Returns what the sections changed, as text: what a journal would remember of them.
    @discardableResult
    func fold(_ facts: [Fact]) throws -> [String] {
      batch.begin()
      for fact in facts {
        batch.beginSection()
        _ = try projection.fold(fact, into: ProjectionView(batch: batch, over: tables))
      }
      var stored: [Int: [UInt8]] = [:]
      batch.forEachEntryInOrder { entry, table, key, _ in
        guard batch.remembersStored(entry) else { return }
        tables.read(tables.tables[table], key) { if let value = $0 { stored[entry] = value.bytes } }
      }
      var changes: [String] = []
      batch.forEachOld(stored: { stored[$0] }) { section, table, key, old, new in
        // Which rows are written as they were is of no account.
        if old == new { return }
        changes.append("\(section) \(tables.tables[table]) \(key.bytes) \(old ?? []) → \(new ?? [])")
      }
      tables.commit(batch)
      batch.didCommit()
      return changes.sorted()
    }
  }

  @Test(
    "with rows kept a fold writes the same rows, and remembers the same of each block",
    arguments: LoadChain.Load.allCases)
  func sameRows(load: LoadChain.Load) throws {
    let recipe = LoadChain.Recipe(load: load, accounts: 60, blocks: 8, transactionsPerBlock: 12, seed: 3)
    var chain = try LoadChain(recipe, map: ParallelMap())
    let folds = try [true, false].map { try Fold(chain.configuration, keepingRows: $0) }
    var facts: [Fact] = []
    var commits = 0
    while let block = try chain.next() {
      let sequenced = BlockSequenced(batchIndex: 0, indexInBatch: 0, block: .ethereum(block.encode()))
      facts.append(Fact(coordinates: .block(0), event: .blockSequenced(sequenced)))
      if facts.count <= commits % 3 { continue }
      let changes = try folds.map { try $0.fold(facts) }
      #expect(changes[0] == changes[1])
      #expect(changes[0].count > 12)
      facts = []
      commits += 1
      expectSameRows(folds)
      let number = block.header.number
      let result = try ProposerState.result(
        of: number, in: ProjectionView(batch: WriteBatch(), over: folds[0].tables))
      #expect(result?.differences == [] && result?.stateRoot == block.header.stateRoot)
    }
    #expect(commits > 3)
  }

  @Test("so it does where slots and accounts are made and removed beside others that change")
  func sameRowsOfARollup() throws {
    for seed in UInt64(1)...2 {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed, log: scratch.log)
        for salt in UInt64(1)..<40 { try play.step(salt) }
        let folds = try [true, false].map { try Fold(play.ledger.configuration, keepingRows: $0) }
        var facts = play.ledger.facts.dropFirst().map { Fact(coordinates: $0.coordinates, event: $0.event) }[...]
        while !facts.isEmpty {
          let next = Array(facts.prefix(facts.count % 4 + 1))
          let changes = try folds.map { try $0.fold(next) }
          #expect(changes[0] == changes[1], "seed \(seed), \(next[0].coordinates)")
          facts = facts.dropFirst(next.count)
        }
        expectSameRows(folds)
      }
    }
  }

  private func expectSameRows(_ folds: [Fold]) {
    for table in ProposerState.tables {
      let rows = folds.map { $0.tables.ordered(table) }
      #expect(rows[0].map(\.key) == rows[1].map(\.key), "\(table)")
      #expect(rows[0].map(\.value) == rows[1].map(\.value), "\(table)")
    }
  }
}
