// How much of one key's words about one height is kept, whatever is sent.

import Primitives
import Rollup
import TestSupport
import Testing

@testable import Testimony

@Suite("Statement limits")
struct StatementLimitsTests {
  /// Who fills a height with what one L1 lets in: origins become known, and never leave.
  private struct Sender {
    var random: SeededGenerator
    let orders: UInt64
    var known: [UInt64: Bool] = [:]

    init(seed: UInt64) {
      random = SeededGenerator(seed: seed)
      orders = UInt64.random(in: 1...100, using: &random)
    }

    func isCanonical(_ origin: BlockID) -> Bool? { known[origin.number] }

    /// A statement of an order, which is its own where it has no salt.
    mutating func next() -> (statement: Statement, isOwn: Bool) {
      if Int.random(in: 0..<50, using: &random) == 0 { known[UInt64(known.count)] = .random(using: &random) }
      let order = UInt64.random(in: 0..<orders, using: &random)
      let (salt, number) = (UInt64.random(in: 0...3, using: &random), UInt64.random(in: 0..<24, using: &random))
      // An own commitment has the origin of its order.
      let origin = BlockID(number: salt == 0 ? order % 24 : number, hash: Hash256(1, 1, 1, 1))
      let digest = Hash256(order, salt, salt == 0 ? 0 : number, 7)
      let statement = Statement(
        format: .varve, signer: Address(1, 0, 0), digest: digest, height: 5, order: Hash256(order, 1, 1, 1),
        parent: Hash256(order, 2, 2, 2), origin: origin, timestamp: 0)
      return (statement, salt == 0)
    }
  }

  @Test("what L1 takes over by and by, and is said of once more each, comes to no more")
  func takenOver() {
    let limits = StatementLimits()
    var (kept, known): ([Statement], [UInt64: Bool]) = ([], [:])
    func say(_ order: UInt64, _ salt: UInt64, origin: UInt64) {
      let statement = Statement(
        format: .varve, signer: Address(1, 0, 0), digest: Hash256(order, salt, 0, 7), height: 5,
        order: Hash256(order, 1, 1, 1), parent: Hash256(order, 2, 2, 2),
        origin: BlockID(number: origin, hash: Hash256(1, 1, 1, 1)), timestamp: 0)
      if limits.keeps(statement, isOwn: salt == 0, beside: kept, isCanonical: { known[$0.number] }) {
        kept.append(statement)
      }
    }
    for origin in 0..<9 as Range<UInt64> {
      for order in 0..<8 as Range<UInt64> { say(order + 8 * origin, 1, origin: origin) }
      known[origin] = true
    }
    #expect(kept.count == limits.total)
    for salt in [0, 2] as [UInt64] { for order in 0..<72 as Range<UInt64> { say(order, salt, origin: order / 8) } }
    #expect(kept.count == limits.total, "L1 has all of them: that is more than what it may have of one L1")
  }

  @Test("of one L1 no more is kept than all of it has room for, whatever is sent, and an order's own is kept beside it")
  func bounded() {
    let limits = StatementLimits()
    let ofOneL1 = limits.orders * (limits.perOrder + 1)
    let first = SeededGenerator().seed
    var (fullest, own) = (0, 0)
    for round in 0..<40 as Range<UInt64> {
      let seed = first &+ round
      var sender = Sender(seed: seed)
      var kept: [Statement] = []
      for _ in 0..<3000 {
        let (statement, isOwn) = sender.next()
        let isCanonical = statement.origin.flatMap(sender.isCanonical)
        let group = kept.filter { $0.origin.flatMap(sender.isCanonical) == isCanonical }
        let isKept = limits.keeps(statement, isOwn: isOwn, beside: kept, isCanonical: sender.isCanonical)
        let isKnown = kept.contains { $0.order == statement.order }
        if isOwn, isCanonical == true, isKnown, group.count < ofOneL1,
          !kept.contains(where: { $0.digest == statement.digest })
        {
          #expect(isKept, "seed \(seed)")
          own += 1
        }
        if isKept { kept.append(statement) }
      }
      // And once the two that nothing excuses.
      #expect(kept.count <= limits.total + ofOneL1 + 1, "seed \(seed)")
      #expect(Set(kept.map(\.digest)).count == kept.count)
      fullest = max(fullest, kept.count)
    }
    #expect(fullest > limits.total / 2 && own > 10, "\(fullest), \(own)")
  }
}
