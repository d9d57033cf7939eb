import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// Blocks of a published chain or suite in the order given, each held against its parent.
private struct Chain {
  let rules: HeaderRules
  var known: [Hash256: BlockHeader] = [:]

  init(forks: ForkSchedule) {
    rules = HeaderRules(forks: forks)
  }

  mutating func add(_ header: BlockHeader) {
    known[header.hash] = header
  }

  /// What is wrong with the header, or with one of the uncles, as far as parents are known.
  func violation(in block: EthereumBlock) -> HeaderError? {
    for header in [block.header] + block.uncles {
      guard let parent = known[header.parentHash] else { continue }
      do throws(HeaderError) {
        try rules.validate(header, parent: parent, parentHash: header.parentHash)
      } catch {
        return error
      }
    }
    return nil
  }
}

@Suite("Header rules on published chains")
struct PublishedHeaderTests {
  private static func schedule(
    _ starts: KeyValuePairs<Fork, UInt64>, ttd: UInt256? = nil
  ) throws -> ForkSchedule {
    try ForkSchedule(
      activations: starts.map { .init($0.key, at: $0.value) }, terminalTotalDifficulty: ttd)
  }

  /// Runs a chain file and returns how many headers have been held against their parent.
  private func run(_ path: String, _ forks: ForkSchedule) throws -> Int {
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var reader = RLPReader(file.rawSpan)
    var chain = Chain(forks: forks)
    var count = 0
    while !reader.isAtEnd {
      let block = try EthereumBlock(rlp: try reader.readRawItem())
      if chain.known[block.header.parentHash] != nil { count += 1 }
      #expect(chain.violation(in: block) == nil)
      chain.add(block.header)
    }
    return count
  }

  @Test("mainnet's first 5,000 headers and their uncles", .enabled(if: Vectors.isExpected("mainnet-genesis-era")))
  func mainnet() throws {
    guard let suite = try Vectors.directory("mainnet-genesis-era") else { return }
    #expect(try run("\(suite)/mainnet-0-4999.blocks.rlp", Self.schedule([:])) == 4999)
  }

  @Test("hive's and geth's chains, Byzantium and London to Prague", .enabled(if: Vectors.isExpected("chains")))
  func chains() throws {
    guard let suite = try Vectors.directory("chains") else { return }
    let hive = try Self.schedule([.homestead: 0, .tangerineWhistle: 0, .spuriousDragon: 0, .byzantium: 0])
    #expect(try run("\(suite)/hive-devp2p/halfchain.rlp", hive) == 998)
    let geth = try Self.schedule(
      [.berlin: 0, .london: 0, .arrowGlacier: 0, .grayGlacier: 0, .shanghai: 0, .cancun: 60, .prague: 120],
      ttd: 131_072)
    #expect(try run("\(suite)/geth-ethtest/chain.rlp", geth) == 599)
  }

  @Test("a chain through every fork from Homestead to BPO2", .enabled(if: Vectors.isExpected("execution-apis")))
  func everyFork() throws {
    guard let suite = try Vectors.directory("execution-apis") else { return }
    let forks = try Self.schedule(
      [
        .homestead: 0, .tangerineWhistle: 3, .spuriousDragon: 6, .byzantium: 9, .constantinople: 12, .petersburg: 15,
        .istanbul: 18, .muirGlacier: 21, .berlin: 24, .london: 27, .arrowGlacier: 30, .grayGlacier: 33,
        .shanghai: 390, .cancun: 420, .prague: 450, .osaka: 480, .bpo1: 510, .bpo2: 540,
      ], ttd: 4_732_352)
    #expect(try run("\(suite)/tests/chain.rlp", forks) == 53)
  }
}
