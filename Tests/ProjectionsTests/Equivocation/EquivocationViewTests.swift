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

  private func change(to key: Hash256, in block: UInt64) throws -> Fact {
    Fact(
      coordinates: .block(block),
      event: .configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: key)))))
  }

  private func force(in block: UInt64) -> Fact {
    Fact(
      coordinates: .block(block),
      event: .forceIncluded(
        ForceIncluded(
          batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero)))
  }

  private func finalize(_ block: UInt64) -> Fact {
    Fact(coordinates: .observed(at: block), event: .l1Finalized(L1Finalized(block: header(block).id)))
  }

  private func commitment(
    _ number: UInt64, origin: BlockID, salt: UInt64, parent: Hash256 = .zero, key: Hash256 = key
  ) throws -> SignedCommitment {
    let order = BlockOrder(
      number: number, parentOrder: parent, timestamp: 5, l1Origin: origin, messagesConsumed: 0,
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
    #expect(try answers(fold(facts + [force(in: 2), l1(3)])).accusation(0)?.judgement.verdict == .excused)
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
    facts += [try change(to: key, in: 3), l1(4), l1(5)]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .proven)
  }

  @Test("few statements of one key about one height are kept, whatever comes")
  func bounds() throws {
    var facts = [l1(0), l1(1), l1(2)]
    for salt in 0..<40 as Range<UInt64> { facts.append(try heard(commitment(7, origin: header(0).id, salt: salt))) }
    let answers = try answers(fold(facts))
    #expect(try answers.statements(at: 7, by: Secp256k1.address(of: Self.key)).count == 10)
    #expect(try answers.progress()?.accusations == 45)
    #expect(try answers.progress()?.testimonies == 40)
  }

  /// Of a stranger, so that nobody is accused of ten thousand pairs.
  private static let stranger = Hash256(3, 1, 3, 1)

  @Test("what is heard of origins that L1 does not have comes to no more with time, but one pair that nothing excuses")
  func aheadForLong() throws {
    var facts = [l1(0)]
    func hear(_ number: UInt64, _ salt: UInt64, order: UInt64) throws {
      let origin = BlockID(number: number, hash: Hash256(number, salt, 6, 6))
      facts.append(try heard(commitment(7, origin: origin, salt: order, key: Self.stranger)))
    }
    // What is ahead of L1 has slots of its own, and is so no more with the next block.
    for number in 1...20 as ClosedRange<UInt64> {
      for salt in 0..<8 as Range<UInt64> { try hear(number, salt, order: number * 8 + salt) }
      facts.append(l1(number))
    }
    func count() throws -> Int { try answers(fold(facts)).statements(at: 7).count }
    let total = StatementLimits().total + 2
    #expect(try count() == total)
    for order in 1001...1003 as ClosedRange<UInt64> { try hear(1, 0, order: order) }
    #expect(try count() == total + 1)
    facts.append(try heard(commitment(7, origin: header(3).id, salt: 1004, key: Self.stranger)))
    #expect(try count() == total + 2, "what has an origin that L1 has does not wait for it")
  }

  @Test("what is heard, however much L1 takes back, leaves a batch its slot, and one pair that nothing excuses")
  func slotsOfBatches() throws {
    var facts = [l1(0)]
    func hear(_ branch: UInt64, order: UInt64) throws {
      facts.append(try heard(commitment(7, origin: header(1, branch).id, salt: order, key: Self.stranger)))
    }
    for branch in 1...40 as ClosedRange<UInt64> {
      facts.append(l1(1, branch))
      try hear(branch, order: branch)
      for salt in 1...6 as ClosedRange<UInt64> {
        facts += [reorg(from: 1, to: 0), l1(1, branch * 100 + salt)]
        try hear(branch * 100 + salt, order: branch * 100 + salt)
      }
      facts.append(reorg(from: 1, to: 0))
    }
    func count() throws -> Int { try answers(fold(facts)).statements(at: 7).count }
    #expect(try count() == StatementID.heardLimit)
    for order in 9001...9003 as ClosedRange<UInt64> { try hear(1, order: order) }
    #expect(try count() == StatementID.heardLimit + 1)
    facts += try batch(7...7, under: .zero, key: Self.stranger).facts
    #expect(try count() == StatementID.heardLimit + 2)
  }

  @Test("the slots are enough for all that is taken of one L1, in every format")
  func slotsAreEnough() {
    let limits = StatementLimits()
    let (orders, perOrder) = (limits.orders + 2, limits.perOrder + 1)
    let own = limits.total + 2 + orders * (perOrder + 1)
    #expect(own + 2 * orders * perOrder + 2 == StatementID.heardLimit)
    #expect(limits.total == 3 * limits.orders * (limits.perOrder + 1))
    #expect(StatementID.heardLimit + 2 + StatementID.batchLimit == Int(StatementID.limit))
  }

  @Test("what is proven is historical when the key's slashing window ends, and proven again when L1 takes that back")
  func historical() throws {
    var facts = [UInt64](0...4).map { l1($0) } + [try change(to: Hash256(1, 1, 1, 1), in: 4)]
    facts += [
      try heard(commitment(7, origin: header(2).id, salt: 1)), try heard(commitment(7, origin: header(2).id, salt: 2)),
    ]
    let window = try #require(configuration.rollup?.slashingWindow)
    facts += (5...4 + window).map { l1($0) }
    facts.append(finalize(3 + window))
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
    let back = try change(to: Self.key, in: 5 + window)
    #expect(try answers(fold(facts + [back])).accusation(0)?.judgement.verdict == .proven)
  }

  @Test("what was promised and is not stored is an alert, but where a forced block may have taken the height")
  func alerts() throws {
    let window = try #require(configuration.rollup?.sequencingWindow)
    let end = 2 + window + 1
    func facts(forcedIn block: UInt64?) throws -> [Fact] {
      var facts = [try heard(commitment(7, origin: header(2).id, salt: 1))]
      for number in 0...end + 1 {
        facts.append(l1(number))
        if number == block { facts.append(force(in: number)) }
      }
      return facts + [finalize(end)]
    }
    #expect(try answers(fold(facts(forcedIn: nil))).alerts().count == 1)
    #expect(try answers(fold(facts(forcedIn: 2))).alerts().count == 1, "what was forced before says nothing")
    #expect(try answers(fold(facts(forcedIn: 3))).alerts().isEmpty)
    #expect(try answers(fold(facts(forcedIn: end))).alerts().isEmpty)
  }

  /// A batch of blocks `first` to `last`, in L1 block 3, and each block's record, there or where the data came.
  private func batch(
    _ range: ClosedRange<UInt64>, under parent: Hash256, dataIn data: UInt64? = nil, key: Hash256 = key
  ) throws -> (facts: [Fact], orders: [BlockOrder]) {
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
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    let signed = SignedCommitment(commitment: commitment, signature: signature.walletBytes)
    var facts = [
      Fact(
        coordinates: .block(3),
        event: .sequencerBatchDelivered(
          SequencerBatchDelivered(
            batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstBlock: range.lowerBound, lastBlock: range.upperBound,
            messagesConsumed: 0, poster: .zero, signedCommitment: signed.encode(), dataHash: .zero,
            dataLocation: .event, data: data == nil ? .present : .missing)))
    ]
    for (index, block) in blocks.enumerated() {
      facts.append(
        Fact(
          coordinates: .block(data ?? 3),
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

  @Test("a batch that L1 has left keeps no promise; one whose data came again, after L1 left them, does")
  func alertOfAnotherBranch() throws {
    let window = try #require(configuration.rollup?.sequencingWindow)
    let end = 1 + window + 1
    let heard = try heard(commitment(7, origin: header(1).id, salt: 1))
    func alerts(_ facts: [Fact]) throws -> Int {
      let later = (5...end + 1).map { l1($0) } + [finalize(end)]
      return try answers(fold([l1(0), l1(1), heard, l1(2), l1(3)] + facts + later)).alerts().count
    }
    let stored = try batch(5...9, under: .zero).facts
    #expect(try alerts(stored + [l1(4)]) == 0)
    #expect(try alerts(stored + [reorg(from: 3, to: 2), l1(3, 9), l1(4)]) == 1, "its branch was left")
    #expect(try alerts(stored + [reorg(from: 3, to: 2), l1(3, 9)] + stored + [l1(4)]) == 0)
    let late = try batch(5...9, under: .zero, dataIn: 4).facts
    let (announced, data) = ([late[0], l1(4)], Array(late.dropFirst()))
    #expect(try alerts(announced + data) == 0)
    #expect(try alerts(announced + data + [reorg(from: 4, to: 3), l1(4, 9)]) == 1, "its data is")
    #expect(try alerts(announced + data + [reorg(from: 4, to: 3), l1(4, 9)] + data) == 0)
  }

  @Test("a promise is due as well when a batch had it first, or has the height with an origin that L1 has left")
  func alertsBesideBatches() throws {
    let window = try #require(configuration.rollup?.sequencingWindow)
    let stored = try batch(7...7, under: .zero).facts
    guard case .sequencerBatchDelivered(let delivered) = stored[0].event else {
      Issue.record("the batch has other records")
      return
    }
    let own = try heard(SignedCommitment(rlp: delivered.signedCommitment.rawSpan))
    let other = try heard(commitment(7, origin: header(2).id, salt: 1))
    func alerts(_ facts: [Fact]) throws -> Int {
      let end = 2 + window + 1
      let later = (4...end + 1).map { l1($0) } + [finalize(end)]
      return try answers(fold(facts + later)).alerts().count
    }
    let blocks = [UInt64](0...3).map { l1($0) }
    #expect(try alerts(blocks + stored + [own]) == 0)
    #expect(try alerts(blocks + stored + [own, reorg(from: 3, to: 2), l1(3, 9)]) == 1)
    #expect(try alerts(blocks + [other] + stored) == 0)
    #expect(try alerts([l1(0), l1(1, 9), l1(2), l1(3), other] + stored) == 1)
  }

  @Test("a broken parent is excused once another key's word counted, on whatever branch of L1, and whenever")
  func brokenParentAfterRotation() throws {
    let next = Hash256(1, 1, 1, 1)
    // The next key's own: the one before had blocks stored with origins far below, on which it went on.
    var facts = [UInt64](0...4).map { l1($0) } + [try change(to: next, in: 4)] + [UInt64](5...9).map { l1($0) }
    facts += [
      try heard(commitment(7, origin: header(5).id, salt: 1, key: next)),
      try heard(commitment(8, origin: header(6).id, salt: 1, parent: Hash256(8, 8, 8, 8), key: next)),
    ]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.reason == .keyChanged)
    // The first key's: proven until there is another; what that one had stored may be extended by who is behind.
    facts = [UInt64](0...6).map { l1($0) }
    facts += [
      try heard(commitment(7, origin: header(2).id, salt: 1)),
      try heard(commitment(8, origin: header(3).id, salt: 1, parent: Hash256(8, 8, 8, 8))),
    ]
    #expect(try answers(fold(facts)).accusation(0)?.judgement.verdict == .proven)
    #expect(try answers(fold(facts + [finalize(5)])).accusation(0)?.judgement.verdict == .proven)
    for final in [[], [finalize(5)]] {
      let changed = facts + final + [try change(to: next, in: 6)]
      #expect(try answers(fold(changed)).accusation(0)?.judgement.reason == .keyChanged)
      let left = changed + [reorg(from: 6, to: 5), l1(6, 9), l1(7, 9)]
      let answers = try answers(fold(left))
      #expect(try answers.accusation(0)?.judgement.reason == .keyChanged, "L1 left the change, and not who saw it")
      #expect(try answers.history(of: 0).map(\.judgement.verdict) == [.proven, .excused])
    }
    // That nobody may sign any more is no other key's word.
    let nobody = Fact(coordinates: .block(6), event: .configUpdated(ConfigUpdated(update: .sequencer(.zero))))
    #expect(try answers(fold(facts + [nobody, l1(7)])).accusation(0)?.judgement.verdict == .proven)
  }

  @Test("where a batch has blocks that nothing signed binds, no broken parent is proven any more")
  func unboundBlocks() throws {
    let own = [
      try heard(commitment(7, origin: header(2).id, salt: 1)),
      try heard(commitment(8, origin: header(2).id, salt: 1, parent: Hash256(8, 8, 8, 8))),
    ]
    let blocks = [UInt64](0...3).map { l1($0) }
    var (stored, _) = try batch(5...6, under: .zero)
    #expect(try answers(fold(blocks + stored + [l1(4), l1(5)] + own)).accusation(0)?.judgement.verdict == .proven)
    // Another block in the place of the first, as the poster likes.
    stored[1] = try batch(5...5, under: Hash256(1, 2, 3, 4)).facts[1]
    for facts in [blocks + own + stored + [l1(4), l1(5)], blocks + stored + [l1(4), l1(5)] + own] {
      let answers = try answers(fold(facts))
      let row = try #require(try answers.accusation(0))
      #expect(row.judgement.verdict == .undetermined && row.judgement.reason == .keyChangeNotExcluded)
      #expect(try answers.judgement(of: row.contradiction, in: configuration) == row.judgement)
    }
  }

  @Test("a retired key that is long past slashing, and signs with origins that L1 does not have, is not called guilty")
  func leakedRetiredKey() throws {
    let window = try #require(configuration.rollup?.slashingWindow)
    var facts = [UInt64](0...4).map { l1($0) } + [try change(to: Hash256(1, 1, 1, 1), in: 4)]
    facts += (5...6 + window).map { l1($0) }
    let unknown = BlockID(number: 1_000_000, hash: Hash256(9, 9, 9, 9))
    facts += [try heard(commitment(7, origin: unknown, salt: 1)), try heard(commitment(7, origin: unknown, salt: 2))]
    let judgement = try #require(try answers(fold(facts)).accusation(0)).judgement
    #expect(judgement.verdict == .undetermined && judgement.reason == .originUnknown(unknown))
  }

  @Test("what is judged again when an L1 block comes is all that it changes, whatever L1 does")
  func judgedAnew() throws {
    var random = SeededGenerator()
    for _ in 0..<60 {
      var facts = [l1(0)]
      var branches: [UInt64] = [0]
      let keys = [Self.key, Hash256(1, 1, 1, 1)]
      for step in 0..<30 as Range<UInt64> {
        let head = UInt64(branches.count) - 1
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where head > 2:
          let ancestor = head - UInt64.random(in: 1...2, using: &random)
          facts.append(
            Fact(
              coordinates: .observed(at: head),
              event: .l1Reorged(
                L1Reorged(
                  oldTip: header(head, branches[Int(head)]).id, newTip: header(head, 9).id,
                  commonAncestor: header(ancestor, branches[Int(ancestor)]).id, revokedFrom: .zero, revokedTo: .zero))))
          branches.removeLast(Int(head - ancestor))
        case 1: facts.append(force(in: head))
        case 2 where step > 20: facts.append(try change(to: keys.randomElement(using: &random) ?? Self.key, in: head))
        case 3...6:
          let number = UInt64.random(in: 0...head + 4, using: &random)
          let branch = number <= head ? branches[Int(number)] : 0
          facts.append(
            try heard(
              commitment(
                UInt64.random(in: 7...9, using: &random), origin: header(number, branch).id, salt: step,
                key: keys.randomElement(using: &random) ?? Self.key)))
        default:
          branches.append(UInt64.random(in: 0...1, using: &random))
          facts.append(l1(head + 1, branches[branches.count - 1]))
        }
      }
      // What the newest block forced is looked at when there is a next one.
      facts.append(l1(UInt64(branches.count)))
      try expectFreshJudgements(fold(facts))
    }
  }

  private func expectFreshJudgements(_ tables: MemoryTables) throws {
    let view = ProjectionView(batch: WriteBatch(), over: tables)
    let equivocation = EquivocationView(configuration: configuration)
    let progress = try #require(try answers(tables).progress())
    try answers(tables).forEachAccusation { number, row in
      let fresh = try? equivocation.judge(row.contradiction, progress, in: view)
      #expect(fresh == row.judgement, "accusation \(number)")
      return true
    }
  }

  @Test("a body that is heard after its batch was stored is found by its place in the testimony")
  func bodyAfterBatch() throws {
    let stored = try batch(5...5, under: .zero).facts
    guard case .sequencerBatchDelivered(let delivered) = stored[0].event,
      case .blockSequenced(let sequenced) = stored[1].event,
      case .sequencerCommitmentObserved(var observed) = try heard(
        SignedCommitment(rlp: delivered.signedCommitment.rawSpan)
      ).event
    else {
      Issue.record("the batch has other records")
      return
    }
    let facts = [UInt64](0...3).map { l1($0) } + stored + [l1(4)]
    func source(_ event: SequencerCommitmentObserved) throws -> StatementRow.Source? {
      let heard = Fact(coordinates: .observed(at: 0), event: .sequencerCommitmentObserved(event))
      return try answers(fold(facts + [heard])).statements(at: 5).first?.source
    }
    let batchSource = StatementRow.Source.batch(1, l1Block: 3, signedCommitment: delivered.signedCommitment)
    #expect(try source(observed) == batchSource)
    observed.block = sequenced.block
    #expect(try source(observed) == .testimony(0))
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
