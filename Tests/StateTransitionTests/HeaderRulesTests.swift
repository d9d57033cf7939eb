import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

@Suite("Header rules")
struct HeaderRulesTests {
  /// A header of no content, 10 s after nothing.
  private static func header(_ change: (inout BlockHeader) -> Void = { _ in }) -> BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty, difficulty: 1_000_000, number: 7,
      gasLimit: 1_024_000, gasUsed: 512_000, timestamp: 1000, extraData: [], mixHash: .zero, nonce: 0)
    change(&header)
    return header
  }

  /// The next header under the rules, with nothing used.
  private static func child(
    of parent: BlockHeader, _ rules: HeaderRules, _ change: (inout BlockHeader) -> Void = { _ in }
  ) -> BlockHeader {
    var child = parent
    child.parentHash = parent.hash
    child.number += 1
    child.timestamp += 10
    let rule = DifficultyRule(of: rules.forks.fork(of: child))
    child.difficulty = rule.difficulty(number: child.number, timestamp: child.timestamp, parent: parent)
    change(&child)
    return child
  }

  private static func rules(_ forks: Fork..., ttd: UInt256? = nil) throws -> HeaderRules {
    HeaderRules(
      forks: try ForkSchedule(activations: forks.map { .init($0, at: 0) }, terminalTotalDifficulty: ttd))
  }

  private func violation(
    _ rules: HeaderRules, _ header: BlockHeader, _ parent: BlockHeader
  ) -> HeaderError.Violation? {
    do throws(HeaderError) {
      try rules.validate(header, parent: parent, parentHash: parent.hash)
      return nil
    } catch {
      #expect(error.block == header.number)
      #expect(error.description.hasPrefix("block \(header.number): "))
      return error.violation
    }
  }

  @Test("every field that the parent fixes is held against it, and named with both values")
  func eachField() throws {
    let rules = try Self.rules(.homestead)
    let parent = Self.header()
    #expect(violation(rules, Self.child(of: parent, rules), parent) == nil)
    let right = Self.child(of: parent, rules)
    let cases: [((inout BlockHeader) -> Void, HeaderError.Violation)] = [
      ({ $0.parentHash = .zero }, .parentHash(claimed: .zero, expected: parent.hash)),
      ({ $0.number = 9 }, .number(claimed: 9, expected: 8)),
      ({ $0.timestamp = 1000 }, .timestamp(claimed: 1000, parent: 1000)),
      ({ $0.extraData = [UInt8](repeating: 0, count: 33) }, .extraData(byteCount: 33)),
      ({ $0.gasLimit += 1000 }, .gasLimit(claimed: 1_025_000, allowed: 1_023_001...1_024_999)),
      ({ $0.gasLimit -= 1000 }, .gasLimit(claimed: 1_023_000, allowed: 1_023_001...1_024_999)),
      ({ $0.gasUsed = $0.gasLimit + 1 }, .gasUsed(claimed: 1_024_001, gasLimit: 1_024_000)),
      ({ $0.difficulty = 5 }, .difficulty(claimed: 5, expected: right.difficulty)),
      ({ $0.baseFeePerGas = 7 }, .fields(claimed: .london, fork: .homestead)),
    ]
    for (change, expected) in cases {
      #expect(violation(rules, Self.child(of: parent, rules, change), parent) == expected)
    }
    for change: (inout BlockHeader) -> Void in [
      { $0.gasLimit += 999 }, { $0.gasLimit -= 999 }, { $0.extraData = [UInt8](repeating: 0, count: 32) },
      { $0.gasUsed = $0.gasLimit },
    ] {
      #expect(violation(rules, Self.child(of: parent, rules, change), parent) == nil)
    }
  }

  @Test("a gas limit stays from 5,000 to 2⁶³ − 1, and after a limit below 1,024 nothing is right")
  func gasLimitBounds() throws {
    let rules = try Self.rules(.homestead)
    func allowed(after limit: UInt64) -> HeaderError.Violation? {
      let parent = Self.header { $0.gasLimit = limit }
      return violation(rules, Self.child(of: parent, rules) { $0.gasLimit = 0 }, parent)
    }
    #expect(allowed(after: 5001) == .gasLimit(claimed: 0, allowed: 5000...5004))
    #expect(allowed(after: 1023) == .gasLimit(claimed: 0, allowed: nil))
    #expect(allowed(after: 2048) == .gasLimit(claimed: 0, allowed: nil))
    let greatest = UInt64(Int64.max)
    #expect(allowed(after: greatest) == .gasLimit(claimed: 0, allowed: greatest - (greatest / 1024 - 1)...greatest))
    #expect(allowed(after: .max) == .gasLimit(claimed: 0, allowed: nil))
  }

  @Test("the base fee follows the gas used by the parent, as in the examples computed from EIP-1559")
  func baseFee() {
    let cases: [(fee: UInt256, used: UInt64, expected: UInt256)] = [
      (1_000_000_000, 512_000, 1_000_000_000), (1_000_000_000, 1_024_000, 1_125_000_000),
      (1_000_000_000, 0, 875_000_000), (1_000_000_000, 512_001, 1_000_000_244), (7, 512_001, 8), (7, 511_999, 7),
      (0, 1_024_000, 1), (0, 0, 0), (.max, 1_024_000, .max),
    ]
    for (fee, used, expected) in cases {
      let parent = Self.header {
        $0.baseFeePerGas = fee
        $0.gasUsed = used
      }
      #expect(HeaderRules.baseFeePerGas(after: parent) == expected, "\(fee), \(used)")
    }
    #expect(HeaderRules.baseFeePerGas(after: Self.header()) == 1_000_000_000)
  }

  @Test("difficulties of every fork, at both ends of its bomb, computed from the yellow paper with unbounded integers")
  func difficulties() {
    typealias Row = (fork: Fork, number: UInt64, gap: UInt64, parent: UInt64, uncles: Bool, expected: UInt64)
    let rows: [Row] = [
      (.frontier, 1, 12, 131072, false, 131136),
      (.frontier, 199999, 13, 1_000_000_000_000, false, 999_511_718_750),
      (.frontier, 200000, 12, 1_000_000_000_000, false, 1_000_488_281_251),
      (.frontier, 1_149_999, 13, 20_000_000_000_007, false, 19_990_234_375_519),
      (.homestead, 1_150_000, 9, 20_000_000_000_007, false, 20_009_765_625_519),
      (.homestead, 1_150_000, 10, 20_000_000_000_007, false, 20_000_000_000_519),
      (.homestead, 1_500_000, 1000, 20_000_000_000_007, false, 19_033_203_133_199),
      (.homestead, 3, 5000, 131073, false, 131072),
      (.spuriousDragon, 4_369_999, 25, 3_000_000_000_000_011, true, 3_000_734_179_505_563),
      (.byzantium, 4_370_000, 8, 3_000_000_000_000_011, false, 3_001_464_843_752_059),
      (.byzantium, 4_370_000, 8, 3_000_000_000_000_011, true, 3_002_929_687_502_059),
      (.byzantium, 3_000_001, 9, 150000, true, 150073),
      (.byzantium, 7_200_000, 18, 3_000_000_000_000_011, true, 3_001_099_511_627_787),
      (.constantinople, 7_280_000, 30, 2_500_000_000_000_000, false, 2_497_558_594_798_576),
      (.istanbul, 9_199_999, 2, 2_500_000_000_000_000, true, 2_502_991_162_063_888),
      (.muirGlacier, 9_200_000, 13, 2_500_000_000_000_000, true, 2_501_220_703_125_001),
      (.berlin, 12_244_000, 5, 7_500_000_000_000_000, false, 7_503_663_183_116_824),
      (.london, 12_965_000, 5, 7_500_000_000_000_000, false, 7_503_663_183_116_824),
      (.arrowGlacier, 13_773_000, 99, 11_000_000_000_000_000, true, 10_951_660_424_685_456),
      (.grayGlacier, 15_050_000, 4, 12_000_000_000_000_000, false, 12_005_876_554_869_184),
      (.grayGlacier, 15_537_393, 2000, 12_000_000_000_000_000, true, 11_420_471_630_813_888),
      (.paris, 15_537_394, 12, 12_000_000_000_000_000, false, 0),
    ]
    for row in rows {
      let parent = Self.header {
        $0.difficulty = UInt256(row.parent)
        $0.ommersHash = row.uncles ? .zero : HeaderRules.noOmmersHash
      }
      let rule = DifficultyRule(of: row.fork)
      let difficulty = rule.difficulty(number: row.number, timestamp: parent.timestamp + row.gap, parent: parent)
      #expect(difficulty == UInt256(row.expected), "\(row)")
    }
  }

  @Test("absurd claims give a verdict, not a trap")
  func absurd() throws {
    let rules = try Self.rules(.london)
    let parent = Self.header {
      $0.number = .max
      $0.difficulty = .max
      $0.gasLimit = .max
      $0.gasUsed = .max
      $0.baseFeePerGas = .max
    }
    let child = Self.header { $0.baseFeePerGas = .zero }
    #expect(throws: HeaderError.self) { try rules.validate(child, parent: parent, parentHash: .zero) }
    for fork in Fork.allCases {
      let rule = DifficultyRule(of: fork)
      let far = rule.difficulty(number: .max, timestamp: .max, parent: parent)
      #expect(far == (fork >= .paris ? .zero : .max))
      #expect(rule.difficulty(number: 1, timestamp: .max, parent: Self.header()) < 1_000_000)
    }
  }

  @Test("blob gas that an unchecked parent claims is worked out in full width, up to the greatest limits")
  func absurdBlobs() throws {
    let greatest = BlobParameters.greatestMax
    for (target, max, expected) in [
      (6, 9, 6_148_914_691_236_517_205), (greatest, greatest, 0), (0, greatest, .max), (0, 0, .max),
    ] as [(UInt64, UInt64, UInt64)] {
      let limits = BlobParameters(fork: .osaka, target: target, max: max, baseFeeUpdateFraction: 5_007_716)
      let rules = HeaderRules(
        forks: try ForkSchedule(
          activations: [.init(.osaka, at: 0)], terminalTotalDifficulty: 0, blobSchedule: [limits]))
      let parent = Self.header {
        $0.difficulty = .zero
        $0.baseFeePerGas = 1_000_000_000
        $0.withdrawalsRoot = .zero
        $0.blobGasUsed = .max
        $0.excessBlobGas = 0
        $0.parentBeaconBlockRoot = .zero
        $0.requestsHash = .zero
      }
      let child = Self.child(of: parent, rules) {
        $0.blobGasUsed = 0
        $0.excessBlobGas = 5
      }
      #expect(violation(rules, child, parent) == .excessBlobGas(claimed: 5, expected: expected), "\(max)")
    }
  }

  @Test("after the merge there is no difficulty, no nonce, no uncle, and no way back")
  func merge() throws {
    let rules = try Self.rules(.london, ttd: 5_000_000)
    let work = Self.header { $0.baseFeePerGas = 7 }
    func stake(_ change: (inout BlockHeader) -> Void = { _ in }) -> BlockHeader {
      Self.child(of: work, rules) {
        $0.difficulty = .zero
        change(&$0)
      }
    }
    #expect(violation(rules, stake(), work) == nil)
    #expect(violation(rules, stake { $0.nonce = 3 }, work) == .nonce(claimed: 3))
    #expect(
      violation(rules, stake { $0.ommersHash = .zero }, work)
        == .ommersHash(claimed: .zero, expected: HeaderRules.noOmmersHash))
    let back = Self.child(of: stake(), rules) { $0.difficulty = 131_072 }
    #expect(violation(rules, back, stake()) == .difficulty(claimed: 131_072, expected: .zero))
  }
}
