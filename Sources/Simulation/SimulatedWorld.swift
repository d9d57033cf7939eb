import L1
import Primitives
import Rollup
import Settlement
import Signatures
import StateTransition
import StateTrie

/// Who plays in a simulation, and on which rollup.
enum SimulatedWorld {
  static let guardian = Address(0x67, 0, 1)
  static let proposer = Address(0x70, 0, 2)
  static let challenger = Address(0x63, 0, 3)
  static let liar = Address(0x6c, 0, 4)
  static let griefer = Address(0x72, 0, 5)
  static let user = Address(0x75, 0, 6)

  /// The honest sequencer's.
  static let secret = Hash256(0x73, 0x65, 0x71, 7)

  /// Who must never lose a bond.
  static var honest: [Address] { [proposer, challenger, sequencer] }

  static let sequencer: Address = {
    guard let address = try? Secp256k1.address(of: secret) else { preconditionFailure("the secret is a key") }
    return address
  }()

  static func genesis(seed: UInt64) -> EmbeddedGenesis {
    let accounts = [guardian, proposer, challenger, liar, griefer, user, sequencer]
    let balances = Dictionary(uniqueKeysWithValues: accounts.map { ($0, UInt256(1_000_000_000)) })
    return EmbeddedGenesis(chainID: 900, timestamp: 1000, balances: balances, seed: seed)
  }

  /// Seconds between L1 blocks.
  static let blockTime: UInt64 = 12

  static let challengePeriod: UInt64 = 480
  static let maxClockDuration: UInt64 = 600

  static func configuration(_ genesis: EmbeddedGenesis) -> ChainConfiguration {
    let rollup = RollupConfiguration(
      l1ChainID: genesis.chainID, contract: Address(0x76, 0, 9), genesisOrigin: genesis.header.id,
      guardian: guardian, sequencer: sequencer, batchPoster: sequencer, challengePeriod: challengePeriod,
      maxClockDuration: maxClockDuration, clockExtension: 60, splitDepth: 2, maxDepth: 6, sequencingWindow: 400,
      forceInclusionBlocks: 40, forceInclusionTime: 480, maxDrift: 600, slashingWindow: 1000,
      bonds: BondSchedule(output: 10_000, claim: 100, sequencer: 50_000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: guardian))
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: genesis.timestamp, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 7
    let allocation = [GenesisAccount(address: user, balance: 1_000_000)]
    header.stateRoot = GenesisState.root(of: allocation)
    let forks = Fork.allCases.filter { $0 != .frontier && $0 <= .london }.map { ForkSchedule.Activation($0, at: 0) }
    guard let schedule = try? ForkSchedule(activations: forks, terminalTotalDifficulty: .zero) else {
      preconditionFailure("the forks are in order")
    }
    return ChainConfiguration(
      chainID: 901, forks: schedule, genesisHeader: header, allocation: allocation, rollup: rollup)
  }
}

/// SplitMix64: the same numbers for the same seed on every machine.
package struct SimulationRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Whether something happens that happens `percent` times in a hundred.
  mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }
}
