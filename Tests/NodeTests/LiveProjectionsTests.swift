import EventStore
import Foundation
import L1
import Primitives
import ProjectionStore
import Projections
import Roles
import Rollup
import Signatures
import StateTransition
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import Node

@Suite("Projections of a node")
struct LiveProjectionsTests {
  /// A ledger of some L1 blocks, whose last record the state of a chain cannot take: it begins once.
  private func impossible(_ ledger: RollupLedger, in log: EventLog) throws -> Position {
    try ledger.write(to: log)
    let position = Position(try log.head().size)
    try log.append([NewRecord(ledger.facts[0].event, at: .block(ledger.l1Head.number))])
    return position
  }

  private func makeStore(_ ledger: RollupLedger, in directory: DataDirectory) throws {
    let log = try EventLog.open(directory.ledger, mode: .create)
    try directory.makeStore(for: ledger.configuration.hash, of: log)
    try ledger.write(to: log)
  }

  private func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger()
    for _ in 0..<5 { try ledger.beginL1Block() }
    return ledger
  }

  @Test("a record that one projection cannot fold stops that one and who needs it, and is named; the others go on")
  func isolation() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      let impossible = try impossible(try ledger(), in: log)
      var projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      for _ in 0..<2 {
        projections.follow()
        #expect(projections.standstills.map(\.projection) == [ProposerState.name, QueryIndex.name])
        for standstill in projections.standstills {
          guard case .fold(let place, .configuration) = standstill.error else {
            Issue.record("\(standstill.error)")
            return
          }
          #expect(place.position == impossible && place.kind == .chainConfigured)
        }
        #expect(try projections.challengerView.status().live?.lag == 0)
      }
    }
  }

  @Test("all of them are kept at the head of the ledger, the index of what users ask too")
  func follows() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      var ledger = try ledger()
      try ledger.write(to: log)
      var projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      projections.follow()
      let earlier = ledger
      try ledger.deliverBatch([ledger.block(transactions: [[0xc1, 1]])])
      try ledger.beginL1Block()
      try ledger.write(to: log, after: earlier)
      projections.follow()
      #expect(projections.standstills.isEmpty)
      #expect(try projections.proposerState.status().live?.lag == 0)
      #expect(try projections.challengerView.status().live?.lag == 0)
      #expect(try projections.queryIndex.status().live?.lag == 0)
      let block = try projections.queryIndex.read { rows, _ throws(FoldError) in try QueryIndex.block(1, in: rows) }
      #expect(block?.transactionCount == 1)
    }
  }

  @Test("who reads a projection for long keeps none of them from following, whichever version is live")
  func readMeanwhile() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      var ledger = try ledger()
      try ledger.write(to: log)
      var projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      projections.follow()
      func follow() throws {
        let earlier = ledger
        try ledger.beginL1Block()
        try ledger.write(to: log, after: earlier)
        projections.follow()
        #expect(projections.standstills.isEmpty, "\(projections.standstills)")
      }
      func read<P: Projection>(_ projector: Projector<P>) throws {
        try projector.read { _, before throws(FoldError) in
          // Until the next blocks have been followed, however long that takes.
          #expect(throws: Never.self) { for _ in 0..<2 { try follow() } }
          #expect(before.l1BlockNumber + 2 == ledger.l1Head.number)
        }
        #expect(try projector.status().live?.cursor?.l1BlockNumber == ledger.l1Head.number)
      }
      let (state, challenges, index) = (projections.proposerState, projections.challengerView, projections.queryIndex)
      for _ in 0..<2 {
        try read(state)
        try read(challenges)
        try read(index)
        // Somebody else makes another version live.
        try Projector<ProposerState>(dataDirectory: FilePath(path), log: log, storeID: "test-store").rebuild()
        try Projector<QueryIndex>(dataDirectory: FilePath(path), log: log, storeID: "test-store").rebuild()
      }
    }
  }

  @Test("what has to be rebuilt is, and what it reads: a node asks nobody for it")
  func rebuilds() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      try ledger().write(to: log)
      let senders = Projector<SenderIndex>(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      var projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      projections.follow()
      try senders.rebuild()
      for (name, version) in [
        (ProposerState.name, try projections.proposerState.status().live?.name),
        (SenderIndex.name, try senders.status().live?.name),
      ] {
        let manifest = "\(path)/projections/\(name)/\(try #require(version))/manifest.json"
        try Data("{}".utf8).write(to: URL(fileURLWithPath: manifest))
      }
      projections.follow()
      #expect(projections.standstills.isEmpty, "\(projections.standstills)")
      #expect(try projections.proposerState.status().live?.lag == 0)
      #expect(try senders.status().live?.problem == nil)
    }
  }

  @Test("an index of senders that is broken is told to stand still, and holds nobody else up")
  func brokenUpstream() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      try ledger().write(to: log)
      let senders = Projector<SenderIndex>(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      try senders.rebuild()
      let version = try #require(try senders.status().live).name
      let file = URL(fileURLWithPath: "\(path)/projections/\(SenderIndex.name)/\(version)/data.mdb")
      try Data(repeating: 7, count: try Data(contentsOf: file).count).write(to: file, options: .atomic)
      var projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      for _ in 0..<2 {
        projections.follow()
        #expect(projections.standstills.map(\.projection) == [SenderIndex.name])
        #expect(try projections.proposerState.status().live?.lag == 0)
        #expect(try projections.queryIndex.status().live?.lag == 0)
      }
    }
  }

  @Test(
    "latest is what is signed over the rows as they are: where these moved on, and stand still then, nothing stale shows"
  )
  func movedOn() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let key = Hash256(UInt256(77))
      let configuration = RollupLedger.configuration(sequencer: try Secp256k1.address(of: key))
      var ledger = try RollupLedger(configuration: configuration)
      for _ in 0..<5 { try ledger.beginL1Block() }
      let directory = DataDirectory(FilePath(path))
      try makeStore(ledger, in: directory)
      var node = try RollupNode(directory: FilePath(path), configuration: configuration)
      let block = ledger.block()
      let commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
      let domain = try #require(configuration.commitmentDomain)
      let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
      let signed = SignedCommitment(commitment: commitment, signature: signature.walletBytes)
      #expect(try node.followUnsafe(taking: [(block, signed)]).taken.map(\.number) == [1])
      func latest() throws -> Hash256? {
        try node.readLatest { rows throws(FoldError) in try ProposerState.hash(of: 1, in: rows) }
      }
      let unsafe = try #require(node.unsafe.head)
      #expect(try latest() == unsafe.hash)
      // L1 has another block in its place, and then what the state cannot take.
      let (earlier, still) = (ledger, StillL1(ledger))
      try ledger.deliverBatch([ledger.block(origin: 0)])
      try ledger.beginL1Block()
      try ledger.write(to: node.follower.ledger, after: earlier)
      try await node.follower.ledger.append([NewRecord(ledger.facts[0].event, at: .block(ledger.l1Head.number))])
      _ = try await node.follow(still)
      #expect(node.projections.standstills.contains { $0.projection == ProposerState.name })
      let safe = try node.projections.proposerState.read { rows, _ throws(FoldError) in
        try ProposerState.hash(of: 1, in: rows)
      }
      #expect(safe != nil && safe != unsafe.hash)
      #expect(try latest() == safe)
      let progress = try node.followUnsafe(taking: [(block, signed)])
      #expect(progress.discarded?.blocks == [unsafe] && progress.taken.isEmpty && progress.refused.isEmpty)
      #expect(node.unsafe.head == nil)
    }
  }

  @Test("a node one of whose projections stands still opens, follows L1 and serves the others")
  func standstill() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let directory = DataDirectory(FilePath(path))
      let ledger = try ledger()
      do {
        let log = try EventLog.open(directory.ledger, mode: .create)
        try directory.makeStore(for: ledger.configuration.hash, of: log)
        _ = try impossible(ledger, in: log)
      }
      let node = try RollupNode(directory: FilePath(path), configuration: ledger.configuration)
      #expect(node.projections.standstills.map(\.projection) == [ProposerState.name, QueryIndex.name])
      #expect(node.view.l1Head == ledger.l1Head)
      #expect(try node.account(MiniChain.address(1)).credit == .zero)
      var unsafe = node
      #expect(try unsafe.followUnsafe().authenticated.isEmpty)
    }
  }
}

/// An L1 of which nothing comes any more.
private struct StillL1: L1Chain {
  let chainID: UInt64 = 1337
  private let blocks: [L1Block]

  init(_ ledger: RollupLedger) {
    blocks = ledger.l1Blocks.map { header in
      L1Block(
        header: header, rawHeader: header.encode(), id: BlockID(number: header.number, hash: header.hash), facts: [],
        completeness: .embedded)
    }
  }

  func head() throws(L1Error) -> BlockID { blocks[blocks.count - 1].id }
  func finalized() throws(L1Error) -> BlockID { blocks[0].id }
  func block(number: UInt64) throws(L1Error) -> L1Block? { number < blocks.count ? blocks[Int(number)] : nil }
  func block(hash: Hash256) throws(L1Error) -> L1Block? { blocks.first { $0.hash == hash } }
  func submit(_ transaction: L1Transaction) throws(L1Error) -> Hash256 { .zero }
  func receipt(of transactionHash: Hash256) throws(L1Error) -> L1Receipt? { nil }
  func balance(of account: Address) throws(L1Error) -> UInt256 { .zero }
}
