import EventStore
import Evidence
import LMDB
import Primitives
@testable import ProjectionStore
@testable import Projections
import Rollup
import StateTransition
import StateTrie
import SystemPackage
import TestSupport
import Testing

/// All that a projection's tables ever held, by L1 block: what an archive has to agree with.
private struct EveryVersion<P: Projection> {
  typealias Rows = [[UInt8]: [UInt8]]

  /// By table.
  var afterL1Block: [UInt64: [Rows]] = [:]

  /// By table: keys that had a row at some time.
  var keys: [Set<[UInt8]>] = Array(repeating: [], count: P.tables.count)

  init(_ ledger: RollupLedger) throws {
    let fresh = FreshFold<P>(ledger.configuration)
    for fact in ledger.facts {
      try fresh.apply(Fact(coordinates: fact.coordinates, event: fact.event))
      var tables: [Rows] = []
      for table in P.tables { tables.append(try fresh.fold.view.allRows(table)) }
      for (index, rows) in tables.enumerated() { keys[index].formUnion(rows.keys) }
      // The last fact of a block is the one that stays.
      afterL1Block[fact.coordinates.blockNumber] = tables
    }
  }
}

/// All that the state's tables held after each L2 block: as they were when the fold began the next version of its rows, or when
/// the L1 block had ended.
private final class EveryBlock: StageObserver {
  typealias Rows = [[UInt8]: [UInt8]]

  /// By table.
  private(set) var afterBlock: [UInt64: [Rows]] = [:]

  /// By table: keys that had a row at some time.
  private(set) var keys: [Set<[UInt8]>] = Array(repeating: [], count: ProposerState.tables.count)

  private let tables = MemoryTables(tables: ProposerState.tables)
  private let batch = WriteBatch()
  private var committed: [Rows] = Array(repeating: [:], count: ProposerState.tables.count)
  private var head: (number: UInt64, l1Block: UInt64) = (0, 0)
  private var l1Block: UInt64 = 0

  init(_ ledger: RollupLedger) throws {
    // It says then which versions were begun.
    batch.keepsHistory = true
    let fold = ProposerState(configuration: ledger.configuration)
    for (coordinates, event) in ledger.facts {
      batch.begin()
      l1Block = coordinates.blockNumber
      let view = ProjectionView(batch: batch, over: tables, services: FoldServices(stages: self))
      _ = try fold.fold(Fact(coordinates: coordinates, event: event), into: view)
      committed = rows()
      tables.commit(batch)
      if head.l1Block == l1Block { afterBlock[head.number] = committed }
    }
    // L1 blocks without any may follow the newest.
    afterBlock[head.number] = committed
    for tables in afterBlock.values {
      for (index, rows) in tables.enumerated() { keys[index].formUnion(rows.keys) }
    }
  }

  /// A version begins right before the senders of its block are found.
  func enter(_ stage: FoldStage) {
    guard stage == .senders, let number = batch.versions.last else { return }
    if head.l1Block == l1Block { afterBlock[head.number] = rows() }
    head = (number, l1Block)
  }

  private func rows() -> [Rows] {
    var rows = committed
    batch.forEachInOrder { index, key, value in rows[index][key.bytes] = value?.bytes }
    return rows
  }
}

extension ProjectionView {
  fileprivate func allRows(_ table: ProjectionTable) throws(FoldError) -> [[UInt8]: [UInt8]] {
    var rows: [[UInt8]: [UInt8]] = [:]
    try scan(table) { key, value in
      rows[key.bytes] = value.bytes
      return true
    }
    return rows
  }

  fileprivate func orderedKeys(_ table: ProjectionTable) throws(FoldError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try scan(table) { key, _ in
      keys.append(key.bytes)
      return true
    }
    return keys
  }

  /// From the greatest on that comes before `end`.
  fileprivate func reversedKeys(
    _ table: ProjectionTable, before end: [UInt8], count: Int = .max
  ) throws(FoldError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try scanBackward(table, before: end) { key, _ in
      keys.append(key.bytes)
      return keys.count < count
    }
    return keys
  }
}

