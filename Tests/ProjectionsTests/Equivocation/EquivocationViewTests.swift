// The fold over both logs, in tables in memory.

import Primitives
import Rollup
import Signatures
import TestSupport
import Testimony
import Testing

@testable import Projections

@Suite("EquivocationView")
struct EquivocationViewTests {
  private static let key = Hash256(31, 32, 33, 34)

  private let configuration: ChainConfiguration

  init() throws {
    let signer = try Secp256k1.address(of: Self.key)
    let base = RollupLedger.configuration()
    var rollup = try #require(base.rollup)
    rollup.sequencer = signer
    configuration = ChainConfiguration(
      chainID: base.chainID, forks: base.forks, genesisHeader: base.genesisHeader, allocation: [], rollup: rollup)
  }

  /// L1 header number `number` of a branch.
  private func header(_ number: UInt64, _ branch: UInt64 = 0) -> BlockHeader {
    BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero, transactionsRoot: .zero,
      receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: number, gasLimit: 0, gasUsed: 0, timestamp: 0,
      extraData: [], mixHash: Hash256(branch, 0, 0, 0), nonce: 0)
  }

  private func l1(_ number: UInt64, _ branch: UInt64 = 0) -> Fact {
    Fact(
      coordinates: .block(number),
      event: .l1BlockAppended(
        L1BlockAppended(
          header: header(number, branch).encode(), canonicalAccBefore: .zero, completeness: .embedded)))
  }

  private func reorg(from old: UInt64, to ancestor: UInt64) -> Fact {
    Fact(
      coordinates: .observed(at: old),
      event: .l1Reorged(
        L1Reorged(
          oldTip: header(old).id, newTip: header(old, 9).id, commonAncestor: header(ancestor).id, revokedFrom: .zero,
          revokedTo: .zero)))
  }

  private func heard(_ signed: SignedCommitment) throws -> Fact {
    let statement = try StatementReader(configuration).statement(of: signed)
    return Fact(
      coordinates: .observed(at: 0),
      event: .sequencerCommitmentObserved(
        SequencerCommitmentObserved(
          raw: signed.encode(), format: .varve, signer: statement.signer, block: nil, source: [], receivedAt: 0,
          ledgerPosition: 0, ledgerLeaf: .zero)))
  }

  private func commitment(
    _ number: UInt64, origin: BlockID, salt: UInt64, key: Hash256 = key
  ) throws -> SignedCommitment {
    let order = BlockOrder(
      number: number, parentOrder: .zero, timestamp: 5, l1Origin: origin, messagesConsumed: 0,
      transactionsRoot: Hash256(UInt256(salt)))
    let commitment = SequencerCommitment(order: order, l2ChainID: configuration.chainID)
    let domain = try #require(configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }

  private func fold(_ facts: [Fact], batch size: Int = .max) throws -> MemoryTables {
    let tables = MemoryTables(tables: EquivocationView.tables)
    let view = EquivocationView(configuration: configuration)
    let batch = WriteBatch(keepingRows: true)
    let configured = Fact(
      coordinates: .block(0), event: .chainConfigured(ChainConfigured(configuration: configuration)))
    batch.begin()
    for (index, fact) in ([configured] + facts).enumerated() {
      _ = try view.fold(fact, into: ProjectionView(batch: batch, over: tables))
      guard (index + 1).isMultiple(of: size) else { continue }
      tables.commit(batch)
      batch.didCommit()
      batch.begin()
    }
    tables.commit(batch)
    return tables
  }

  private func answers(_ tables: MemoryTables) -> EquivocationAnswers {
    EquivocationAnswers(ProjectionView(batch: WriteBatch(), over: tables))
  }

  @Test("an accusation is withdrawn when L1 excuses it, comes back with the branch, and its history is kept")
  func withdrawal() throws {
    let one = try commitment(7, origin: header(2).id, salt: 1)
    let other = try commitment(7, origin: header(4).id, salt: 2)
    var facts = [UInt64](0...6).map { l1($0) } + [try heard(one), try heard(other)]
    var row = try #require(try answers(fold(facts)).accusation(0))
    #expect(row.judgement.reason == .bothCanonical)
    facts += [reorg(from: 6, to: 3), l1(4, 9), l1(5, 9), l1(6, 9)]
    row = try #require(try answers(fold(facts)).accusation(0))
    #expect(row.judgement.reason == .originOrphaned(header(4).id))
    facts += [reorg(from: 6, to: 3), l1(4), l1(5), l1(6)]
    let tables = try fold(facts)
    row = try #require(try answers(tables).accusation(0))
    #expect(row.judgement.reason == .bothCanonical)
    let history = try answers(tables).history(of: 0).map(\.judgement.verdict)
    #expect(history.first == .proven && history.last == .proven)
    #expect(history.contains(.excused))
    for size in [1, 2, 7] {
      #expect(
        try fold(facts, batch: size).digest(l1BlockNumber: 6, l1BlockHash: .zero)
          == tables.digest(l1BlockNumber: 6, l1BlockHash: .zero))
    }
  }

  @Test("what the newest L1 block says in full is not known yet, and proves nothing")
  func newestBlock() throws {
    let facts = [
      l1(0), l1(1), l1(2), try heard(commitment(7, origin: header(0).id, salt: 1)),
      try heard(commitment(7, origin: header(1).id, salt: 2)),
    ]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .undetermined)
    #expect(try answers(fold(facts + [l1(3)])).accusation(0)?.judgement.verdict == .proven)
    let forced = Fact(
      coordinates: .block(2),
      event: .forceIncluded(
        ForceIncluded(
          batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero)))
    #expect(try answers(fold(facts + [forced, l1(3)])).accusation(0)?.judgement.verdict == .excused)
  }

  @Test("a stranger's words accuse nobody, until its word counts")
  func strangers() throws {
    let key = Hash256(3, 1, 3, 1)
    var facts = [UInt64](0...3).map { l1($0) }
    facts += [
      try heard(commitment(7, origin: header(3).id, salt: 1, key: key)),
      try heard(commitment(7, origin: header(3).id, salt: 2, key: key)),
    ]
    #expect(try answers(fold(facts)).accusation(0) == nil)
    facts.append(
      Fact(
        coordinates: .block(3),
        event: .configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: key))))))
    facts += [l1(4), l1(5)]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .proven)
  }

  @Test("few statements of one key about one height are kept, whatever comes")
  func bounds() throws {
    var facts = [l1(0), l1(1), l1(2)]
    for salt in 0..<40 as Range<UInt64> { facts.append(try heard(commitment(7, origin: header(0).id, salt: salt))) }
    let answers = try answers(fold(facts))
    #expect(try answers.statements(at: 7, by: Secp256k1.address(of: Self.key)).count == 8)
    #expect(try answers.progress()?.accusations == 28)
    #expect(try answers.progress()?.testimonies == 40)
  }

  @Test("what is proven is historical when the key's slashing window ends, and proven again when L1 takes that back")
  func historical() throws {
    let next = try Secp256k1.address(of: Hash256(1, 1, 1, 1))
    let retired = Fact(coordinates: .block(4), event: .configUpdated(ConfigUpdated(update: .sequencer(next))))
    var facts = [UInt64](0...4).map { l1($0) } + [retired]
    facts += [
      try heard(commitment(7, origin: header(2).id, salt: 1)), try heard(commitment(7, origin: header(2).id, salt: 2)),
    ]
    let window = try #require(configuration.rollup?.slashingWindow)
    facts += (5...4 + window).map { l1($0) }
    facts.append(
      Fact(
        coordinates: .observed(at: 4 + window), event: .l1Finalized(L1Finalized(block: header(3 + window).id))))
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .proven)
    facts.append(l1(5 + window))
    let tables = try fold(facts)
    #expect(try answers(tables).accusation(0)?.judgement.verdict == .historical)
    #expect(try answers(tables).history(of: 0).map(\.judgement.verdict).suffix(2) == [.proven, .historical])
    facts += [reorg(from: 5 + window, to: 4 + window)]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .proven)
    facts += [l1(5 + window, 9)]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .historical)
    // A key that is trusted again can be slashed again.
    let back = Fact(
      coordinates: .block(5 + window),
      event: .configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: Self.key)))))
    #expect(try answers(fold(facts + [back])).accusation(0)?.judgement.verdict == .proven)
  }

  @Test("what was promised and is not stored is an alert, but where a forced block may have taken the height")
  func alerts() throws {
    let window = try #require(configuration.rollup?.sequencingWindow)
    let end = 2 + window + 1
    let finalized = Fact(
      coordinates: .observed(at: end + 1), event: .l1Finalized(L1Finalized(block: header(end).id)))
    func facts(forcedIn block: UInt64?) throws -> [Fact] {
      var facts = [try heard(commitment(7, origin: header(2).id, salt: 1))]
      for number in 0...end + 1 {
        facts.append(l1(number))
        guard number == block else { continue }
        facts.append(
          Fact(
            coordinates: .block(number),
            event: .forceIncluded(
              ForceIncluded(
                batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero))))
      }
      return facts + [finalized]
    }
    #expect(try answers(fold(facts(forcedIn: nil))).alerts().count == 1)
    #expect(try answers(fold(facts(forcedIn: 2))).alerts().count == 1, "what was forced before says nothing")
    #expect(try answers(fold(facts(forcedIn: 3))).alerts().isEmpty)
    #expect(try answers(fold(facts(forcedIn: end))).alerts().isEmpty)
  }

  /// A batch of blocks `first` to `last`, in L1 block 3, and each block's record.
  private func batch(_ range: ClosedRange<UInt64>, under parent: Hash256) throws -> (
    facts: [Fact], orders: [BlockOrder]
  ) {
    var blocks: [RollupBlock] = []
    for number in range {
      blocks.append(
        RollupBlock(
          number: number, parentOrder: blocks.last?.order.commitment ?? parent, timestamp: 5, l1Origin: header(1).id,
          messagesConsumed: 0, transactions: []))
    }
    let last = try #require(blocks.last)
    let domain = try #require(configuration.commitmentDomain)
    let commitment = SequencerCommitment(order: last.order, l2ChainID: configuration.chainID)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: Self.key)
    let signed = SignedCommitment(commitment: commitment, signature: signature.walletBytes)
    var facts = [
      Fact(
        coordinates: .block(3),
        event: .sequencerBatchDelivered(
          SequencerBatchDelivered(
            batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstBlock: range.lowerBound, lastBlock: range.upperBound,
            messagesConsumed: 0, poster: .zero, signedCommitment: signed.encode(), dataHash: .zero,
            dataLocation: .event, data: .present)))
    ]
    for (index, block) in blocks.enumerated() {
      facts.append(
        Fact(
          coordinates: .block(3),
          event: .blockSequenced(
            BlockSequenced(batchIndex: 1, indexInBatch: UInt64(index), block: .rollup(block)))))
    }
    return (facts, blocks.map(\.order))
  }

  @Test("an accusation over many stored blocks is a small row; their orders are found when somebody asks")
  func manyAncestors() throws {
    let (stored, orders) = try batch(5...400, under: .zero)
    let heights = [UInt64](6...60)
    var facts = [UInt64](0...3).map { l1($0) } + stored + [l1(4), l1(5)]
    facts += try heights.map { try heard(commitment($0, origin: header(1).id, salt: $0)) }
    let tables = try fold(facts)
    let answers = answers(tables)
    let count = try answers.progress()?.accusations ?? 0
    let far = try (0..<count).compactMap { try answers.accusation($0) }
      .filter { $0.statements.contains { $0.height == 400 } }
    #expect(far.count == heights.count)
    #expect(tables.ordered(EquivocationView.accusations).allSatisfy { $0.value.count < 1000 })
    for row in far {
      let lower = row.contradiction.statements[0].height
      let between = try #require(try answers.orders(of: row))
      #expect(between == orders.filter { $0.number > lower && $0.number < 400 }.reversed())
    }
  }

  @Test("a body that is heard after its signature is held against it, too")
  func bodyAfterwards() throws {
    let block = RollupBlock(
      number: 7, parentOrder: .zero, timestamp: 5, l1Origin: header(0).id, messagesConsumed: 0, transactions: [])
    var commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
    commitment.timestamp = 6
    let domain = try #require(configuration.commitmentDomain)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: Self.key)
    let signed = SignedCommitment(commitment: commitment, signature: signature.walletBytes)
    var facts = [l1(0), l1(1), l1(2), try heard(signed)]
    #expect(try answers(fold(facts)).accusation(0) == nil)
    guard case .sequencerCommitmentObserved(var observed) = facts[3].event else { return }
    observed.block = .rollup(block)
    facts.append(Fact(coordinates: facts[3].coordinates, event: .sequencerCommitmentObserved(observed)))
    #expect(try answers(fold(facts)).accusation(0)?.contradiction.kind == .malformedCommitment)
  }
}
