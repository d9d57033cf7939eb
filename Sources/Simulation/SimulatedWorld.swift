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
  static let poster = Address(0x62, 0, 6)

  /// The liar's second account, another honest challenger, and who tells the contract of two signatures.
  static let accomplice = Address(0x61, 0, 7)
  static let reliever = Address(0x63, 0, 8)
  static let watcher = Address(0x77, 0, 10)

  /// The honest sequencer's keys: the guardian changes from one to another. The last may be in other hands too.
  static let keys: [SimulatedKey] = (0..<3).map { SimulatedKey(secret: Hash256(0x73, 0x65, 0x71, 7 + $0)) }

  /// Somebody who has something on L2.
  static let user = SimulatedKey(secret: Hash256(0x75, 0x73, 0x65, 7))

  /// Who must never lose a bond.
  static let honest: Set<Address> = [proposer, challenger, reliever]

  /// The accounts of whoever lies.
  static let liars: Set<Address> = [liar, accomplice]

  /// What everybody begins with, in wei.
  static let wealth = UInt256(1_000_000_000)

  static func genesis(seed: UInt64) -> EmbeddedGenesis {
    let people = [
      guardian, proposer, challenger, reliever, liar, accomplice, griefer, poster, watcher, user.address,
    ]
    let balances = Dictionary(uniqueKeysWithValues: (people + keys.map(\.address)).map { ($0, wealth) })
    return EmbeddedGenesis(chainID: 900, timestamp: 1000, balances: balances, seed: seed)
  }

  /// Seconds between L1 blocks.
  static let blockTime: UInt64 = 12

  /// L1 blocks in which an honest answer is on L1, whatever keeps it: the node is killed and starts again two steps later,
  /// its message is lost and sent again after two, and the next one is late by two.
  static let patience: UInt64 = 8

  /// In seconds. A reorganisation may have a claim on L1 five blocks before anybody sees it.
  static let challengePeriod: UInt64 = 16 * blockTime

  /// In seconds. What an honest answer builds on may have used up all of its side's time but the extension, if it was not
  /// an honest party's: so the extension is as long as an honest party may take.
  static let maxClockDuration: UInt64 = 16 * blockTime
  static let clockExtension: UInt64 = patience * blockTime

  /// In seconds, at most: each of six claims is made when its side's time is all but over. Both sides then have their
  /// clocks and two extensions, and one of them another because the last clock has two left.
  static let longestGame: UInt64 = 2 * maxClockDuration + 5 * clockExtension

  static func configuration(_ genesis: EmbeddedGenesis) -> ChainConfiguration {
    let rollup = RollupConfiguration(
      l1ChainID: genesis.chainID, contract: Address(0x76, 0, 9), genesisOrigin: genesis.header.id,
      guardian: guardian, sequencer: keys[0].address, batchPoster: poster, challengePeriod: challengePeriod,
      maxClockDuration: maxClockDuration, clockExtension: clockExtension, splitDepth: 2, maxDepth: 6,
      sequencingWindow: 8, forceInclusionBlocks: 10, forceInclusionTime: 10 * blockTime, maxDrift: 600,
      slashingWindow: 1000, bonds: BondSchedule(output: 10_000, claim: 100, sequencer: 50_000),
      gasLimit: 30_000_000, fees: FeeParameters(feeRecipient: guardian))
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: genesis.timestamp, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 7
    let allocation = [GenesisAccount(address: user.address, balance: 1_000_000_000_000_000_000)]
    header.stateRoot = GenesisState.root(of: allocation)
    let forks = Fork.allCases.filter { $0 != .frontier && $0 <= .london }.map { ForkSchedule.Activation($0, at: 0) }
    guard let schedule = try? ForkSchedule(activations: forks, terminalTotalDifficulty: .zero) else {
      preconditionFailure("the forks are in order")
    }
    return ChainConfiguration(
      chainID: 901, forks: schedule, genesisHeader: header, allocation: allocation, rollup: rollup)
  }
}

/// A secret, and the account that it is of.
struct SimulatedKey: Hashable {
  let secret: Hash256
  let address: Address

  init(secret: Hash256) {
    guard let address = try? Secp256k1.address(of: secret) else { preconditionFailure("the secret is a key") }
    self.secret = secret
    self.address = address
  }

  /// The signature over a commitment, for posting it and for whoever listens.
  func sign(_ commitment: SequencerCommitment, _ domain: CommitmentDomain) -> SignedCommitment {
    guard let signature = try? Secp256k1.sign(commitment.digest(in: domain), privateKey: secret) else {
      preconditionFailure("a key can sign")
    }
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }
}
