import Primitives
import Rollup

extension Genesis {
  /// Forks by block number, as geth and besu name them. Two names of one fork must agree.
  private static let blockForks: [(key: String, fork: Fork)] = [
    ("homesteadBlock", .homestead), ("eip150Block", .tangerineWhistle), ("eip155Block", .spuriousDragon),
    ("eip158Block", .spuriousDragon), ("byzantiumBlock", .byzantium), ("constantinopleBlock", .constantinople),
    ("petersburgBlock", .petersburg), ("constantinopleFixBlock", .petersburg), ("istanbulBlock", .istanbul),
    ("muirGlacierBlock", .muirGlacier), ("berlinBlock", .berlin), ("londonBlock", .london),
    ("arrowGlacierBlock", .arrowGlacier), ("grayGlacierBlock", .grayGlacier),
  ]

  /// Forks by time.
  private static let timeForks: [(key: String, fork: Fork)] = [
    ("shanghaiTime", .shanghai), ("cancunTime", .cancun), ("pragueTime", .prague), ("osakaTime", .osaka),
    ("bpo1Time", .bpo1), ("bpo2Time", .bpo2), ("bpo3Time", .bpo3), ("bpo4Time", .bpo4), ("bpo5Time", .bpo5),
  ]

  /// Members of `config` that are read besides the forks.
  private static let otherRules: Set<String> = [
    "chainId", "terminalTotalDifficulty", "daoForkBlock", "daoForkSupport", "blobSchedule", "depositContractAddress",
    "withdrawalRequestContractAddress", "consolidationRequestContractAddress", "ethash",
  ]

  /// Members of `config` that say nothing about how a block changes the state.
  private static let withoutEffect: Set<String> = [
    "checkpoint", "comment", "discovery", "eip150Hash", "mergeNetsplitBlock", "preMergeForkBlock",
    "terminalTotalDifficultyPassed",
  ]

  /// Reads `config`. Whatever is not known to be without effect on the rules is refused, not passed over.
  static func forkSchedule(_ config: JSONObject) throws(GenesisError) -> ForkSchedule {
    try refuseUnknownRules(config)
    let activations = try activations(config)
    do {
      return try ForkSchedule(
        activations: activations,
        terminalTotalDifficulty: try config.number("terminalTotalDifficulty"),
        daoFork: try config.integer("daoForkBlock"),
        blobSchedule: try blobSchedule(config, activations: activations),
        depositContract: try config.address("depositContractAddress"))
    } catch let error as ForkScheduleError {
      throw .unsupported(field: "config", reason: error.description)
    } catch let error as GenesisError {
      throw error
    } catch {
      throw .unsupported(field: "config", reason: "\(error)")
    }
  }

  /// The forks of `config`, in their order.
  static func activations(_ config: JSONObject) throws(GenesisError) -> [ForkSchedule.Activation] {
    try activations(config, blockForks) + activations(config, timeForks)
  }

  private static func activations(
    _ config: JSONObject, _ names: [(key: String, fork: Fork)]
  ) throws(GenesisError) -> [ForkSchedule.Activation] {
    var activations = [ForkSchedule.Activation]()
    for (key, fork) in names {
      guard let start = try config.integer(key) else { continue }
      guard let last = activations.last, last.fork == fork else {
        activations.append(ForkSchedule.Activation(fork, at: start))
        continue
      }
      guard last.start == start else {
        throw config.invalid(key, "\(last.start), where the rest of \(fork) begins")
      }
    }
    return activations
  }

  private static func refuseUnknownRules(_ config: JSONObject) throws(GenesisError) {
    let known = Set((blockForks + timeForks).map(\.key)).union(otherRules).union(withoutEffect)
    for key in config.keys where !known.contains(key) {
      throw .unsupported(field: config.name(of: key), reason: "unknown to this program")
    }
    if let ethash = try config.object("ethash"), let key = ethash.keys.first {
      throw .unsupported(field: ethash.name(of: key), reason: "difficulty follows Ethereum's own rule only")
    }
    // Without daoForkSupport, besu takes the fork as made, as on the main network, and geth as not made. Taking it as made
    // is safe: blocks that have not made it lack its mark, so the header rules refuse them.
    if config.value("daoForkBlock") != nil, try config.boolean("daoForkSupport") == false {
      throw .unsupported(field: config.name(of: "daoForkSupport"), reason: "false, the rule of another chain")
    }
    // Without petersburgBlock, geth takes Petersburg to begin with Constantinople and besu takes it never to begin.
    if config.value("constantinopleBlock") != nil, config.value("petersburgBlock") == nil,
      config.value("constantinopleFixBlock") == nil
    {
      throw .missing(field: config.name(of: "petersburgBlock"))
    }
    try refuseOtherSystemContracts(config)
  }

  /// EIP-7002 and EIP-7251 fix these addresses.
  private static let systemContracts: [(key: String, address: Address?)] = [
    ("withdrawalRequestContractAddress", Address(hex: "0x00000961ef480eb55e80d19ad83579a64c007002")),
    ("consolidationRequestContractAddress", Address(hex: "0x0000bbddc7ce488642fb579f8b00f3a590007251")),
  ]

  private static func refuseOtherSystemContracts(_ config: JSONObject) throws(GenesisError) {
    for (key, address) in systemContracts {
      guard let stated = try config.address(key), stated != address else { continue }
      throw .unsupported(field: config.name(of: key), reason: "\(stated), not the address of its EIP")
    }
  }
}
