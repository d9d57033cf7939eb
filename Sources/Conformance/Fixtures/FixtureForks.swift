import Primitives
import Rollup

/// Forks and transitions by the names that the published suites give them.
struct FixtureForks {
  let schedule: ForkSchedule

  /// Names of forks; Constantinople is the one with EIP-1283.
  static let names: [String: Fork] = [
    "Frontier": .frontier, "Homestead": .homestead, "EIP150": .tangerineWhistle, "EIP158": .spuriousDragon,
    "Byzantium": .byzantium, "Constantinople": .constantinople, "ConstantinopleFix": .petersburg,
    "Istanbul": .istanbul, "MuirGlacier": .muirGlacier, "Berlin": .berlin, "London": .london,
    "ArrowGlacier": .arrowGlacier, "GrayGlacier": .grayGlacier, "Paris": .paris, "Merge": .paris,
    "Shanghai": .shanghai, "Cancun": .cancun, "Prague": .prague, "Osaka": .osaka, "BPO1": .bpo1, "BPO2": .bpo2,
    "BPO3": .bpo3, "BPO4": .bpo4, "BPO5": .bpo5,
  ]

  /// Where deposits are read from: the main network's contract (EIP-6110).
  static let depositContract = Address(0x0000_0000_219a_b540, 0x356c_bb83_9cbe_0530, 0x3d77_05fa)

  /// A network as `network` names it: a fork, or `XToYAt5` (a block), `XToYAtTime15k` (a time), `XToYAtDiffC0000` (a
  /// total difficulty, hexadecimal), `HomesteadToDaoAt5`.
  init(network: String, config: JSON?) throws(FixtureError) {
    let parts = network.split(separator: "To", maxSplits: 1).map(String.init)
    var plan = Plan()
    if let fork = FixtureForks.names[network] {
      plan.begin(with: fork)
    } else if parts.count == 2, let first = FixtureForks.names[parts[0]] {
      plan.begin(with: first)
      try plan.change(to: parts[1])
    } else {
      throw FixtureError("the network \(network) is unknown")
    }
    do {
      schedule = try ForkSchedule(
        activations: plan.activations, terminalTotalDifficulty: plan.terminalTotalDifficulty, daoFork: plan.daoFork,
        blobSchedule: try FixtureForks.blobSchedule(config), depositContract: FixtureForks.depositContract)
    } catch let error as ForkScheduleError {
      throw FixtureError("\(error)")
    } catch let error as FixtureError {
      throw error
    } catch {
      throw FixtureError("\(error)")
    }
  }

  /// 15 of `15k`; nil for a time beyond 64 bits.
  fileprivate static func thousands(_ count: UInt64) -> UInt64? {
    let (time, overflows) = count.multipliedReportingOverflow(by: 1000)
    return overflows ? nil : time
  }

  /// Limits on blobs: those of the fixture, else the main network's.
  private static func blobSchedule(_ config: JSON?) throws(FixtureError) -> [BlobParameters] {
    var schedule: [Fork: BlobParameters] = [:]
    for parameters in standardBlobs { schedule[parameters.fork] = parameters }
    for (name, limits) in config?["blobSchedule"]?.members ?? [] {
      guard let fork = names[name] else { throw FixtureError("the fork \(name) is unknown") }
      schedule[fork] = BlobParameters(
        fork: fork, target: try limits.member("target").integer(), max: try limits.member("max").integer(),
        baseFeeUpdateFraction: try limits.member("baseFeeUpdateFraction").integer())
    }
    return schedule.values.sorted { $0.fork < $1.fork }
  }

  static let standardBlobs: [BlobParameters] = [
    BlobParameters(fork: .cancun, target: 3, max: 6, baseFeeUpdateFraction: 3_338_477),
    BlobParameters(fork: .prague, target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
    BlobParameters(fork: .osaka, target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
    BlobParameters(fork: .bpo1, target: 10, max: 15, baseFeeUpdateFraction: 8_346_193),
    BlobParameters(fork: .bpo2, target: 14, max: 21, baseFeeUpdateFraction: 11_684_671),
    BlobParameters(fork: .bpo3, target: 21, max: 32, baseFeeUpdateFraction: 20_609_697),
    BlobParameters(fork: .bpo4, target: 14, max: 21, baseFeeUpdateFraction: 13_739_630),
  ]
}

/// Activations as they are put together.
private struct Plan {
  var activations: [ForkSchedule.Activation] = []
  var terminalTotalDifficulty: UInt256?
  var daoFork: UInt64?

  /// The fork, and all before it, from the start.
  mutating func begin(with fork: Fork) {
    for earlier in Fork.allCases where earlier > .frontier && earlier <= fork && earlier != .paris {
      activations.append(ForkSchedule.Activation(earlier, at: 0))
    }
    if fork >= .paris { terminalTotalDifficulty = .zero }
  }

  /// `YAt5`, `YAtTime15k`, `YAtDiffC0000`.
  mutating func change(to text: String) throws(FixtureError) {
    guard let place = text.range(ofLast: "At") else { throw FixtureError("no place of change in \(text)") }
    let name = String(text[..<place.lowerBound])
    let start = String(text[place.upperBound...])
    if name == "Dao" {
      guard let number = UInt64(start) else { throw FixtureError("\(start) is no number of a block") }
      daoFork = number
      return
    }
    guard let fork = FixtureForks.names[name] else { throw FixtureError("the fork \(name) is unknown") }
    if start.hasPrefix("Diff") {
      guard let difficulty = UInt256("0x" + start.dropFirst("Diff".count)) else {
        throw FixtureError("\(start) is no total difficulty, Diff and hexadecimal digits")
      }
      terminalTotalDifficulty = difficulty
      return
    }
    let isTime = start.hasPrefix("Time")
    let digits = isTime ? String(start.dropFirst("Time".count)) : start
    let value = digits.hasSuffix("k") ? UInt64(digits.dropLast()).flatMap(FixtureForks.thousands) : UInt64(digits)
    guard let value else { throw FixtureError("\(start) is no place of change") }
    let begun = activations.last?.fork ?? .frontier
    for later in Fork.allCases where later > begun && later <= fork && later != .paris {
      activations.append(ForkSchedule.Activation(later, at: value))
    }
  }
}

extension String {
  fileprivate func range(ofLast part: String) -> Range<String.Index>? {
    var found: Range<String.Index>?
    var start = startIndex
    while let next = self[start...].firstRange(of: part) {
      found = next
      start = next.upperBound
    }
    return found
  }
}
