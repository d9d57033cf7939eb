// The log of what was heard: once, bounded, with its gaps, and beside one ledger.

import EventStore
import Evidence
import Foundation
import Primitives
import Projections
import Rollup
import Signatures
import StateTransition
import SystemPackage
import TestSupport
import Testimony
import Testing

@testable import Node
@testable import ProjectionStore

@Suite("Testimony log")
struct TestimonyLogTests {
  private static let key = Hash256(41, 42, 43, 44)

  private struct Store {
    var ledger: EventLog
    var path: FilePath
    var configuration: ChainConfiguration
    var l1: BlockHeader

    /// The next L1 block, with what the contract says in it.
    func next(_ events: [Event] = []) throws -> BlockHeader {
      let parent = try #require(try ledger.newestBlock()).id
      let contract = try #require(configuration.rollup?.contract)
      var header = configuration.genesisHeader
      (header.number, header.parentHash) = (parent.number + 1, parent.hash)
      header.logsBloom = LogsBloom(
        of: events.map { Log(address: contract, topics: [$0.kind.logTopic], data: $0.encode()) })
      return header
    }

    /// Appends the next L1 block.
    @discardableResult
    func mine(_ events: [Event] = []) throws -> BlockID {
      let header = try next(events)
      let appended = L1BlockAppended(header: header.encode(), canonicalAccBefore: .zero, completeness: .embedded)
      var records = [NewRecord(.l1BlockAppended(appended), at: .block(header.number))]
      for (index, event) in events.enumerated() {
        let place = L1Coordinates(blockNumber: header.number, transactionIndex: 0, logIndex: UInt32(index))
        records.append(NewRecord(event, at: place))
      }
      try ledger.appendBlock(number: header.number, hash: header.hash, records: records)
      return header.id
    }

    func testimony(_ limits: TestimonyLog.Limits = .init()) throws -> TestimonyLog {
      try TestimonyLog(try EventLog.open(path, mode: .create), ledger: ledger, limits: limits)
    }

    func equivocationStore() throws -> EquivocationStore {
      let store = try EquivocationStore(
        dataDirectory: path.removingLastComponent(), ledger: ledger,
        testimony: try EventLog.open(path, mode: .readOnly), storeID: "store")
      try store.bringUp()
      return store
    }

    func equivocation<R>(_ body: (EvidenceMaker) throws(NodeError) -> R) throws -> R {
      let store = try equivocationStore()
      return try store.read { view, _ throws(NodeError) in try body(store.evidenceMaker(view)) }
    }

    func accusations() throws -> [AccusationRow] {
      try equivocationStore().read { view, _ throws(NodeError) in
        var rows: [AccusationRow] = []
        do throws(FoldError) {
          try EquivocationAnswers(view).forEachAccusation { _, row in
            rows.append(row)
            return true
          }
        } catch { throw .rows(error) }
        return rows
      }
    }
  }

