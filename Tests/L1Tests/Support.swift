import L1
import Primitives
import Rollup
import Settlement
import StateTrie

/// Proves nothing: no test here comes to a step.
struct NoVerifier: StepVerifier {
  var address: Address { .zero }

  func postState(of step: DisputedStep, proof: [UInt8]) throws(StepProofError) -> Hash256 {
    throw StepProofError("no step is proven here")
  }
}

/// A small L1 with a rollup contract.
enum Small {
  static let alice = Address(1, 1, 1)
  static let bob = Address(2, 2, 2)
  static let contract = Address(9, 9, 9)

  static let genesis = EmbeddedGenesis(
    chainID: 900, timestamp: 1000, balances: [alice: 1_000_000, bob: 1_000_000])

  static let configuration: ChainConfiguration = {
    let rollup = RollupConfiguration(
      l1ChainID: 900, contract: contract, genesisOrigin: genesis.header.id, guardian: alice, sequencer: bob,
      batchPoster: bob, challengePeriod: 100, maxClockDuration: 100, clockExtension: 5, splitDepth: 2, maxDepth: 6,
      sequencingWindow: 50, forceInclusionBlocks: 5, forceInclusionTime: 60, maxDrift: 60, slashingWindow: 50,
      bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: alice))
    let header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: Trie.emptyRoot,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: 900, extraData: [], mixHash: .zero, nonce: 0)
    guard let forks = try? ForkSchedule(activations: []) else { fatalError("no forks are in order") }
    return ChainConfiguration(chainID: 901, forks: forks, genesisHeader: header, allocation: [], rollup: rollup)
  }()

  static func chain() -> EmbeddedChain {
    EmbeddedChain(genesis: genesis, contract: RollupContract(configuration: configuration))
  }

  /// Puts a message into the rollup's inbox.
  static func message(_ number: UInt64, value: UInt256 = 10, from sender: Address = alice) -> L1Transaction {
    let request = MessageRequest(
      kind: .deposit, to: bob, value: 1, gasLimit: 21_000, data: [UInt8(truncatingIfNeeded: number)])
    return L1Transaction(
      .deliverMessage(request), of: contract, from: sender, value: value, key: Hash256(0, 0, 0, number))
  }
}

extension EmbeddedChain {
  /// The next block, twelve seconds after the one before.
  @discardableResult
  mutating func mineNext() throws(L1Error) -> EmbeddedBlock {
    try mine(at: head.header.timestamp + 12, verifier: NoVerifier())
  }
}
