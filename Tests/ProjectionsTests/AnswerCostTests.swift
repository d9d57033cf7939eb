import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

@testable import Projections

/// What an answer reads, counted, and that it is the right one.
@Suite("Cost per answer")
struct AnswerCostTests {
  private static func fill(_ tables: CountingTables, _ write: (ProjectionView) -> Void) -> ProjectionView {
    let batch = WriteBatch()
    write(ProjectionView(batch: batch, over: tables))
    tables.stored.commit(batch)
    return ProjectionView(batch: WriteBatch(), over: tables)
  }

  @Test("an address's newest transactions are read from the end, however many it has")
  func address() throws {
    let tables = CountingTables(tables: QueryIndex.tables)
    let addresses = (0..<3).map { MiniChain.address($0) }
    let view = Self.fill(tables) { view in
      for (place, address) in addresses.enumerated() {
        for number in 1..<2000 as Range<UInt64> {
          let key = address.bytes + ProposerState.key(number / 2) + ProposerState.key(number % 2)
          let hash = Hash256(UInt256(number + UInt64(place)))
          view.put(QueryIndex.addresses, key, [AddressRoles.sender.rawValue] + hash.bytes)
        }
      }
    }
    for count in [0, 1, 20, 5000] {
      tables.reads = 0
      let entries = try QueryIndex.entries(of: addresses[1], count: count, in: view)
      let wanted = (1..<2000 as Range<UInt64>).reversed().prefix(count)
      #expect(entries.map(\.hash) == wanted.map { Hash256(UInt256($0 + 1)) })
      #expect(entries.map(\.block) == wanted.map { $0 / 2 } && entries.map(\.index) == wanted.map { $0 % 2 })
      #expect(tables.reads <= count + 1, "\(tables.reads) rows for \(count)")
    }
    #expect(try QueryIndex.entries(of: addresses[1], count: 2, through: 7, in: view).map(\.block) == [7, 7])
    #expect(try QueryIndex.entries(of: MiniChain.address(9), in: view).isEmpty)
  }

