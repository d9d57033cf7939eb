// The log of what was heard: once, bounded, with its gaps, and beside one ledger.

import EventStore
import Evidence
import Foundation
import Primitives
import Projections
import Rollup
import Signatures
import SystemPackage
import TestSupport
import Testimony
import Testing

@testable import Node

@Suite("Testimony log")
struct TestimonyLogTests {
  private static let key = Hash256(41, 42, 43, 44)

  private struct Store {
    var ledger: EventLog
    var path: FilePath
    var configuration: ChainConfiguration
    var l1: BlockHeader

    func testimony(_ limits: TestimonyLog.Limits = .init()) throws -> TestimonyLog {
      try TestimonyLog(try EventLog.open(path, mode: .create), ledger: ledger, limits: limits)
    }
  }

  private func withStore(_ body: (Store) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let base = RollupLedger.configuration()
      var rollup = try #require(base.rollup)
      rollup.sequencer = try Secp256k1.address(of: Self.key)
      let configuration = ChainConfiguration(
        chainID: base.chainID, forks: base.forks, genesisHeader: base.genesisHeader, allocation: [], rollup: rollup)
      let ledger = try EventLog.open(FilePath("\(directory)/ledger"), mode: .create)
      try ledger.append([
        NewRecord(.chainConfigured(ChainConfigured(configuration: configuration)), at: .block(0))
      ])
      var parent = Hash256.zero
      for number in [UInt64](0...3) {
        var header = configuration.genesisHeader
        (header.number, header.parentHash) = (number, parent)
        parent = header.hash
        let event = L1BlockAppended(header: header.encode(), canonicalAccBefore: .zero, completeness: .embedded)
        try ledger.appendBlock(
          number: number, hash: parent, records: [NewRecord(.l1BlockAppended(event), at: .block(number))])
      }
      var l1 = configuration.genesisHeader
      (l1.number, l1.parentHash) = (0, .zero)
      try body(
        Store(ledger: ledger, path: FilePath("\(directory)/testimony"), configuration: configuration, l1: l1))
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

  @Test("both logs are folded in one order; testimony of another ledger is refused, and such that is ahead waits")
  func scan() throws {
    try withStore { store in
      _ = try store.testimony().take([try message(store, 1, salt: 1), try message(store, 1, salt: 2)])
      let log = try EventLog.open(store.path, mode: .readWrite)
      let scan = try EquivocationScan(ledger: store.ledger, testimony: log)
      let row = try #require(try EquivocationAnswers(scan.rows).accusation(0))
      #expect(row.judgement.verdict == .proven)
      let evidence = try EvidenceMaker(scan).evidence(of: row)
      let trusted: Set<Hash256> = [try #require(evidence.l1?.head.hash), try #require(evidence.log?.root)]
      #expect(try evidence.verify(trusting: trusted).judgement.verdict == .proven)
      #expect(try evidence.verify(trusting: trusted).judgement.isAuthorityKnown)
      func append(position: UInt64, leaf: Hash256) throws {
        let gap = FeedGap(source: [], from: 1, to: 2, receivedAt: 0, ledgerPosition: position, ledgerLeaf: leaf)
        try log.append([NewRecord(.feedGap(gap), at: .observed(at: 0))])
      }
      try append(position: 1_000, leaf: .zero)
      #expect(try EquivocationScan(ledger: store.ledger, testimony: log).waiting == 1)
      try withTemporaryDirectory { other in
        let foreign = try EventLog.open(FilePath("\(other)/testimony"), mode: .create)
        let gap = FeedGap(source: [], from: 1, to: 2, receivedAt: 0, ledgerPosition: 3, ledgerLeaf: Hash256(1, 1, 1, 1))
        try foreign.append([NewRecord(.feedGap(gap), at: .observed(at: 0))])
        #expect(throws: NodeError.self) { try EquivocationScan(ledger: store.ledger, testimony: foreign) }
      }
    }
  }

  @Test("a line of a capture file is read again as it was written; what is none is refused with its reason")
  func captureLines() throws {
    try withStore { store in
      var message = try message(store, 3, source: "a \"quoted\" source")
      #expect(try HeardMessage(captureLine: [UInt8](message.captureLine.utf8), defaultFormat: nil) == message)
      message.block = RollupBlock(
        number: 3, parentOrder: .zero, timestamp: 1, l1Origin: store.l1.id, messagesConsumed: 0, transactions: [[2]])
      #expect(try HeardMessage(captureLine: [UInt8](message.captureLine.utf8), defaultFormat: nil) == message)
      let feed = try HeardMessage(
        captureLine: [UInt8](#"{"raw":"{\"a\":1}","receivedAt":5}"#.utf8), defaultFormat: .nitro)
      #expect(feed.raw == [UInt8](#"{"a":1}"#.utf8) && feed.receivedAt == 5)
      for line in ["", "{}", #"{"raw":"0x1","format":"op"}"#, #"{"raw":"0x"}"#, #"{"raw":"0x","format":"x"}"#] {
        #expect(throws: CaptureError.self, "\(line)") {
          try HeardMessage(captureLine: [UInt8](line.utf8), defaultFormat: nil)
        }
      }
    }
  }
}