  /// A store of four L1 blocks, with the first of which the rollup begins.
  private func withStore(from first: UInt64 = 0, _ body: (Store) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let base = RollupLedger.configuration()
      var l1 = base.genesisHeader
      (l1.number, l1.parentHash) = (first, .zero)
      var rollup = try #require(base.rollup)
      rollup.sequencer = try Secp256k1.address(of: Self.key)
      rollup.genesisOrigin = l1.id
      let configuration = ChainConfiguration(
        chainID: base.chainID, forks: base.forks, genesisHeader: base.genesisHeader, allocation: [], rollup: rollup)
      let ledger = try EventLog.open(FilePath("\(directory)/ledger"), mode: .create)
      try ledger.append([
        NewRecord(.chainConfigured(ChainConfigured(configuration: configuration)), at: .block(0))
      ])
      let event = L1BlockAppended(header: l1.encode(), canonicalAccBefore: .zero, completeness: .embedded)
      try ledger.appendBlock(
        number: first, hash: l1.hash, records: [NewRecord(.l1BlockAppended(event), at: .block(first))])
      let store = Store(
        ledger: ledger, path: FilePath("\(directory)/testimony"), configuration: configuration, l1: l1)
      for _ in 0..<3 { try store.mine() }
      try body(store)
    }
  }

  private func message(
    _ store: Store, _ number: UInt64, salt: UInt64 = 0, key: Hash256 = key, source: String = "feed"
  ) throws -> HeardMessage {
    let block = RollupBlock(
      number: number, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
      transactions: [[2, UInt8(salt)]])
    let commitment = SequencerCommitment(order: block.order, l2ChainID: store.configuration.chainID)
    let domain = try #require(store.configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return HeardMessage(
      raw: SignedCommitment(commitment: commitment, signature: signature.walletBytes).encode(), format: .varve,
      source: source, receivedAt: 1_700_000_000_000)
  }

  @Test("a message is kept once, in one run or in two, and a gap is a record")
  func duplicatesAndGaps() throws {
    try withStore { store in
      let messages = try [1, 2, 5, 5, 2].map { try message(store, $0) }
      var outcome = try store.testimony().take(messages)
      #expect(outcome.recorded == 3 && outcome.duplicates == 2 && outcome.gaps == 1)
      outcome = try store.testimony().take(messages + [try message(store, 9)])
      #expect(outcome.recorded == 1 && outcome.duplicates == 5 && outcome.gaps == 1)
      let log = try EventLog.open(store.path, mode: .readOnly)
      let events = try (0..<(try log.head().size)).map { try log.record(at: Position($0)).event() }
      #expect(
        events.map(\.kind) == [
          .sequencerCommitmentObserved, .sequencerCommitmentObserved, .feedGap, .sequencerCommitmentObserved, .feedGap,
          .sequencerCommitmentObserved,
        ])
      guard case .feedGap(let gap) = events[2], case .sequencerCommitmentObserved(let first) = events[0] else {
        Issue.record("a gap stands before what came after it")
        return
      }
      #expect(gap.from == 3 && gap.to == 4)
      let head = try store.ledger.head()
      #expect(first.ledgerPosition == head.size && first.ledgerLeaf == head.lastLeafHash)
      #expect(first.signer == (try Secp256k1.address(of: Self.key)))
      #expect(try log.verify(options: .init(checksAccumulators: true)) { _ in true }.isSound)
    }
  }

  @Test("nobody fills the log: not one key about one height, not strangers, not what cannot be read")
  func limits() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      limits.strangersPerSource = 5
      let log = try store.testimony(limits)
      var messages = try (0..<20 as Range<UInt64>).map { try message(store, 1, salt: $0) }
      messages += try (0..<20 as Range<UInt64>).map {
        try message(store, 100 + $0, key: Hash256(9, 9, 9, $0 + 1), source: "x")
      }
      messages += [HeardMessage(raw: [1, 2, 3], format: .varve, source: "x", receivedAt: 0)]
      let outcome = try log.take(messages)
      #expect(outcome.recorded == 8 + 5)
      #expect(outcome.overLimit == 12 + 15)
      #expect(outcome.refused.values.reduce(0, +) == 1)
      #expect(outcome.gaps == 0, "strangers make no gaps")
    }
  }

  @Test("strangers have one share, over all runs and forms of a message, of each source, and one of all sources")
  func strangersShare() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      (limits.strangersPerSource, limits.strangers) = (3, 7)
      func stranger(_ number: UInt64, _ source: String) throws -> HeardMessage {
        try message(store, number, key: Hash256(9, 9, 9, number), source: source)
      }
      var whole = try stranger(1, "a")
      #expect(try store.testimony(limits).take([whole]).recorded == 1)
      // With its block it is another message, and one more.
      whole.block = RollupBlock(
        number: 1, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
        transactions: [[2, 0]])
      #expect(try store.testimony(limits).take([whole, whole]).recorded == 1)
      let log = try store.testimony(limits)
      #expect(try log.take([try stranger(2, "a"), try stranger(3, "a")]).recorded == 1)
      #expect(try log.take([try stranger(4, "a")]).overLimit == 1)
      // What a source is called, whoever sends chooses.
      let others = try (10..<30 as Range<UInt64>).map { try stranger($0, "source \($0)") }
      #expect(try log.take(others).recorded == 4)
      #expect(try log.take([try stranger(40, "another")]).overLimit == 1)
      #expect(try log.take([try message(store, 50)]).recorded == 1, "the sequencer is no stranger")
    }
  }

  @Test("a retired key is a stranger where another key's word counts, and has a share of what is ahead of L1")
  func retiredKey() throws {
    try withStore { store in
      let next = ConfigUpdated(update: .sequencer(try Secp256k1.address(of: Hash256(5, 5, 5, 5))))
      let before = try store.mine()
      let after = try store.mine([.configUpdated(next)])
      try store.mine()
      var limits = TestimonyLog.Limits()
      (limits.strangersPerSource, limits.ahead) = (2, 3)
      let events = try EventLog.open(store.path, mode: .create)
      var log = try TestimonyLog(events, ledger: store.ledger, limits: limits)
      func take(_ heights: Range<UInt64>, _ origin: BlockID, key: Hash256 = Self.key) throws -> Int {
        try log.take(try heights.map { try message(store, $0, origin: origin, salt: 1, key: key) }).recorded
      }
      #expect(try take(10..<20, before) == 10)
      #expect(try take(20..<30, after) == 2)
      #expect(try take(20..<30, after, key: Hash256(5, 5, 5, 5)) == 10)
      // Ahead by its origin, which L1 does not have yet, or not at all; or by its height.
      let unknown = [BlockID(number: 1000, hash: .zero), BlockID(number: after.number, hash: Hash256(1, 1, 1, 1))]
      #expect(try take(30..<32, unknown[0]) == 2)
      #expect(try take(32..<34, unknown[1]) == 1)
      #expect(try take(1_000_000..<1_000_002, before) == 0)
      #expect(try take(34..<40, before) == 6)
      #expect(try take(40..<50, unknown[0], key: Hash256(5, 5, 5, 5)) == 3, "each key has its own")
      // What was taken before counts in another run, too.
      log = try TestimonyLog(events, ledger: store.ledger, limits: limits)
      #expect(try take(60..<61, unknown[0]) == 0)
      #expect(try take(60..<61, before) == 1)
    }
  }

  @Test("a log goes on with what the ledger says meanwhile: another key counts, and what was ahead is not any more")
  func growingLedger() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      (limits.strangersPerSource, limits.heights) = (1, 100)
      let log = try store.testimony(limits)
      let key = Hash256(5, 5, 5, 5)
      func take(_ heights: ClosedRange<UInt64>, _ key: Hash256) throws -> TestimonyLog.Outcome {
        let origin = try #require(try store.ledger.newestBlock()).id
        return try log.take(try heights.map { try message(store, $0, origin: origin, salt: 1, key: key) })
      }
      #expect(try take(1...5, key).recorded == 1)
      try store.mine([.configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: key))))])
      #expect(try take(6...10, key).recorded == 5)
      #expect(try take(6...10, Self.key).recorded == 0)
      // One message of a height that is far from what L1 has stored says nothing of where its source is.
      #expect(try take(5000...5000, key).gaps == 0)
      #expect(try take(13...13, key).gaps == 1)
      try store.mine([.sequencerBatchDelivered(Self.delivered(1, 1...4990))])
      #expect(try take(5001...5001, key).gaps == 1)
    }
  }

  private static func delivered(
    _ index: UInt64, _ heights: ClosedRange<UInt64>, data: SequencerBatchDelivered.DataStatus = .present
  ) -> SequencerBatchDelivered {
    SequencerBatchDelivered(
      batchIndex: index, beforeAcc: .zero, afterAcc: .zero, firstBlock: heights.lowerBound,
      lastBlock: heights.upperBound, messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: .zero,
      dataLocation: .event, data: data)
  }

  private static func dataDelivered(_ index: UInt64) -> Event {
    .batchDataDelivered(
      BatchDataDelivered(batchIndex: index, dataHash: .zero, dataLocation: .event, poster: .zero))
  }

  private static func forcedIncluded(_ index: UInt64) -> Event {
    .forceIncluded(
      ForceIncluded(
        batchIndex: index, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero))
  }

  /// Lends a store, and whether a message of a height is taken, which it is up to ten beyond what L1 has stored.
  private func withStoredHeight(_ body: (_ store: Store, _ takes: (UInt64) throws -> Bool) throws -> Void) throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      (limits.heights, limits.ahead) = (10, 0)
      let log = try store.testimony(limits)
      try body(store) { height in try log.take([try message(store, height)]).recorded == 1 }
    }
  }

  @Test("how far L1 has stored, blocks say that it has: no batch without data, and none beyond what is stored")
  func storedHeight() throws {
    try withStoredHeight { store, takes in
      #expect(try takes(10) && !takes(11))
      try store.mine([.sequencerBatchDelivered(Self.delivered(1, 1...5000, data: .missing))])
      try store.mine([.sequencerBatchDelivered(Self.delivered(2, 7...6000))])
      #expect(try !takes(11))
      try store.mine([Self.dataDelivered(1)])
      #expect(try takes(11) && takes(5010) && !takes(5011))
      try store.mine([Self.forcedIncluded(3)])
      try store.mine([.sequencerBatchDelivered(Self.delivered(4, 5002...5004))])
      #expect(try takes(5014) && !takes(5015))
    }
  }

  @Test("batches that come before the data of an earlier one count when it has come, messages forced in meanwhile too")
  func storedHeightOfLateData() throws {
    try withStoredHeight { store, takes in
      try store.mine([.sequencerBatchDelivered(Self.delivered(1, 1...10, data: .missing))])
      try store.mine([.sequencerBatchDelivered(Self.delivered(2, 11...20))])
      try store.mine([.sequencerBatchDelivered(Self.delivered(3, 21...30, data: .missing))])
      try store.mine([Self.forcedIncluded(4)])
      #expect(try takes(11) && !takes(12))
      try store.mine([Self.dataDelivered(1)])
      #expect(try takes(31) && !takes(32))
      try store.mine([Self.dataDelivered(3)])
      #expect(try takes(41) && !takes(42))
      try store.mine([.sequencerBatchDelivered(Self.delivered(5, 32...40))])
      #expect(try takes(50) && !takes(51))
    }
  }

  @Test("a pair that nothing excuses is kept when as much is ahead of L1 as may be, whichever half comes first, once")
  func pairsComeFirst() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      limits.ahead = 3
      let events = try EventLog.open(store.path, mode: .create)
      let log = try TestimonyLog(events, ledger: store.ledger, limits: limits)
      func unknown(_ salt: UInt64) -> BlockID { BlockID(number: 1000, hash: Hash256(salt, 2, 2, 2)) }
      func take(_ height: UInt64, _ origin: BlockID, _ salts: [UInt64]) throws -> TestimonyLog.Outcome {
        try log.take(try salts.map { try message(store, height, origin: origin, salt: $0) })
      }
      for height in 1...5 as ClosedRange<UInt64> { _ = try take(height, unknown(height), [1]) }
      #expect(try events.head().size == 3)
      // Both halves come when there is no room: the first one is passed over until the second one comes.
      #expect(try take(9, unknown(9), [1]).overLimit == 1)
      let outcome = try take(9, unknown(9), [2])
      #expect(outcome.recorded == 2 && outcome.overLimit == -1)
      #expect(try take(9, unknown(9), [3, 4]).recorded == 0, "once for a height")
      #expect(try take(9, unknown(9), [1, 2]).duplicates == 2)
      // The first half is kept.
      #expect(try take(2, unknown(2), [2]).recorded == 1)
      // As many again as else are kept, and no more.
      #expect(try take(11, unknown(11), [1, 2]).recorded == 0)
      #expect(
        try TestimonyLog(events, ledger: store.ledger, limits: limits).take([
          try message(store, 12, origin: unknown(12), salt: 1), try message(store, 12, origin: unknown(12), salt: 2),
        ]).recorded == 0)
      let accused = try store.accusations().filter { $0.contradiction.kind == .doubleSign }
      #expect(Set(accused.map { $0.contradiction.statements[0].height }) == [2, 9])
    }
  }

  @Test("a ninth and a tenth order of a height that nothing excuses are kept, and the projection takes them")
  func pairBeyondHeight() throws {
    try withStore { store in
      let origins = (1...9 as ClosedRange<UInt64>).map { BlockID(number: 1, hash: Hash256($0, 2, 2, 2)) }
      var messages = try origins.map { try message(store, 1, origin: $0, salt: $0.hash.word0) }
      messages.append(try message(store, 1, origin: origins[8], salt: 99))
      let outcome = try store.testimony().take(messages)
      #expect(outcome.recorded == 10 && outcome.overLimit == 0)
      let accused = try store.accusations().map(\.contradiction)
      #expect(accused.contains { $0.statements.allSatisfy { $0.origin == origins[8] } })
    }
  }

  @Test("a first half that was passed over is kept when the second one comes, for which L1 has made room meanwhile")
  func firstHalfOfOneWithRoom() throws {
    try withStore { store in
      let log = try store.testimony()
      let madeUp = (1...8 as ClosedRange<UInt64>).map { BlockID(number: 1000, hash: Hash256($0, 2, 2, 2)) }
      let origin = try store.next().id
      _ = try log.take(try madeUp.map { try message(store, 1, origin: $0, salt: $0.hash.word0) })
      #expect(try log.take([try message(store, 1, origin: origin, salt: 21)]).overLimit == 1)
      #expect(try store.mine() == origin)
      let outcome = try log.take([try message(store, 1, origin: origin, salt: 22)])
      #expect(outcome.recorded == 2 && outcome.overLimit == -1)
      let pairs = try store.accusations().filter { $0.contradiction.statements.allSatisfy { $0.origin == origin } }
      #expect(pairs.map(\.contradiction.kind) == [.doubleSign])
    }
  }

  @Test("a third statement of an order is kept as the first half of a pair, and the projection takes it, too")
  func thirdStatementOfOrder() throws {
    try withStore { store in
      let log = try store.testimony()
      let madeUp = (1...3 as ClosedRange<UInt64>).map { BlockID(number: 1, hash: Hash256($0, 3, 3, 3)) }
      let ofOneOrder = try madeUp.map { origin in
        try signedAgain(try message(store, 1, salt: 7), store) { $0.l1Origin = origin }
      }
      #expect(try log.take(ofOneOrder).overLimit == 1)
      let outcome = try log.take([try message(store, 1, origin: madeUp[2], salt: 8)])
      #expect(outcome.recorded == 2 && outcome.overLimit == -1)
      let accused = try store.accusations().map(\.contradiction)
      #expect(accused.contains { $0.statements.allSatisfy { $0.origin == madeUp[2] } })
    }
  }

  @Test("of a height no more is kept with time whose origin L1 does not have; what it has, and a pair, are kept")
  func heightForLong() throws {
    try withStore { store in
      let log = try store.testimony()
      var recorded = 0
      for round in 0..<14 as Range<UInt64> {
        let next = try store.next().number
        let madeUp = (1...8 as ClosedRange<UInt64>).map { BlockID(number: next, hash: Hash256($0, round, 2, 2)) }
        recorded += try log.take(
          try madeUp.map { try message(store, 1, origin: $0, salt: round * 8 + $0.hash.word0) }
        ).recorded
        try store.mine()
      }
      #expect(recorded == StatementLimits().total)
      let again = BlockID(number: 4, hash: Hash256(1, 0, 2, 2))
      #expect(try log.take([201, 202].map { try message(store, 1, origin: again, salt: $0) }).recorded == 1)
      let canonical = try [1, 2].map { try #require(try store.ledger.block($0)).id }
      let known = try canonical.map { try message(store, 1, origin: $0, salt: 300 + $0.number) }
      #expect(try log.take(known).recorded == 2)
      #expect(try store.accusations().contains { $0.judgement.reason == .bothCanonical })
    }
  }

  @Test("strangers that fill the log close it to no key that counts, and to none that comes to count")
  func strangersCloseNoDoor() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      limits.strangers = 4
      let log = try store.testimony(limits)
      let crowd = try (1...20 as ClosedRange<UInt64>).map {
        try message(store, $0, key: Hash256(9, 9, 9, $0), source: "source \($0)")
      }
      #expect(try log.take(crowd).recorded == 4)
      let next = Hash256(5, 5, 5, 5)
      let origin = try #require(try store.ledger.newestBlock()).id
      let genuine = try [7, 8].map { try message(store, 30, origin: origin, salt: $0, key: next) }
      #expect(try log.take(genuine).overLimit == 2, "nobody knows the key yet")
      #expect(try log.take([try message(store, 30)]).recorded == 1)
      try store.mine([.configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: next))))])
      let there = try #require(try store.ledger.newestBlock()).id
      let later = try [7, 8].map { try message(store, 30, origin: there, salt: $0, key: next) }
      #expect(try log.take(later).recorded == 2)
      #expect(try log.take(genuine).recorded == 0, "at its origin the word of another key counts")
    }
  }

  @Test("what is accused of origins before the rollup's first L1 block has evidence, without headers")
  func beforeGenesis() throws {
    try withStore(from: 50) { store in
      let unknown = BlockID(number: 20, hash: Hash256(1, 1, 1, 1))
      _ = try store.testimony().take(try [1, 2].map { try message(store, 1, origin: unknown, salt: $0) })
      _ = try store.testimony().take(try [1, 2].map { try message(store, 5, origin: store.l1.id, salt: $0) })
      let rows = try store.accusations()
      #expect(rows.map(\.judgement.verdict) == [.undetermined, .proven])
      for (row, hasHeaders) in zip(rows, [false, true]) {
        let evidence = try store.equivocation { maker throws(NodeError) in try maker.evidence(of: row) }
        #expect((evidence.l1 != nil) == hasHeaders)
        let trusted = evidence.hashes
        let judgement = try evidence.verify(trusting: trusted).judgement
        #expect(judgement.verdict == .proven && judgement.isAuthorityKnown == hasHeaders)
      }
    }
  }

  @Test("a promise is kept when its batch's data came, in a later block if need be, and the file shows it")
  func lateData() throws {
    try withStore { store in
      var heard = try message(store, 1, salt: 3)
      let block = RollupBlock(
        number: 1, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
        transactions: [[2, 3]])
      heard.block = block
      _ = try store.testimony().take([heard])
      let sequenced = Event.blockSequenced(BlockSequenced(batchIndex: 1, indexInBatch: 0, block: .rollup(block)))
      try store.mine([
        .sequencerBatchDelivered(
          SequencerBatchDelivered(
            batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstBlock: 1, lastBlock: 1, messagesConsumed: 0,
            poster: .zero, signedCommitment: heard.raw, dataHash: .zero, dataLocation: .external, data: .missing))
      ])
      func receipt() throws -> InclusionReceipt {
        try #require(
          try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 0) })
      }
      try store.mine()
      #expect(try receipt().fate == nil, "without data it stores nothing")
      try store.mine([
        .batchDataDelivered(
          BatchDataDelivered(batchIndex: 1, dataHash: .zero, dataLocation: .event, poster: .zero)), sequenced,
      ])
      try store.mine()
      let made = try receipt()
      let fate = try #require(made.fate)
      let trusted = fate.hashes
      #expect(try made.verify(trusting: trusted).status == .kept)
      var without = made
      without.fate?.log?.records.removeAll { $0.header.kind == .batchDataDelivered }
      #expect(try without.verify(trusting: trusted).status == .notYet)
    }
  }

  @Test("a projection that somebody else writes is waited for, and given up when the patience ends")
  func waiting() throws {
    try withStore { store in
      _ = try store.testimony()
      let equivocation = try store.equivocationStore()
      let directory = store.path.removingLastComponent().appending("projections/equivocation-view")
      let lock = try ProjectionError.lock(directory, .writer)
      var options = Projector<EquivocationView>.Options()
      options.lockPatience = .milliseconds(30)
      let error = #expect(throws: NodeError.self) { try equivocation.bringUp(options) }
      guard case .projection(.locked) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      _ = consume lock
      // Somebody has it when this one begins, and lets it go meanwhile.
      let (isHeld, isWaitedFor) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      Thread {
        guard let lock = try? ProjectionError.lock(directory, .writer) else { return }
        isHeld.signal()
        isWaitedFor.wait()
        usleep(50_000)
        _ = consume lock
      }.start()
      isHeld.wait()
      isWaitedFor.signal()
      try equivocation.bringUp()
    }
  }

  /// A message whose commitment is changed, and signed again.
  private func signedAgain(
    _ message: HeardMessage, _ store: Store, _ change: (inout SequencerCommitment) -> Void
  ) throws -> HeardMessage {
    var message = message
    var commitment = try SignedCommitment(rlp: message.raw.rawSpan).commitment
    change(&commitment)
    let domain = try #require(store.configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: Self.key)
    message.raw = SignedCommitment(commitment: commitment, signature: signature.walletBytes).encode()
    return message
  }

  /// A commitment to the order of a block, with another timestamp than the block's.
  private func malformed(_ store: Store, _ number: UInt64, timestamp: UInt64) throws -> HeardMessage {
    try signedAgain(try message(store, number), store) { $0.timestamp = timestamp }
  }

  /// A message about an order with any origin.
  private func message(
    _ store: Store, _ number: UInt64, origin: BlockID, salt: UInt64, key: Hash256 = key
  ) throws -> HeardMessage {
    let order = BlockOrder(
      number: number, parentOrder: .zero, timestamp: 9000, l1Origin: origin, messagesConsumed: 0,
      transactionsRoot: Hash256(salt, 1, 1, 1))
    let commitment = SequencerCommitment(order: order, l2ChainID: store.configuration.chainID)
    let domain = try #require(store.configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return HeardMessage(
      raw: SignedCommitment(commitment: commitment, signature: signature.walletBytes).encode(), format: .varve,
      source: "feed", receivedAt: 0)
  }

  @Test("what repeats an order never takes the place of another order: the ninth message contradicts, and is kept")
  func repetitions() throws {
    try withStore { store in
      let log = try store.testimony()
      for timestamp in 1...20 as ClosedRange<UInt64> {
        _ = try log.take([try malformed(store, 1, timestamp: timestamp)])
      }
      #expect(try log.take([try message(store, 1, salt: 7)]).recorded == 1)
      #expect(try store.accusations().contains { $0.contradiction.kind == .doubleSign })
    }
  }

  @Test("junk about an order does not take the place of the order's own statement, on L1 or with its block")
  func junkOfOneOrder() throws {
    try withStore { store in
      // Two with made-up origins and the order of message 7.
      func junk(_ number: UInt64, origin: BlockID) throws -> HeardMessage {
        try signedAgain(try message(store, number, salt: 7), store) { $0.l1Origin = origin }
      }
      let log = try store.testimony()
      let madeUp = [1, 2].map { BlockID(number: 1, hash: Hash256($0, 3, 3, 3)) }
      #expect(try log.take(try madeUp.map { try junk(1, origin: $0) }).recorded == 2)
      #expect(try log.take([try message(store, 1, salt: 7), try message(store, 1, salt: 8)]).recorded == 2)
      #expect(try store.accusations().contains { $0.judgement.verdict == .proven })
      // With origins that L1 has, the block tells which statement is the order's.
      let canonical = try [1, 2].map { try #require(try store.ledger.block($0)).id }
      #expect(try log.take(try canonical.map { try junk(2, origin: $0) }).recorded == 2)
      var own = try message(store, 2, salt: 7)
      #expect(try log.take([own]).overLimit == 1)
      own.block = RollupBlock(
        number: 2, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
        transactions: [[2, 7]])
      #expect(try log.take([own]).recorded == 1)
    }
  }

  @Test("orders with origins that L1 does not have never take the place of two with one that it has")
  func madeUpOrigins() throws {
    try withStore { store in
      let log = try store.testimony()
      var messages = try (1...40 as ClosedRange<UInt64>).map { salt in
        try message(store, 1, origin: BlockID(number: 1, hash: Hash256(salt, 2, 2, 2)), salt: salt)
      }
      messages += try [101, 102].map { try message(store, 1, origin: store.l1.id, salt: $0) }
      let outcome = try log.take(messages)
      #expect(outcome.recorded == 8 + 2 && outcome.overLimit == 32)
      let proven = try store.accusations().filter { $0.judgement.verdict == .proven }
      #expect(proven.count == 1)
    }
  }

  @Test("a pair that nothing excuses is kept beyond every limit, once")
  func beyondLimits() throws {
    try withStore { store in
      let origins = (1...8 as ClosedRange<UInt64>).map { BlockID(number: 1, hash: Hash256($0, 2, 2, 2)) }
      var messages = try origins.map { try message(store, 1, origin: $0, salt: $0.hash.word0) }
      for salt in 50...60 as ClosedRange<UInt64> {
        messages.append(try message(store, 1, origin: origins[3], salt: salt))
      }
      let outcome = try store.testimony().take(messages)
      #expect(outcome.recorded == 9 && outcome.overLimit == 10)
    }
  }

  @Test("the body of a statement that was heard without it is kept as well, and serves its receipt")
  func bodyAfterwards() throws {
    try withStore { store in
      var whole = try message(store, 1, salt: 3)
      let block = RollupBlock(
        number: 1, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
        transactions: [[2, 3]])
      let log = try store.testimony()
      #expect(try log.take([whole]).recorded == 1)
      whole.block = block
      #expect(try log.take([whole, whole]).recorded == 1)
      let receipt = try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 0) }
      #expect(try #require(receipt).verify(trusting: []).status == .notYet)
    }
  }

  /// An L1 block with a batch, and the signature over the batch's last block as it would be heard.
  private func mineBatch(_ index: UInt64, of blocks: [RollupBlock], _ store: Store) throws -> HeardMessage {
    let (first, last) = (try #require(blocks.first), try #require(blocks.last))
    let signed = try signedAgain(try message(store, last.number), store) {
      $0 = SequencerCommitment(order: last.order, l2ChainID: store.configuration.chainID)
    }
    var events = [
      Event.sequencerBatchDelivered(
        SequencerBatchDelivered(
          batchIndex: index, beforeAcc: .zero, afterAcc: .zero, firstBlock: first.number, lastBlock: last.number,
          messagesConsumed: 0, poster: .zero, signedCommitment: signed.raw, dataHash: .zero, dataLocation: .event,
          data: .present))
    ]
    for (place, block) in blocks.enumerated() {
      events.append(
        .blockSequenced(BlockSequenced(batchIndex: index, indexInBatch: UInt64(place), block: .rollup(block))))
    }
    try store.mine(events)
    try store.mine()
    return signed
  }

  @Test("where a batch has blocks that nothing signed binds, no receipt says that a promise was broken")
  func unboundBlocks() throws {
    try withStore { store in
      func block(_ number: UInt64, parent: Hash256 = .zero, salt: UInt8) -> RollupBlock {
        RollupBlock(
          number: number, parentOrder: parent, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
          transactions: [[2, salt]])
      }
      func receipt() throws -> InclusionReceipt {
        let made = try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 0) }
        return try #require(made)
      }
      var promise = try message(store, 1, salt: 3)
      promise.block = block(1, salt: 3)
      #expect(try store.testimony().take([promise]).recorded == 1)
      let stored = block(1, salt: 4)
      _ = try mineBatch(1, of: [stored, block(2, parent: stored.order.commitment, salt: 5)], store)
      let broken = try receipt()
      let trusted = broken.fate?.hashes ?? []
      #expect(try broken.verify(trusting: trusted).status == .broken)
      // The poster's own block before the signed one.
      _ = try mineBatch(2, of: [block(3, salt: 6), block(4, parent: Hash256(8, 8, 8, 8), salt: 7)], store)
      #expect(try receipt().fate == nil)
    }
  }

  @Test("the receipt of a block that ends a batch is made before anything of it was heard, and after")
  func batchFirst() throws {
    try withStore { store in
      let block = RollupBlock(
        number: 1, parentOrder: .zero, timestamp: 9000, l1Origin: store.l1.id, messagesConsumed: 0,
        transactions: [[2, 3]])
      _ = try store.testimony()
      var message = try mineBatch(1, of: [block], store)
      func expectKept() throws {
        let made = try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 0) }
        let receipt = try #require(made)
        let trusted = receipt.fate?.hashes ?? []
        #expect(try receipt.verify(trusting: trusted).status == .kept)
      }
      try expectKept()
      message.block = block
      #expect(try store.testimony().take([message]).recorded == 1)
      try expectKept()
      let none = try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 1) }
      #expect(none == nil)
    }
  }

  @Test("a batch that stores a block with an origin that L1 does not have is nobody's fate")
  func batchOfAnotherBranch() throws {
    try withStore { store in
      let left = BlockID(number: 1, hash: Hash256(7, 7, 7, 7))
      let block = RollupBlock(
        number: 1, parentOrder: .zero, timestamp: 9000, l1Origin: left, messagesConsumed: 0, transactions: [[2, 3]])
      _ = try store.testimony()
      _ = try mineBatch(1, of: [block], store)
      let made = try store.equivocation { maker throws(NodeError) in try maker.receipt(height: 1, index: 0) }
      #expect(try #require(made).fate == nil)
    }
  }

  @Test("what the log did not take is not remembered: it is taken when it comes again")
  func failedAppend() throws {
    try withStore { store in
      let log = try store.testimony()
      let good = try message(store, 1)
      // Longer than a record can be.
      let long = try message(store, 2, source: String(repeating: "x", count: PayloadLayout.longestPayload))
      #expect(throws: NodeError.self) { try log.take([good, long]) }
      let outcome = try log.take([good])
      #expect(outcome.recorded == 1 && outcome.duplicates == 0)
      #expect(try log.take([try message(store, 3)]).gaps == 1)
    }
  }

  @Test("nothing is made of a stranger's payload when its source has had its share; what cannot be read counts")
  func strangersWork() throws {
    try withStore { store in
      var limits = TestimonyLog.Limits()
      limits.strangersPerSource = 3
      let log = try store.testimony(limits)
      // Signed, and no payload: whose it is can be told all the same.
      func junk(_ number: UInt8) throws -> HeardMessage {
        let payload = [UInt8](repeating: number, count: 600)
        let digest = OPGossip.digest(of: payload.rawSpan, l2ChainID: store.configuration.chainID)
        let signature = try Secp256k1.sign(digest, privateKey: Hash256(9, 9, 9, 9))
        let bytes = signature.r.bigEndianBytes + signature.s.bigEndianBytes + [signature.recoveryID] + payload
        // A literal of Snappy's: all bytes' count, a tag with this one's, and the bytes.
        return HeardMessage(raw: [0x99, 0x05, 0xf4, 0x98, 0x02] + bytes, format: .op, source: "x", receivedAt: 0)
      }
      var refused = 0
      for number in 0..<9 as Range<UInt8> {
        let outcome = try log.take([try junk(number)])
        refused += outcome.refused.values.reduce(0, +)
        #expect(outcome.refused.count + outcome.overLimit == 1)
      }
      #expect(refused == 3)
    }
  }

  @Test("both logs are folded in one order; testimony of another ledger is refused, and such that is ahead waits")
  func scan() throws {
    try withStore { store in
      _ = try store.testimony().take([try message(store, 1, salt: 1), try message(store, 1, salt: 2)])
      let row = try #require(try store.accusations().first)
      #expect(row.judgement.verdict == .proven)
      let evidence = try store.equivocation { maker throws(NodeError) in try maker.evidence(of: row) }
      let trusted: Set<Hash256> = [try #require(evidence.l1?.head.hash), try #require(evidence.log?.root)]
      #expect(try evidence.verify(trusting: trusted).judgement.verdict == .proven)
      #expect(try evidence.verify(trusting: trusted).judgement.isAuthorityKnown)
      func append(position: UInt64, leaf: Hash256) throws {
        let log = try EventLog.open(store.path, mode: .readWrite)
        let gap = FeedGap(source: [], from: 1, to: 2, receivedAt: 0, ledgerPosition: position, ledgerLeaf: leaf)
        try log.append([NewRecord(.feedGap(gap), at: .observed(at: 0))])
      }
      try append(position: 1_000, leaf: .zero)
      let opened = try store.equivocationStore()
      #expect(try opened.read { _, cursor throws(NodeError) in try opened.waitingTestimonies(cursor) } == 1)
      try withTemporaryDirectory { other in
        let foreign = try EventLog.open(FilePath("\(other)/testimony"), mode: .create)
        let gap = FeedGap(source: [], from: 1, to: 2, receivedAt: 0, ledgerPosition: 3, ledgerLeaf: Hash256(1, 1, 1, 1))
        try foreign.append([NewRecord(.feedGap(gap), at: .observed(at: 0))])
        let store = try EquivocationStore(
          dataDirectory: FilePath(other), ledger: store.ledger, testimony: foreign, storeID: "other")
        #expect(throws: NodeError.self) { try store.bringUp() }
      }
    }
  }
}