  @Test("the newest outputs, and those from one on, are read without the others")
  func outputs() throws {
    let (state, challenges) = (
      CountingTables(tables: ProposerState.tables), CountingTables(tables: ChallengerView.tables)
    )
    let ledger = try RollupLedger()
    let verdicts = Self.fill(state) { view in
      for index in 0..<1000 as Range<UInt64> {
        let verdict = OutputVerdict(
          outputIndex: index, l2BlockNumber: index * 3, claimedRoot: .zero, computedRoot: nil, differences: [],
          basis: .data, l1Block: ledger.l1Head)
        view.put(ProposerState.outputs, ProposerState.key(index), verdict.encode())
      }
    }
    let rows = Self.fill(challenges) { view in
      for index in 0..<1000 as Range<UInt64> {
        let row = OutputRow(
          output: ledger.wrongOutput(index, block: index * 3), l1Block: 1, challengeEnd: 2, status: .open, game: nil)
        view.put(ChallengerView.outputs, ProposerState.key(index), row: row)
      }
    }
    let questions: [(first: UInt64?, count: Int, wanted: Range<UInt64>)] = [
      (nil, 20, 980..<1000), (nil, 0, 0..<0), (nil, 2000, 0..<1000), (7, 3, 7..<10), (998, 20, 998..<1000),
      (1000, 20, 0..<0), (0, .max, 0..<1000),
    ]
    for (first, count, wanted) in questions {
      (state.reads, challenges.reads) = (0, 0)
      #expect(
        try ProposerState.verdicts(from: first, count: count, in: verdicts).map(\.outputIndex) == Array(wanted))
      #expect(
        try ChallengerView.outputs(from: first, count: count, in: rows).map(\.output.outputIndex) == Array(wanted))
      #expect(max(state.reads, challenges.reads) <= wanted.count + 1, "\(count) from \(String(describing: first))")
    }
    let none = ProjectionView(batch: WriteBatch(), over: CountingTables(tables: ProposerState.tables))
    #expect(try ProposerState.verdicts(from: nil, count: 20, in: none).isEmpty)
  }

  /// Blocks of two receipts, each with up to three logs of few contracts and topics.
  private static func logs(_ random: inout SeededGenerator, blocks: UInt64) -> [[[Log]]] {
    (0..<blocks).map { _ in
      (0..<2).map { _ in
        (0..<random.next() % 4).map { _ in
          let topics = (0..<random.next() % 3).map { _ in Hash256(UInt256(random.next() % 4)) }
          return Log(address: MiniChain.address(random.next() % 4), topics: topics, data: [])
        }
      }
    }
  }

  private static func result(of number: UInt64, _ receipts: [[Log]]) -> BlockResult {
    var header = RollupLedger.configuration().genesisHeader
    header.number = number
    let encoded = receipts.map { Receipt(type: 0, outcome: .succeeded(true), cumulativeGasUsed: 1, logs: $0) }
    return BlockResult(
      header: header, batchIndex: number, indexInBatch: 0, stateRoot: .zero, computedHash: .zero, differences: [],
      receipts: encoded.map { $0.encode(withBloom: false) })
  }

  private static func filter(_ random: inout SeededGenerator, blocks: UInt64) -> LogFilter {
    let first = random.next() % blocks
    let topics = (0..<random.next() % 3).map { _ in
      (0..<random.next() % 3).map { _ in Hash256(UInt256(random.next() % 5)) }
    }
    return LogFilter(
      blocks: first...first + random.next() % blocks,
      addresses: (0..<random.next() % 3).map { _ in MiniChain.address(random.next() % 5) }, topics: topics)
  }

  @Test("logs are those that match, and no block is read behind the one that has the last that was asked for")
  func logs() throws {
    var random = SeededGenerator()
    let count: UInt64 = 60
    let all = Self.logs(&random, blocks: count)
    let (index, state) = (CountingTables(tables: QueryIndex.tables), CountingTables(tables: ProposerState.tables))
    let rows = Self.fill(index) { view in
      for (number, receipts) in all.enumerated() {
        let number = UInt64(number)
        view.put(QueryIndex.blocks, ProposerState.key(number), [])
        for (receipt, logs) in receipts.enumerated() {
          for (place, log) in logs.enumerated() {
            let place = LogPlace(block: number, receipt: UInt32(receipt), log: UInt32(place)).bytes
            view.put(QueryIndex.logsByAddress, log.address.bytes + place, [])
            for (position, topic) in log.topics.enumerated() {
              view.put(QueryIndex.logsByTopic, [UInt8(position)] + topic.bytes + place, [])
            }
          }
        }
      }
    }
    let results = Self.fill(state) { view in
      for (number, receipts) in all.enumerated() {
        view.put(
          ProposerState.results, ProposerState.key(UInt64(number)), Self.result(of: UInt64(number), receipts).encode())
      }
    }
    for _ in 0..<60 {
      let filter = Self.filter(&random, blocks: count)
      var wanted: [QueryIndex.FoundLog] = []
      for number in filter.blocks where number < count {
        for (receipt, logs) in all[Int(number)].enumerated() {
          for (place, log) in logs.enumerated() where filter.matches(log) {
            wanted.append(
              QueryIndex.FoundLog(block: number, receipt: UInt32(receipt), index: UInt32(place), log: log))
          }
        }
      }
      for limit in [0, 1, 3, .max] {
        (index.reads, state.reads) = (0, 0)
        let found = try QueryIndex.logs(filter, limit: limit, in: rows, state: results)
        #expect(found == Array(wanted.prefix(limit)), "seed \(random.seed), \(filter), limit \(limit)")
        guard let last = found.last, found.count == limit else { continue }
        // Of each block that was looked at a receipt's worth of rows for each address or topic, and one behind them.
        let blocks = Int(last.block - filter.blocks.lowerBound) + 1
        #expect(state.reads <= blocks, "seed \(random.seed), \(filter), limit \(limit)")
        #expect(index.reads <= (blocks + 1) * 14, "seed \(random.seed), \(filter), limit \(limit): \(index.reads) rows")
      }
    }
    (index.reads, state.reads) = (0, 0)
    _ = try QueryIndex.logs(LogFilter(blocks: 0...count), limit: 1, in: rows, state: results)
    #expect(index.reads < 10 && state.reads < 10, "\(index.reads) and \(state.reads) rows for one log")
  }
}
