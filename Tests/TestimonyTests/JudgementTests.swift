// What is made of two statements: soundness by the rule, completeness by example.

import Primitives
import Rollup
import TestSupport
import Testing

@testable import Testimony

@Suite("Judgement")
struct JudgementTests {
  /// An L1 that is known up to a block.
  struct Knowledge: EquivocationFacts {
    typealias Failure = Never

    var hashes: [UInt64: Hash256] = [:]
    var known: ClosedRange<UInt64>?
    var forced: [UInt64] = []
    var key: Address? = TestimonySamples.signer
    var isPast = false
    var isOnly: Bool? = true
    var wait: UInt64? = 0

    func isCanonical(_ block: BlockID) -> Bool? { hashes[block.number].map { $0 == block.hash } }

    func forcedInclusion(from first: UInt64, through last: UInt64) -> ForcedInclusion {
      if let block = forced.first(where: { $0 >= first && $0 <= last }) { return .inBlock(block) }
      return known.map { $0.contains(first) && $0.contains(last) } == true ? .none : .unknown
    }

    func longestWait(through block: UInt64) -> UInt64? { wait }

    func authority(atL1Origin number: UInt64) -> Address? { key }

    func isOnlyKey(_ key: Address, through last: UInt64) -> Bool? { isOnly }

    func isPastSlashing(_ key: Address) -> Bool { isPast }

    /// Everything is known of blocks 0 to 20.
    static let whole = Knowledge(
      hashes: Dictionary(uniqueKeysWithValues: (0...20).map { ($0, hash($0)) }), known: 0...20)
  }

  private static func hash(_ number: UInt64) -> Hash256 { Hash256(7, 7, 7, number) }

  private static func origin(_ number: UInt64) -> BlockID { BlockID(number: number, hash: hash(number)) }

  private let reader = StatementReader(l2ChainID: TestimonySamples.chainID, domain: TestimonySamples.domain)

  private func statement(
    _ number: UInt64, origin: BlockID, parent: Hash256 = .zero, salt: UInt64 = 0, key: Hash256 = TestimonySamples.key
  ) throws -> Statement {
    try reader.statement(
      of: TestimonySamples.commitment(number: number, parent: parent, origin: origin, salt: salt, key: key))
  }

