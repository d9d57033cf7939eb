import Primitives
import Projections
import Rollup
import TestSupport
import Testing

/// What an event costs a projection, counted: rows looked up, rows written, and their bytes. Counts decide, no clock does.
@Suite("Cost per event")
struct CostTests {
  @Test("in a batch of 10,000 blocks no block costs more rows than the first; bytes grow by the logarithm")
  func greatBatch() throws {
    var costs: [Int: Cost] = [:]
    for count in [10, 100, 1000, 10_000] {
      var ledger = try RollupLedger(configuration: RollupLedger.configuration(maxDrift: 100_000))
      for _ in 0..<2 { try ledger.beginL1Block() }
      var blocks: [RollupBlock] = []
      for _ in 0..<count {
        let head = blocks.last.map { OrderHead($0) }
        blocks.append(ledger.block(after: head, origin: 1))
      }
      try ledger.deliverBatch(blocks)
      #expect(ledger.derivation.head.number == UInt64(count))
      let fold = try CountingFold<ChallengerView>(ledger.configuration)
      for fact in ledger.facts { try fold.apply(fact.coordinates, fact.event) }
      costs[count] = fold.greatest[.blockSequenced]
    }
    print("greatest cost of a BlockSequenced, by size of the batch: \(costs.sorted { $0.key < $1.key })")
    let (small, great) = (try #require(costs[10]), try #require(costs[10_000]))
    #expect(great.reads == small.reads)
    #expect(great.writes == small.writes)
    // The tree over a batch's commitments is kept as one hash for each level.
    #expect(great.bytes <= small.bytes + 40 * 2 * 10)
  }

  @Test("with 1,000 open outputs, another one costs what the first does, and so do its dispute and its end")
  func manyOutputs() throws {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block(origin: 0)])
    try ledger.beginL1Block()
    let settlement = try OutputLedger(ledger, count: 1000)
    for type in [any Projection.Type](arrayLiteral: ChallengerView.self, ProposerState.self) {
      try compare(type, settlement.ledger)
    }
  }

  private func compare<P: Projection>(_ type: P.Type, _ ledger: RollupLedger) throws {
    let fold = try CountingFold<P>(ledger.configuration)
    var first: [EventKind: Cost] = [:]
    for fact in ledger.facts {
      let cost = try fold.apply(fact.coordinates, fact.event)
      if first[fact.event.kind] == nil { first[fact.event.kind] = cost }
    }
    for kind in [EventKind.outputProposed, .bondLocked, .disputeGameCreated, .resolved, .outputFinalized] {
      let (one, greatest) = (try #require(first[kind]), try #require(fold.greatest[kind]))
      print("\(P.name), \(kind): first \(one), greatest of 1,000 \(greatest)")
      #expect(greatest.reads <= one.reads, "\(P.name) \(kind)")
      #expect(greatest.writes <= one.writes, "\(P.name) \(kind)")
      // Numbers grow by a byte or two.
      #expect(greatest.bytes <= one.bytes + 16, "\(P.name) \(kind)")
    }
  }

  @Test("in a game of the greatest depth the last move costs what the first does")
  func deepGame() throws {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block(origin: 0)])
    try ledger.beginL1Block()
    var settlement = try OutputLedger(ledger, count: 1, isEnded: false)
    try settlement.playDown(toDepth: 62)
    let fold = try CountingFold<ChallengerView>(ledger.configuration)
    var moves: [Cost] = []
    for fact in settlement.ledger.facts {
      let cost = try fold.apply(fact.coordinates, fact.event)
      if fact.event.kind == .move { moves.append(cost) }
    }
    #expect(moves.count == 62)
    // The first answers the root, which answers nothing.
    let (second, last) = (moves[1], moves[61])
    print("ChallengerView, move: at depth 2 \(second), at depth 62 \(last)")
    #expect(last.reads <= second.reads && last.writes == second.writes)
    #expect(last.bytes <= second.bytes + 16)
  }
}

/// What one event cost.
struct Cost: CustomStringConvertible {
  var reads = 0
  var writes = 0
  var bytes = 0

