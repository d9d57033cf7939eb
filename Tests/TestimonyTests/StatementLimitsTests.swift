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

  @Test("of one L1 no more is kept than all of it has room for, whatever is sent, and an order's own is kept beside it")
  func bounded() {
    let limits = StatementLimits()
    let ofOneL1 = limits.orders * (limits.perOrder + 1)
    let first = SeededGenerator().seed
    var (fullest, own) = (0, 0)
    for round in 0..<200 as Range<UInt64> {
      let seed = first &+ round
      var sender = Sender(seed: seed)
      var kept: [Statement] = []
      for _ in 0..<3000 {
        let (statement, isOwn) = sender.next()
        let isCanonical = statement.origin.flatMap(sender.isCanonical)
        let known = kept.filter {
          $0.order == statement.order && $0.origin.flatMap(sender.isCanonical) == isCanonical && $0 != statement
        }
        let isKept = limits.keeps(statement, isOwn: isOwn, beside: kept, isCanonical: sender.isCanonical)
        if isOwn, isCanonical == true, !known.isEmpty, !kept.contains(where: { $0.digest == statement.digest }) {
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
    #expect(fullest > limits.total && own > 100, "\(fullest), \(own)")
  }
}
