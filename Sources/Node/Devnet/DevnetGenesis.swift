import Hashing
package import L1
package import Primitives
package import Rollup
import Settlement
import Signatures
import StateTransition
import StateTrie

/// Who takes part in a devnet. Keys follow from names, so that they are the same everywhere, and worth nothing.
package enum DevnetParty: String, CaseIterable, Sendable {
  case guardian, sequencer, poster, proposer, challenger, secondChallenger, liar, user, friend, nextSequencer,
    feeRecipient

  package var privateKey: Hash256 { Keccak256.hash([UInt8]("Varve devnet \(rawValue)".utf8)) }

  package var address: Address {
    guard let address = try? Secp256k1.address(of: privateKey) else { preconditionFailure("a hash is a key") }
    return address
  }

  /// The party with this address; nil when it is nobody's.
  package init?(address: Address) {
    guard let party = DevnetParty.allCases.first(where: { $0.address == address }) else { return nil }
    self = party
  }

  /// A signed transfer of a million wei to the friend, on L2.
  package func transfer(nonce: UInt64) -> [UInt8] {
    let draft = Transaction(
      nonce: nonce, gasPrice: 2_000_000_000, gasLimit: 21_000, to: DevnetParty.friend.address, value: 1_000_000)
    return (try? draft.signed(by: privateKey, chainID: DevnetGenesis.l2ChainID).encode()) ?? []
  }
}

/// A rollup and its L1, as they begin: the same to the byte every time.
package enum DevnetGenesis {
  package static let l1ChainID: UInt64 = 900
  package static let l2ChainID: UInt64 = 901
  package static let startTime: UInt64 = 1_700_000_000

  /// Seconds between L1 blocks.
  package static let l1BlockTime: UInt64 = 12

  /// L1 blocks after which one is final.
  package static let finalityDepth: UInt64 = 3

  private static let ether = UInt256(1_000_000_000_000_000_000)

  package static var l1: EmbeddedGenesis {
    EmbeddedGenesis(
      chainID: l1ChainID, timestamp: startTime,
      balances: Dictionary(uniqueKeysWithValues: DevnetParty.allCases.map { ($0.address, 1000 * ether) }))
  }

  /// The rollup's configuration.
  package static var configuration: ChainConfiguration {
    let allocation = [DevnetParty.user, .friend].map {
      GenesisAccount(address: $0.address, balance: 100 * ether, nonce: 0, code: [], storage: [])
    }
    var header = BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: .zero,
      stateRoot: GenesisState(of: allocation).root, transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot,
      logsBloom: .empty, difficulty: .zero, number: 0, gasLimit: 30_000_000, gasUsed: 0, timestamp: startTime,
      extraData: [UInt8]("varve".utf8), mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 1_000_000_000
    guard let forks = try? ForkSchedule(activations: [], terminalTotalDifficulty: .zero) else {
      preconditionFailure("no forks are in order")
    }
    return ChainConfiguration(
      chainID: l2ChainID, forks: forks, genesisHeader: header, allocation: allocation, rollup: rollup)
  }

  private static var rollup: RollupConfiguration {
    RollupConfiguration(
      l1ChainID: l1ChainID, contract: Address(0x5661_7276, 0, 1), genesisOrigin: l1.header.id,
      guardian: DevnetParty.guardian.address, sequencer: DevnetParty.sequencer.address,
      batchPoster: DevnetParty.poster.address, challengePeriod: 600, maxClockDuration: 300, clockExtension: 24,
      splitDepth: 3, maxDepth: 8, sequencingWindow: 12, forceInclusionBlocks: 6, forceInclusionTime: 72, maxDrift: 600,
      slashingWindow: 200,
      bonds: BondSchedule(output: ether, claim: ether >> 4, sequencer: 10 * ether), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: DevnetParty.feeRecipient.address))
  }
}
