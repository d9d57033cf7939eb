import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// The names that ethereum/tests gives to rule sets.
private enum Network {
  private static let forks: [String: Fork] = [
    "Frontier": .frontier, "Homestead": .homestead, "Dao": .homestead, "EIP150": .tangerineWhistle,
    "EIP158": .spuriousDragon, "Byzantium": .byzantium, "Constantinople": .constantinople,
    "ConstantinopleFix": .petersburg, "Istanbul": .istanbul, "Berlin": .berlin, "London": .london,
    "ArrowGlacier": .arrowGlacier, "Paris": .paris, "Shanghai": .shanghai, "Cancun": .cancun,
  ]

  /// `Name`, `NameToNameAt5`, `NameToNameAtTime15k` or `NameToNameAtDiffC0000`.
  static func schedule(_ name: String) throws -> ForkSchedule {
    guard let to = name.range(of: "To"), let at = name.range(of: "At") else {
      return try schedule(try fork(name), then: nil, at: 0, ttd: .zero)
    }
    let before = try fork(String(name[..<to.lowerBound]))
    let after = try fork(String(name[to.upperBound..<at.lowerBound]))
    switch name[at.upperBound...] {
    case "5": return try schedule(before, then: after, at: 5, ttd: .zero)
    case "Time15k": return try schedule(before, then: after, at: 15_000, ttd: .zero)
    default: return try schedule(before, then: nil, at: 0, ttd: 0xc0000)
    }
  }

  private static func fork(_ name: String) throws -> Fork {
    try #require(forks[name], "network \(name)")
  }

  private static func schedule(
    _ first: Fork, then second: Fork?, at start: UInt64, ttd: UInt256
  ) throws -> ForkSchedule {
    let last = second ?? first
    let merges = last >= .paris || ttd > .zero
    let activations = Fork.allCases.filter { $0 != .frontier && $0 != .paris && $0 <= last }.map {
      ForkSchedule.Activation($0, at: $0 <= first ? 0 : start)
    }
    return try ForkSchedule(activations: activations, terminalTotalDifficulty: merges ? ttd : nil)
  }
}

/// One block of a suite's case, and what the suite says of it.
private struct SuiteBlock {
  let rlp: [UInt8]

  /// Why it has to be refused, in the words of the suite; nil for a valid block.
  let exception: String?

  init?(_ content: [String: Any]) {
    guard let text = content["rlp"] as? String, let rlp = try? Hex.decode(text) else { return nil }
    self.rlp = rlp
    exception = content.first { $0.key.hasPrefix("expectException") }?.value as? String
  }
}

@Suite("Header rules on ethereum/tests")
struct PublishedHeaderSuiteTests {
  /// Exceptions that headers and their parents' headers suffice to find.
  private static let headerExceptions: Set<String> = [
    "1559BlockImportImpossible_BaseFeeWrong", "1559BlockImportImpossible_HeaderIsLegacy",
    "BlockException.EXTRA_DATA_TOO_BIG", "BlockException.GASLIMIT_TOO_BIG", "BlockException.GAS_USED_OVERFLOW",
    "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS", "BlockException.IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT",
    "BlockException.IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", "BlockException.IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS",
    "BlockException.INVALID_BASEFEE_PER_GAS", "BlockException.INVALID_BLOCK_NUMBER",
    "BlockException.INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT", "BlockException.INVALID_DIFFICULTY",
    "BlockException.INVALID_GASLIMIT", "ExtraDataTooBig", "InvalidDifficulty", "InvalidGasLimit", "InvalidGasLimit2",
    "InvalidNumber", "InvalidTimestampOlderParent", "LegacyBlockImportImpossible2", "PostParisDifficultyIsNot0",
    "PostParisUncleHashIsNotEmpty", "TooMuchGasUsed",
  ]

  private struct Tally {
    var valid = 0
    var refused: [String: Int] = [:]
  }

  @Test(
    "valid blocks pass, and every exception that a header shows is found",
    .enabled(if: Vectors.isExpected("blockchain-tests")))
  func suite() throws {
    guard let suite = try Vectors.directory("blockchain-tests") else { return }
    var tally = Tally()
    for folder in ["tests/BlockchainTests", "legacytests/Cancun/BlockchainTests"] {
      for part in ["InvalidBlocks", "TransitionTests"] {
        let base = "\(suite)/\(folder)/\(part)"
        let files = try FileManager.default.subpathsOfDirectory(atPath: base).sorted()
        for file in files where file.hasSuffix(".json") {
          try run(file: "\(base)/\(file)", &tally)
        }
      }
    }
    #expect(tally.valid == 1122)
    #expect(Set(tally.refused.keys) == Self.headerExceptions)
    #expect(tally.refused.values.reduce(0, +) == 336)
  }

  private func run(file: String, _ tally: inout Tally) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    for (name, body) in cases.sorted(by: { $0.key < $1.key }) {
      let rules = HeaderRules(forks: try Network.schedule(try #require(body["network"] as? String)))
      let encoded = try Hex.decode(try #require(body["genesisRLP"] as? String))
      let genesis = try EthereumBlock(rlp: encoded.rawSpan)
      var known = [genesis.header.hash: genesis.header]
      for block in (body["blocks"] as? [[String: Any]] ?? []).compactMap(SuiteBlock.init) {
        try judge(block, rules, &known, name, &tally)
      }
    }
  }

  private func judge(
    _ block: SuiteBlock, _ rules: HeaderRules, _ known: inout [Hash256: BlockHeader], _ name: String,
    _ tally: inout Tally
  ) throws {
    let decoded: EthereumBlock
    do throws(RLPError) {
      decoded = try EthereumBlock(rlp: block.rlp.rawSpan)
    } catch {
      #expect(block.exception != nil, "\(name): a valid block cannot be read: \(error)")
      return
    }
    let error = violation(in: decoded, rules, known)
    guard let exception = block.exception else {
      #expect(error == nil, "\(name)")
      known[decoded.header.hash] = decoded.header
      tally.valid += 1
      return
    }
    if Self.headerExceptions.contains(exception) {
      #expect(error != nil, "\(name): \(exception) at block \(decoded.header.number) is not found")
      tally.refused[exception, default: 0] += 1
    }
  }

  /// What is wrong with the header, or with one of the uncles' headers, as far as parents are known.
  private func violation(
    in block: EthereumBlock, _ rules: HeaderRules, _ known: [Hash256: BlockHeader]
  ) -> HeaderError? {
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