  private func doubleSign(_ one: UInt64, _ other: UInt64) throws -> Contradiction {
    try #require(
      Contradiction(
        try statement(5, origin: Self.origin(one), salt: 1), try statement(5, origin: Self.origin(other), salt: 2)))
  }

  @Test("two orders for one height contradict each other; one order, one digest or two keys do not")
  func doubleSigns() throws {
    let one = try statement(5, origin: Self.origin(3), salt: 1)
    let other = try statement(5, origin: Self.origin(3), salt: 2)
    #expect(Contradiction(one, other)?.kind == .doubleSign)
    #expect(Contradiction(one, other) == Contradiction(other, one))
    #expect(Contradiction(one, one) == nil)
    let foreign = try statement(5, origin: Self.origin(3), salt: 2, key: Hash256(9, 9, 9, 9))
    #expect(Contradiction(one, foreign) == nil)
    var sameDigest = other
    sameDigest.digest = one.digest
    #expect(Contradiction(one, sameDigest) == nil)
    var sameOrder = other
    sameOrder.order = one.order
    #expect(Contradiction(one, sameOrder) == nil)
  }

  @Test("a block that does not descend from another is found over any distance, and only over a whole chain")
  func brokenParents() throws {
    let lower = try statement(5, origin: Self.origin(3), salt: 1)
    let orders = [UInt64](5...8).reduce(into: [BlockOrder]()) { orders, number in
      orders.append(
        TestimonySamples.order(
          number: number, parent: orders.last?.commitment ?? .zero, origin: Self.origin(3), salt: 9))
    }
    let upper = try statement(9, origin: Self.origin(3), parent: orders[3].commitment)
    let ancestors = [orders[3], orders[2], orders[1]]
    #expect(Contradiction(lower, upper, ancestors: ancestors)?.kind == .brokenParent)
    #expect(Contradiction(upper, lower, ancestors: ancestors)?.statements == [lower, upper])
    #expect(Contradiction(lower, upper) == nil)
    #expect(Contradiction(lower, upper, ancestors: [orders[3], orders[1]]) == nil)
    #expect(Contradiction(lower, upper, ancestors: ancestors.reversed()) == nil)
    let own = try statement(5, origin: Self.origin(3), salt: 9)
    #expect(own.order == orders[0].commitment)
    #expect(Contradiction(own, upper, ancestors: ancestors) == nil, "it descends from this one")
  }

  @Test("signed fields are held against the preimage of the order, each of them")
  func malformed() throws {
    let order = TestimonySamples.order(number: 5, origin: Self.origin(3))
    let right = SequencerCommitment(order: order, l2ChainID: TestimonySamples.chainID)
    let good = try reader.statement(of: TestimonySamples.sign(right))
    #expect(Contradiction(good, preimage: order) == nil)
    for change in 0..<4 {
      var wrong = right
      switch change {
      case 0: wrong.timestamp += 1
      case 1: wrong.parentOrder = Self.hash(1)
      case 2: wrong.l1Origin = Self.origin(4)
      default: wrong.blockNumber += 1
      }
      let bad = try reader.statement(of: TestimonySamples.sign(wrong))
      let contradiction = try #require(Contradiction(bad, preimage: order))
      #expect(contradiction.judge(by: UnknownFacts()).verdict == .proven)
      var other = order
      other.messagesConsumed += 1
      #expect(Contradiction(bad, preimage: other) == nil, "that is another order's")
    }
  }

  @Test("equal origins prove, whatever is known")
  func equalOrigins() throws {
    let contradiction = try doubleSign(3, 3)
    #expect(contradiction.judge(by: UnknownFacts()).verdict == .proven)
    #expect(!contradiction.judge(by: UnknownFacts()).isAuthorityKnown)
    #expect(contradiction.judge(by: Knowledge.whole).reason == .equalOrigins)
    var orphaned = Knowledge.whole
    orphaned.hashes[3] = Self.hash(99)
    #expect(contradiction.judge(by: orphaned).verdict == .proven)
  }

  @Test("two canonical origins prove where nothing was forced in, and only when all of that is known")
  func canonicalOrigins() throws {
    let contradiction = try doubleSign(3, 7)
    #expect(contradiction.judge(by: Knowledge.whole).reason == .bothCanonical)
    #expect(contradiction.judge(by: UnknownFacts()).verdict == .undetermined)
    // The forced block's origin is its L1 block's parent: one past the higher origin still excuses, the lower does not.
    for forced in [UInt64](0...12) {
      var knowledge = Knowledge.whole
      knowledge.forced = [forced]
      let verdict = contradiction.judge(by: knowledge).verdict
      #expect(verdict == (forced > 3 && forced <= 8 ? .excused : .proven), "forced in L1 block \(forced)")
    }
    for number in [3, 7] as [UInt64] {
      var knowledge = Knowledge.whole
      knowledge.hashes[number] = Self.hash(99)
      #expect(contradiction.judge(by: knowledge).reason == .originOrphaned(Self.origin(number)))
      knowledge.hashes[number] = nil
      #expect(contradiction.judge(by: knowledge).reason == .originUnknown(Self.origin(number)))
    }
    var short = Knowledge.whole
    short.known = 0...7
    #expect(contradiction.judge(by: short).reason == .ruleNotExcluded(from: 4, through: 8))
  }

  @Test("a broken parent is never proven by equal origins alone: a forced block may stand between")
  func brokenParentOrigins() throws {
    let contradiction = try #require(
      Contradiction(
        try statement(5, origin: Self.origin(3), salt: 1),
        try statement(6, origin: Self.origin(3), parent: Self.hash(1))))
    #expect(contradiction.judge(by: UnknownFacts()).verdict == .undetermined)
    #expect(contradiction.judge(by: Knowledge.whole).verdict == .proven)
    var knowledge = Knowledge.whole
    knowledge.forced = [4]
    #expect(contradiction.judge(by: knowledge).reason == .supersededByRule(l1Block: 4))
    knowledge = .whole
    knowledge.hashes[3] = Self.hash(99)
    #expect(contradiction.judge(by: knowledge).reason == .originOrphaned(Self.origin(3)))
  }

  @Test("messages forced in long before may be a block's parent, as long as they may have waited for others' data")
  func waitingForcedInclusions() throws {
    let contradiction = try #require(
      Contradiction(
        try statement(5, origin: Self.origin(9), salt: 1),
        try statement(6, origin: Self.origin(9), parent: Self.hash(1))))
    for (wait, forced, isExcused) in [(4, 5, false), (4, 6, true), (4, 9, true), (9, 1, true), (30, 0, true)]
      as [(UInt64, UInt64, Bool)]
    {
      var knowledge = Knowledge.whole
      (knowledge.wait, knowledge.forced) = (wait, [forced])
      #expect(contradiction.judge(by: knowledge).verdict == (isExcused ? .excused : .proven), "forced in \(forced)")
    }
    var knowledge = Knowledge.whole
    (knowledge.wait, knowledge.forced) = (nil, [1])
    #expect(contradiction.judge(by: knowledge).verdict == .excused, "how long they may wait is not known")
    let twice = try doubleSign(9, 9)
    (knowledge.wait, knowledge.forced) = (20, [8])
    #expect(twice.judge(by: knowledge).verdict == .proven, "one height is the guard's to keep, whatever waited")
  }

  @Test("a block that may extend what another key had stored is no broken parent")
  func keyChanged() throws {
    let contradiction = try #require(
      Contradiction(
        try statement(5, origin: Self.origin(3), salt: 1),
        try statement(6, origin: Self.origin(9), parent: Self.hash(1))))
    var knowledge = Knowledge.whole
    #expect(contradiction.judge(by: knowledge).verdict == .proven)
    knowledge.isOnly = false
    var judgement = contradiction.judge(by: knowledge)
    #expect(judgement.verdict == .excused && judgement.reason == .keyChanged)
    knowledge.isOnly = nil
    judgement = contradiction.judge(by: knowledge)
    #expect(judgement.verdict == .undetermined && judgement.reason == .keyChangeNotExcluded)
    let near = try #require(
      Contradiction(
        try statement(5, origin: Self.origin(9), salt: 1),
        try statement(6, origin: Self.origin(9), parent: Self.hash(1))))
    knowledge.isOnly = false
    #expect(near.judge(by: knowledge).reason == .keyChanged, "one origin of both bounds no stored one")
  }

  @Test("a key is judged by its authority at the origins, and by how long ago that ended")
  func authority() throws {
    let contradiction = try doubleSign(3, 3)
    var knowledge = Knowledge.whole
    knowledge.key = Address(1, 2, 3)
    #expect(contradiction.judge(by: knowledge).verdict == .refused)
    knowledge.key = .zero
    #expect(contradiction.judge(by: knowledge).verdict == .refused)
    knowledge = .whole
    knowledge.isPast = true
    #expect(contradiction.judge(by: knowledge).verdict == .historical)
  }

  @Test("blocks of the OP Stack are proven under one parent and one origin alone; a feed's messages never")
  func otherStacks() throws {
    func block(_ extra: UInt8, parent: UInt64 = 1, origin: UInt64 = 3) throws -> Statement {
      let payload = try TestimonySamples.payload(
        version: 3, parent: Hash256(parent, 1, 1, 1), origin: Self.origin(origin), extra: extra)
      let message = try OPGossip.sign(payload, l2ChainID: TestimonySamples.chainID, privateKey: TestimonySamples.key)
      return try reader.statement(of: .op(message))
    }
    func verdict(_ one: Statement, _ other: Statement, _ facts: Knowledge = .whole) throws -> Judgement.Reason {
      try #require(Contradiction(one, other)).judge(by: facts).reason
    }
    #expect(try verdict(block(1), block(2)) == .equalParents)
    #expect(Judgement.Reason.equalParents.description.contains("good faith"))
    #expect(try verdict(block(1), block(2, parent: 2)) == .ancestorNotExcluded)
    #expect(try verdict(block(1), block(2, origin: 4)) == .ancestorNotExcluded)
    var knowledge = Knowledge.whole
    knowledge.hashes[4] = Self.hash(99)
    #expect(try verdict(block(1), block(2, origin: 4), knowledge) == .originOrphaned(Self.origin(4)))
    var message = try TestimonySamples.message()
    func signed() throws -> Statement {
      let raw = try TestimonySamples.sign(message)
      return try reader.statement(of: .nitro(raw))
    }
    let first = try signed()
    message.l2Message.append(1)
    #expect(try verdict(first, signed()) == .reorgNotExcluded)
  }

  @Test("two orders on one ground are proven whoever judges, and no others are; a height's first such pair is found so")
  func grounds() {
    var random = SeededGenerator()
    func statement() -> Statement {
      let format = SequencerCommitmentObserved.Format.allCases.randomElement(using: &random) ?? .varve
      let (order, parent, height, key) = (
        UInt64.random(in: 0...2, using: &random), UInt64.random(in: 0...1, using: &random),
        UInt64.random(in: 5...6, using: &random), UInt64.random(in: 0...1, using: &random)
      )
      let origin = format == .nitro ? nil : Self.origin(UInt64.random(in: 0...1, using: &random))
      return Statement(
        format: format, signer: Address(key, 0, 0), digest: Hash256(.random(in: 0 ... .max, using: &random), 0, 0, 0),
        height: height, order: Hash256(order, 1, 1, 1), parent: Hash256(parent, 2, 2, 2), origin: origin, timestamp: 0)
    }
    func isInexcusable(_ one: Statement, _ other: Statement) -> Bool {
      Contradiction(one, other)?.judge(by: UnknownFacts()).verdict == .proven
    }
    var found = (pairs: 0, first: 0)
    for _ in 0..<20_000 {
      let (one, other) = (statement(), statement())
      let isOneGround = one.ground != nil && one.ground == other.ground
      #expect(isInexcusable(one, other) == (isOneGround && one.order != other.order), "\(one), \(other)")
      if isOneGround { found.pairs += 1 }
      let kept = (0..<Int.random(in: 0...8, using: &random)).map { _ in statement() }
      let has = kept.indices.contains { index in kept[..<index].contains { isInexcusable($0, kept[index]) } }
      #expect(StatementLimits.hasInexcusable(kept) == has)
      let isFirst = !has && kept.contains { isInexcusable($0, one) }
      #expect(StatementLimits.isFirstInexcusable(one, beside: kept) == isFirst)
      if isFirst { found.first += 1 }
    }
    #expect(found.pairs > 100 && found.first > 100)
  }

  @Test("judgements and statements are read again as they were written")
  func encoding() throws {
    let reasons: [Judgement.Reason] = [
      .equalOrigins, .bothCanonical, .contradictsItself, .originOrphaned(Self.origin(3)), .supersededByRule(l1Block: 4),
      .originUnknown(Self.origin(5)), .ruleNotExcluded(from: 6, through: 7), .reorgNotExcluded, .ancestorNotExcluded,
      .noAuthority(origin: 8, key: Address(1, 2, 3)), .keyChanged, .keyChangeNotExcluded, .equalParents,
    ]
    for (index, reason) in reasons.enumerated() {
      let judgement = Judgement(
        verdict: Verdict.allCases[index % 5], reason: reason, isAuthorityKnown: index.isMultiple(of: 2))
      var writer = RLPWriter()
      judgement.append(to: &writer)
      var reader = RLPReader(writer.bytes.rawSpan)
      let again = try Judgement(&reader)
      #expect(again == judgement)
    }
    let messages: [SignedMessage] = [
      .varve(try TestimonySamples.commitment(number: 5)), .op([1, 2, 3]),
      .nitro(try TestimonySamples.sign(try TestimonySamples.message())),
    ]
    for message in messages {
      var writer = RLPWriter()
      message.append(to: &writer)
      var reader = RLPReader(writer.bytes.rawSpan)
      let again = try SignedMessage(&reader)
      #expect(again == message)
    }
  }
}
