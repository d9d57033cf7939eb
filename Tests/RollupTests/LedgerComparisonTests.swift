import Hashing
import Primitives
import Rollup
import TestSupport
import Testing

/// A ledger of nothing but facts.
private struct Ledger: ComparableLedger {
  struct Block {
    var hash: Hash256
    var facts: [LedgerFact]
  }

  var blocks: [Block] = []
  var first: UInt64 = 0
  var final: UInt64?
  var revoked: Set<BlockID> = []

  /// How often an accumulator was looked up.
  final class Count { var lookups = 0 }
  let count = Count()

  /// Blocks of random facts, each of which binds the one before.
  static func random(_ length: Int, _ random: inout SeededGenerator) -> Ledger {
    var ledger = Ledger()
    for _ in 0..<length { ledger.append(salt: random.next(), facts: Int(random.next() % 4)) }
    return ledger
  }

  mutating func append(salt: UInt64, facts: Int = 1) {
    let before = blocks.last?.hash ?? .zero
    let hash = Keccak256.hash(before.bytes + Hash256(UInt256(salt)).bytes)
    let kinds: [EventKind] = [.l1BlockAppended] + Array(repeating: .bondDeposited, count: facts)
    let position = UInt64(blocks.reduce(0) { $0 + $1.facts.count })
    blocks.append(
      Block(
        hash: hash,
        facts: kinds.enumerated().map { index, kind in
          LedgerFact(
            position: Position(position + UInt64(index)), kind: kind,
            payloadHash: Keccak256.hash(hash.bytes + [UInt8(index)]))
        }))
  }

  func l1Blocks() -> ClosedRange<UInt64>? { blocks.isEmpty ? nil : first...first + UInt64(blocks.count - 1) }

  func finalizedL1Block() -> BlockID? { final.map { BlockID(number: $0, hash: blocks[Int($0 - first)].hash) } }

  func canonicalAcc(afterL1Block number: UInt64) -> Hash256 {
    count.lookups += 1
    var value = Hash256.zero
    for block in blocks[...Int(number - first)] {
      var accumulator = CanonicalAccumulator(before: value)
      for fact in block.facts { accumulator.add(fact.kind, fact.payloadHash.bytes.rawSpan) }
      value = accumulator.value(blockHash: block.hash)
    }
    return value
  }

  func facts(ofL1Block number: UInt64) -> (hash: Hash256, facts: [LedgerFact]) {
    (blocks[Int(number - first)].hash, blocks[Int(number - first)].facts)
  }

  func hasRevoked(_ id: BlockID) -> Bool { revoked.contains(id) }
}

@Suite("Comparison of ledgers")
struct LedgerComparisonTests {
  private func difference(_ first: Ledger, _ second: Ledger) -> LedgerDifference? {
    if case .different(let difference) = LedgerComparison(of: first, with: second) { difference } else { nil }
  }

  @Test("ledgers of one L1 are equal up to the newest block that both have, wherever their records stand")
  func equal() {
    var random = SeededGenerator()
    var long = Ledger.random(40, &random)
    var short = long
    short.blocks.removeLast(13)
    for index in short.blocks.indices {
      for fact in short.blocks[index].facts.indices { short.blocks[index].facts[fact].position = Position(7) }
    }
    // How a node knows that its block is whole is its own affair.
    long.blocks[3].facts[0].payloadHash = .zero
    let expected = LedgerComparison.equal(through: BlockID(number: 26, hash: long.blocks[26].hash))
    #expect(LedgerComparison(of: long, with: short) == expected, "seed \(random.seed)")
    #expect(LedgerComparison(of: short, with: long) == expected, "seed \(random.seed)")
  }

  @Test("the first L1 block that is not the same is found, with a number of lookups that grows as the logarithm")
  func firstDifference() {
    var random = SeededGenerator()
    for length in [1, 2, 3, 7, 64, 100] {
      for changed in 0..<length {
        let first = Ledger.random(length, &random)
        var second = first
        let fact = Int(random.next() % UInt64(first.blocks[changed].facts.count + 1))
        var expected: (LedgerFact?, LedgerFact?)
        if fact > 0, fact < first.blocks[changed].facts.count {
          second.blocks[changed].facts[fact].payloadHash = Hash256(1, 2, 3, 4)
          expected = (first.blocks[changed].facts[fact], second.blocks[changed].facts[fact])
        } else {
          let more = LedgerFact(position: Position(9), kind: .paused, payloadHash: .zero)
          second.blocks[changed].facts.append(more)
          expected = (nil, more)
        }
        let found = difference(first, second)
        #expect(found?.l1Block == UInt64(changed), "seed \(random.seed) length \(length)")
        #expect(found?.lastCommon == (changed == 0 ? nil : UInt64(changed - 1)))
        #expect(found?.reason == .otherFacts && found?.isReconcilable == false)
        #expect(found?.first == expected.0 && found?.second == expected.1)
        // Of both together, as the second is a copy of the first.
        #expect(first.count.lookups <= 2 * (2 + Int.bitWidth - length.leadingZeroBitCount), "length \(length)")
      }
    }
  }

  @Test("two branches are a reorganisation that one side has not seen, unless both hold theirs to be final")
  func branches() {
    var random = SeededGenerator()
    var first = Ledger.random(10, &random)
    var second = first
    for salt in 0..<4 as Range<UInt64> {
      first.append(salt: salt)
      second.append(salt: salt + 100)
    }
    #expect(difference(first, second)?.reason == .reorganisation(unseenBy: nil))
    #expect(difference(first, second)?.l1Block == 10 && difference(first, second)?.isReconcilable == true)
    #expect(difference(first, second)?.first?.kind == .l1BlockAppended)

    // The second has seen the first's block, and left it.
    second.revoked = [BlockID(number: 10, hash: first.blocks[10].hash)]
    #expect(difference(first, second)?.reason == .reorganisation(unseenBy: .first))
    #expect(difference(second, first)?.reason == .reorganisation(unseenBy: .second))

    first.final = 9
    second.final = 11
    #expect(difference(first, second)?.reason == .reorganisation(unseenBy: .first))
    first.final = 10
    #expect(difference(first, second)?.reason == .twoFinalBlocks)
    #expect(difference(first, second)?.isReconcilable == false)
    second.final = nil
    #expect(difference(first, second)?.reason == .reorganisation(unseenBy: .second))
  }

  @Test("ledgers without a common L1 block have nothing in common")
  func apart() {
    var random = SeededGenerator()
    let first = Ledger.random(4, &random)
    var second = first
    second.first = 4
    #expect(LedgerComparison(of: first, with: second) == .nothingInCommon)
    #expect(LedgerComparison(of: first, with: Ledger()) == .nothingInCommon)
  }
}