  var description: String { "\(reads) rows read, \(writes) written, \(bytes) bytes of them" }
}

/// A projection over tables that count.
private final class CountingFold<P: Projection> {
  private let projection: P
  private let tables = CountingTables(tables: P.tables)
  private let batch = WriteBatch()

  /// By kind of event, each count by itself.
  private(set) var greatest: [EventKind: Cost] = [:]

  init(_ configuration: ChainConfiguration) throws {
    projection = P(configuration: configuration)
  }

  @discardableResult
  func apply(_ coordinates: L1Coordinates, _ event: Event) throws -> Cost {
    batch.reset()
    tables.reads = 0
    _ = try projection.fold(
      Fact(coordinates: coordinates, event: event), into: ProjectionView(batch: batch, over: tables))
    var cost = Cost(reads: tables.reads, writes: batch.count)
    batch.forEachInOrder { _, key, value in cost.bytes += key.byteCount + (value?.byteCount ?? 0) }
    tables.stored.commit(batch)
    let before = greatest[event.kind] ?? Cost()
    greatest[event.kind] = Cost(
      reads: max(before.reads, cost.reads), writes: max(before.writes, cost.writes),
      bytes: max(before.bytes, cost.bytes))
    return cost
  }
}

final class CountingTables: TableReader {
  let stored: MemoryTables
  var reads = 0

  init(tables: [ProjectionTable]) { stored = MemoryTables(tables: tables) }

  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) {
    reads += 1
    stored.read(table, key, body)
  }

  /// Every row that is passed counts.
  func scan(_ table: ProjectionTable, from start: RawSpan, _ body: (RawSpan, RawSpan) -> Bool) {
    stored.scan(table, from: start) { key, value in
      reads += 1
      return body(key, value)
    }
  }

  func scanBackward(_ table: ProjectionTable, before end: RawSpan, _ body: (RawSpan, RawSpan) -> Bool) {
    stored.scanBackward(table, before: end) { key, value in
      reads += 1
      return body(key, value)
    }
  }
}

/// A ledger of outputs, each disputed in vain.
private struct OutputLedger {
  private(set) var ledger: RollupLedger
  private static let proposer = MiniChain.address(60)
  private static let challenger = MiniChain.address(61)

  init(_ ledger: RollupLedger, count: UInt64, isEnded: Bool = true) throws {
    self.ledger = ledger
    for index in 0..<count { try propose(index) }
    for index in 0..<count { try dispute(index) }
    guard isEnded else { return }
    for index in 0..<count { try self.ledger.add(.resolved(Resolved(gameId: index, status: .defenderWins))) }
    for index in 0..<count {
      try self.ledger.add(
        .outputFinalized(OutputFinalized(outputIndex: index, outputRoot: .zero, l2BlockNumber: 1)))
    }
  }

  private mutating func propose(_ index: UInt64) throws {
    try ledger.add(
      .outputProposed(
        OutputProposed(
          outputIndex: index, outputVersion: 0, outputRoot: Hash256(1, 2, 3, index), claim: Hash256(4, 5, 6, index),
          stateRoot: Hash256(1, 1, 1, 1), blockHash: Hash256(2, 2, 2, 2), l2BlockNumber: 1, l1Head: ledger.l1Head,
          parentOutput: nil, proposer: Self.proposer, bond: 1000)))
    try ledger.add(.bondLocked(BondLocked(account: Self.proposer, cause: .output(index), amount: 1000)))
  }

  private mutating func dispute(_ index: UInt64) throws {
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(
          gameId: index, outputIndex: index, rootClaim: Hash256(4, 5, 6, index), challenger: Self.challenger, bond: 20))
    )
  }

  /// Every move attacks the one before it.
  mutating func playDown(toDepth depth: Int) throws {
    var position = GamePosition.root
    for index in 1...UInt64(depth) {
      position = position.move(isAttack: true)
      try ledger.add(
        .move(
          Move(
            gameId: 0, claimIndex: index, parentIndex: index - 1, position: position, claim: Hash256(7, 7, 7, index),
            claimant: Self.challenger, isAttack: true, bond: 20)))
    }
  }
}