@Suite("History")
struct HistoryTests {
  private func archive<P: Projection>(_ type: P.Type, _ scratch: Scratch) throws -> Projector<P> {
    let projector = Projector<P>(dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
    var options = Projector<P>.Options()
    options.keepsHistory = true
    try projector.rebuild(options)
    return projector
  }

  /// Comes after every key of every table.
  private static let beyondKeys = [UInt8](repeating: 0xff, count: 100)

  /// Holds every key of every table after every L1 block, up to one, against the model.
  private func check<P: Projection>(
    _ projector: Projector<P>, _ play: RollupPlay, through last: UInt64 = .max
  ) throws {
    let model = try EveryVersion<P>(play.ledger)
    for (number, tables) in model.afterL1Block.sorted(by: { $0.key < $1.key }) where number <= last {
      try projector.read(afterL1Block: number) { view, block throws(FoldError) in
        #expect(block.hash == play.ledger.l1Blocks[Int(number)].hash)
        for table in P.tables {
          let (rows, place) = (tables[table.index], "seed \(play.random.seed), L1 block \(number), table \(table)")
          #expect(try view.allRows(table) == rows, "\(place)")
          let keys = rows.keys.sorted { $0.lexicographicallyPrecedes($1) }
          #expect(try view.orderedKeys(table) == keys, "\(place)")
          #expect(try view.reversedKeys(table, before: Self.beyondKeys) == keys.reversed(), "\(place)")
          for key in model.keys[table.index] {
            let (value, first) = try ProposerState.rows { () throws(TableReadError) in
              (try view.value(table, key.rawSpan), try view.firstKey(of: table, from: key) { _ in true })
            }
            #expect(value == rows[key], "\(place)")
            #expect(first == keys.first { !$0.lexicographicallyPrecedes(key) }, "\(place)")
            let last = try view.reversedKeys(table, before: key, count: 1).first
            #expect(last == keys.last { $0.lexicographicallyPrecedes(key) }, "\(place)")
          }
        }
      }
    }
  }

  private func play<P: Projection>(_ type: P.Type) throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<3 {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed &+ round, log: scratch.log)
        let projector = try archive(P.self, scratch)
        for salt in UInt64(1)..<25 {
          try play.step(salt)
          if play.random.next() % 4 == 0 { try play.reorganise() }
          if play.random.next() % 6 == 0 { try play.finalize() }
          if play.random.next() % 3 == 0 {
            try projector.catchUp(.init(batchSize: Int(play.random.next() % 9) + 1))
            if play.random.next() % 3 == 0 { try check(projector, play) }
          }
        }
        try projector.catchUp()
        try check(projector, play)
        #expect(try projector.verify().agrees)
        try projector.rebuild(.init(batchSize: 3), resume: false)
        try check(projector, play)
      }
    }
  }

  @Test("an archive of ProposerState has every row of every version that L1 still has")
  func proposerState() throws { try play(ProposerState.self) }

  @Test("an archive of ChallengerView has every row of every version that L1 still has")
  func challengerView() throws { try play(ChallengerView.self) }

  @Test("an archive of QueryIndex has every row of every version that L1 still has")
  func queryIndex() throws { try play(QueryIndex.self) }

  /// Whether nothing is known, for now, of what was after an L1 block; nil: of what is.
  private func expectReorganising<R>(of l1Block: UInt64?, _ comment: Comment, _ body: () throws -> R) {
    let error = #expect(throws: ProjectionError.self, comment) { _ = try body() }
    guard case .reorganising(_, let number) = error, number == l1Block else {
      Issue.record("\(comment): \(String(describing: error))")
      return
    }
    #expect("\(ProjectionError.reorganising(projection: "p", l1Block: number))".contains("has not taken them back yet"))
  }

  private func leave<P: Projection>(_ type: P.Type) throws {
    let seed = SeededGenerator().seed
    let comment: Comment = "\(P.name), seed \(seed)"
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      for salt in UInt64(1)..<22 { try play.step(salt) }
      let projector = try archive(P.self, scratch)
      let head = play.ledger.l1Head.number
      #expect(try play.reorganise(depth: 6) == 6)
      let ancestor = play.ledger.l1Head.number
      // L1 has less than before, and then more.
      for length in [0, 3, 9] as [UInt64] {
        while play.ledger.l1Head.number < ancestor + length { try play.step(play.ledger.l1Head.number + 300) }
        try check(projector, play, through: ancestor)
        for number in ancestor + 1...head {
          expectReorganising(of: number, comment) { try projector.read(afterL1Block: number) { _, _ in } }
          expectReorganising(of: number, comment) { try projector.digest(afterL1Block: number) }
        }
        let error = #expect(throws: ProjectionError.self) { try projector.digest(afterL1Block: head + 1) }
        guard case .notFolded(_, l1Block: head + 1, newest: head) = error else {
          Issue.record("\(comment): \(String(describing: error))")
          return
        }
        expectReorganising(of: nil, comment) { try projector.digest() }
        expectReorganising(of: nil, comment) { try projector.verify() }
        expectReorganising(of: nil, comment) {
          try projector.exportSnapshot(to: scratch.dataDirectory.appending("snapshot"))
        }
      }
      try projector.catchUp()
      try check(projector, play)
      #expect(try projector.verify().agrees, comment)
    }
  }

  @Test("before an archive has taken back what L1 has left, it answers for what L1 still has, and says so of the rest")
  func reorganising() throws {
    try leave(ProposerState.self)
    try leave(ChallengerView.self)
    try leave(QueryIndex.self)
  }

  @Test("so it is for the state by L2 block, and a pruned version asks for no rebuild")
  func reorganisingState() throws {
    let old = try MiniChain(blockCount: 12)
    let new = try MiniChain(blockCount: 14, branchedAt: 8)
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      let projector = try archive(ProposerState.self, scratch)
      try scratch.log.appendReorg(
        oldTip: old.blocks[11].header.id, newTip: new.blocks[13].header.id, commonAncestor: old.blocks[7].header.id)
      try new.write(8..<14, to: scratch.log)
      for number in 0..<8 {
        try projector.read(afterBlock: UInt64(number)) { _, place throws(FoldError) in
          #expect(place.stateRoot == old.blocks[number].header.stateRoot)
          #expect(place.l1Block == old.blocks[number].header.id)
        }
      }
      for number in 8..<12 as Range<UInt64> {
        expectReorganising(of: number, "L2 block \(number)") { try projector.read(afterBlock: number) { _, _ in } }
      }
      expectReorganising(of: 11, "the newest") { try projector.read(afterBlock: nil) { _, _ in } }
      try projector.catchUp()
      try projector.read(afterBlock: 9) { _, place throws(FoldError) in
        #expect(place.stateRoot == new.blocks[9].header.stateRoot)
      }
    }
    try Scratch.with { scratch in
      try old.write(to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      try scratch.log.appendReorg(
        oldTip: old.blocks[11].header.id, newTip: new.blocks[13].header.id, commonAncestor: old.blocks[7].header.id)
      expectReorganising(of: 11, "the newest") { try projector.digest(afterL1Block: 11) }
      let error = #expect(throws: ProjectionError.self) { try projector.digest(afterL1Block: 7) }
      guard case .pruned(_, before: 11) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("as of a record stands the newest L1 block that the log had whole then, if L1 has it still")
  func positions() throws {
    let seed = SeededGenerator().seed
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: seed, log: scratch.log)
      // By position: the newest L1 block that the log had whole when that was its last record, and the one it is part of.
      var known: [UInt64: (whole: BlockID, within: BlockID)] = [:]
      func note(_ head: BlockID) throws { known[try scratch.log.head().size - 1] = (head, head) }
      try note(play.ledger.l1Head)
      for salt in UInt64(1)..<40 {
        let (before, size) = (play.ledger.l1Head, try scratch.log.head().size)
        try play.step(salt)
        for position in size..<(try scratch.log.head().size) { known[position] = (before, play.ledger.l1Head) }
        try note(play.ledger.l1Head)
        if play.random.next() % 4 == 0 {
          try play.reorganise()
          try note(play.ledger.l1Head)
        }
        if play.random.next() % 5 == 0 {
          try play.finalize()
          try note(play.ledger.l1Head)
        }
      }
      let projector = try archive(ProposerState.self, scratch)
      var left = 0
      for (position, block) in known.sorted(by: { $0.key < $1.key }) {
        let place: Comment = "seed \(seed), record \(position)"
        if try scratch.log.end(of: block.whole) != nil, try scratch.log.end(of: block.within) != nil {
          #expect(try projector.l1Block(asOf: Position(position)) == block.whole.number, place)
        } else {
          left += 1
          #expect(throws: ProjectionError.self, place) { try projector.l1Block(asOf: Position(position)) }
        }
      }
      #expect(left > 0 && left < known.count, "seed \(seed)")
      #expect(throws: ProjectionError.self) { try projector.l1Block(asOf: .zero) }
      #expect(throws: ProjectionError.self) { try projector.l1Block(asOf: Position(scratch.log.head().size)) }
    }
  }

  @Test("no key of a table begins with another one of it")
  func prefixFree() throws {
    try Scratch.with { scratch in
      var play = try RollupPlay(seed: 3, log: scratch.log)
      for salt in UInt64(1)..<30 { try play.step(salt) }
      func check<P: Projection>(_ type: P.Type) throws {
        for (index, keys) in try EveryVersion<P>(play.ledger).keys.enumerated() {
          let sorted = keys.sorted { $0.lexicographicallyPrecedes($1) }
          for (key, next) in zip(sorted, sorted.dropFirst()) {
            #expect(!next.starts(with: key), "\(P.name), \(P.tables[index]): \(key)")
          }
        }
      }
      try check(ProposerState.self)
      try check(ChallengerView.self)
      try check(SenderIndex.self)
      try check(QueryIndex.self)
    }
  }

  @Test("after every L2 block the state is what it was, row by row and proven, also where one L1 block has several")
  func everyBlock() throws {
    // Of the first it is known that it has several blocks in one L1 block.
    for seed in [11, SeededGenerator().seed] {
      try Scratch.with { scratch in
        var play = try RollupPlay(seed: seed, log: scratch.log)
        for salt in UInt64(1)..<40 { try play.step(salt) }
        let model = try EveryBlock(play.ledger)
        let projector = try archive(ProposerState.self, scratch)
        // Versions are told apart whatever the commits were.
        for batchSize in [1, 5, 1000] {
          try projector.rebuild(.init(batchSize: batchSize), resume: false)
          try checkBlocks(projector, play, model, readsKeys: batchSize == 5)
        }
      }
    }
  }

  private func checkBlocks(
    _ projector: Projector<ProposerState>, _ play: RollupPlay, _ model: EveryBlock, readsKeys: Bool
  ) throws {
    let head = play.ledger.derivation.head.number
    #expect(model.afterBlock.count == Int(head) + 1)
    var perL1Block: [UInt64: Int] = [:]
    var roots: Set<Hash256> = []
    var proven = 0
    for number in 0...head {
      let tables = try #require(model.afterBlock[number])
      try projector.read(afterBlock: number) { view, place throws(FoldError) in
        let comment: Comment = "seed \(play.random.seed), block \(number)"
        #expect(place.block.number == number)
        perL1Block[place.l1Block.number, default: 0] += 1
        roots.insert(place.stateRoot)
        #expect(try root(ofAccountsIn: view) == place.stateRoot, comment)
        #expect(try ProposerState.result(of: number + 1, in: view) == nil)
        for table in ProposerState.tables {
          #expect(try view.allRows(table) == tables[table.index], "\(comment), \(table)")
          for key in readsKeys ? model.keys[table.index] : [] {
            let value = try ProposerState.rows { () throws(TableReadError) in try view.value(table, key.rawSpan) }
            #expect(value == tables[table.index][key], "\(comment), \(table)")
          }
        }
        proven += try prove(play.traffic.allocation, in: view, place, comment)
      }
    }
    #expect(proven > 0, "some slot holds something")
    if play.random.seed == 11 {
      #expect(perL1Block.values.contains { $0 > 2 }, "some L1 block has several")
      #expect(roots.count > 3)
    }
    try projector.read(afterBlock: nil) { _, place throws(FoldError) in #expect(place.block.number == head) }
    let error = #expect(throws: ProjectionError.self) { try projector.read(afterBlock: head + 1) { _, _ in } }
    guard case .notExecuted = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Proves contracts with all slots that may hold something, and says how many do.
  private func prove(
    _ allocation: [GenesisAccount], in view: ProjectionView, _ place: StatePlace, _ comment: Comment
  ) throws(FoldError) -> Int {
    var count = 0
    for account in allocation where !account.code.isEmpty {
      let slots = (0..<24 as Range<UInt64>).map { UInt256($0) }
      let proof: AccountProof
      do throws(StateTrieError) {
        proof = try AccountProof(
          of: account.address, slots: slots, root: place.stateRoot, reader: ProposerState.nodes(in: view))
      } catch { throw .trie(block: place.block.number, error) }
      #expect(throws: Never.self, comment) { try proof.verify(root: place.stateRoot) }
      #expect(try ProposerState.account(account.address, in: view) ?? .empty == proof.account, comment)
      #expect(
        try ProposerState.code(of: proof.account, in: view) == (proof.account.hasCode ? account.code : []), comment)
      for slot in proof.slots {
        #expect(try ProposerState.storage(account.address, slot.number, in: view) == slot.value, comment)
        count += slot.value.isZero ? 0 : 1
      }
    }
    return count
  }

  private func root(ofAccountsIn view: ProjectionView) throws(FoldError) -> Hash256 {
    var builder = TrieBuilder()
    for (key, row) in try view.allRows(ProposerState.accounts).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
    {
      guard let account = try? Account(row: row.rawSpan) else { return .zero }
      builder.append(NibblePath(Hash256(key.rawSpan)), account.encode()) { _, _ in }
    }
    return builder.finish { _, _ in }
  }

  @Test("digests are those of a projection that stood there; an archive's own is that of a pruned one")
  func digests() throws {
    let chain = try MiniChain(blockCount: 30)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      try scratch.projector().rebuild()
      let pruned = try scratch.projector().digest().digest
      let projector = try archive(ProposerState.self, scratch)
      #expect(try projector.digest().digest == pruned)
      for number in [0, 1, 7, 28, 29] {
        let expected = try Scratch.with { other in
          try chain.write(0..<number + 1, to: other.log)
          try other.projector().rebuild()
          return try other.projector().digest().digest
        }
        #expect(try projector.digest(afterL1Block: UInt64(number)).digest == expected, "L1 block \(number)")
      }
    }
  }

  @Test("a pruned projection says before which block it is pruned, and answers for that one")
  func pruned() throws {
    let chain = try MiniChain(blockCount: 12)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = scratch.projector()
      try projector.rebuild()
      #expect(try projector.digest(afterL1Block: 11).digest == projector.digest().digest)
      #expect(try projector.digest(afterL1Block: 11).rowCounts == projector.digest().rowCounts)
      try projector.read(afterBlock: 11) { _, place throws(FoldError) in
        #expect(place.stateRoot == chain.blocks[11].header.stateRoot)
      }
      let ofL1 = #expect(throws: ProjectionError.self) { try projector.digest(afterL1Block: 10) }
      let ofL2 = #expect(throws: ProjectionError.self) { try projector.read(afterBlock: 10) { _, _ in } }
      guard case .pruned(_, before: 11) = ofL1, case .prunedBlocks(before: 11, l1Block: 11) = ofL2 else {
        Issue.record("\(String(describing: ofL1)), \(String(describing: ofL2))")
        return
      }
      for error in [ofL1, ofL2] { #expect("\(try #require(error))".contains("--archive")) }
      let error = #expect(throws: ProjectionError.self) { try projector.digest(afterL1Block: 12) }
      guard case .notFolded(_, l1Block: 12, newest: 11) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test(
    "a rebuild keeps history as the live version does, unless it is told otherwise; an interrupted one of the other kind is not resumed"
  )
  func inherited() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = try archive(ProposerState.self, scratch)
      try projector.rebuild()
      #expect(try projector.openLive(.readOnly).keepsHistory)
      var options = Projector<ProposerState>.Options()
      options.onPublish = { _ throws(ProjectionError) in throw .file("stop", "here") }
      #expect(throws: ProjectionError.self) { try projector.rebuild(options) }
      options.keepsHistory = false
      #expect(throws: ProjectionError.self) { try projector.rebuild(options) }
      try projector.rebuild()
      #expect(try projector.openLive(.readOnly).keepsHistory, "nobody asks for what was interrupted")
      options.onPublish = { _ in }
      try projector.rebuild(options)
      #expect(try !projector.openLive(.readOnly).keepsHistory)
      #expect(try projector.verify().agrees)
    }
  }

  @Test("verify compares the history as well, and names the row")
  func damagedHistory() throws {
    let chain = try MiniChain(blockCount: 6)
    try Scratch.with { scratch in
      try chain.write(to: scratch.log)
      let projector = try archive(ProposerState.self, scratch)
      #expect(try projector.verify().agrees)
      let version = try projector.openLive(.readWrite)
      let key = HistoryKey.row(
        ProposerState.hashes.index, ProposerState.key(3).rawSpan, HistoryPoint(l1Block: 3, version: 0))
      try version.environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
        guard let history = version.history else { return }
        do throws(LMDBError) { try transaction.delete(key.rawSpan, in: history) } catch { throw .store(error) }
      }
      let report = try projector.verify()
      #expect(!report.agrees && report.stored.digest == report.rebuilt.digest)
      #expect(report.difference == RowDifference(table: "history", key: key, stored: nil, rebuilt: []))
    }
  }
}
