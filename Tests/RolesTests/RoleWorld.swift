import L1
import Primitives
import Roles
import Rollup
import Settlement
import Signatures
import StateTransition
import StateTrie

/// A rollup on an embedded L1 whose every call is carried out in the next block, with blocks of a few transactions.
struct RoleWorld {
  private(set) var chain: EmbeddedChain
  let configuration: ChainConfiguration
  private(set) var archive = StateArchive()
  private(set) var view: RollupView

  /// The rules of all that was done by roles.
  var rules: Set<Intent.Rule> = []
  private var keyCount: UInt64 = 0

  static let honest = Address(1, 1, 1)
  static let liar = Address(2, 2, 2)
  static let accomplice = Address(3, 3, 3)
  static let secret = Hash256(1, 2, 3, 4)
  static let blockTime: UInt64 = 12

  static var sequencer: Address {
    guard let address = try? Secp256k1.address(of: secret) else { preconditionFailure("the secret is a key") }
    return address
  }

  init() throws {
    let accounts = [Self.honest, Self.liar, Self.accomplice, Self.sequencer]
    let genesis = EmbeddedGenesis(
      chainID: 900, timestamp: 1000,
      balances: Dictionary(uniqueKeysWithValues: accounts.map { ($0, UInt256(1_000_000_000)) }))
    let rollup = RollupConfiguration(
      l1ChainID: 900, contract: Address(0x76, 0, 9), genesisOrigin: genesis.header.id, guardian: Self.honest,
      sequencer: Self.sequencer, batchPoster: Self.sequencer, challengePeriod: 10 * Self.blockTime,
      maxClockDuration: 20 * Self.blockTime, clockExtension: 2 * Self.blockTime, splitDepth: 2, maxDepth: 6,
      sequencingWindow: 50, forceInclusionBlocks: 50, forceInclusionTime: 600, maxDrift: 600, slashingWindow: 100,
      bonds: BondSchedule(output: 10_000, claim: 100, sequencer: 50_000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: Self.honest))
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: Trie.emptyRoot,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: 1000, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 7
    let forks = Fork.allCases.filter { $0 != .frontier && $0 <= .london }.map { ForkSchedule.Activation($0, at: 0) }
    configuration = ChainConfiguration(
      chainID: 901, forks: try ForkSchedule(activations: forks, terminalTotalDifficulty: .zero), genesisHeader: header,
      allocation: [], rollup: rollup)
    chain = EmbeddedChain(genesis: genesis, contract: RollupContract(configuration: configuration))
    view = try RollupView(configuration, archive: &archive)
    try follow()
  }

  private mutating func follow() throws {
    while let block = chain.block(number: view.l1Head.map { $0.number + 1 } ?? 0) {
      let appended = L1BlockAppended(
        header: block.rawHeader, canonicalAccBefore: .zero, completeness: .embedded)
      try view.apply(.l1BlockAppended(appended), archive: &archive)
      for fact in block.facts { try view.apply(fact.event, archive: &archive) }
    }
  }

  /// Sends what a role wants.
  mutating func send(_ intents: [Intent], from account: Address) {
    for intent in intents {
      rules.insert(intent.rule)
      send(intent.call, from: account, value: intent.value)
    }
  }

  mutating func send(_ call: ContractCall, from account: Address, value: UInt256 = .zero) {
    keyCount += 1
    chain.submit(
      L1Transaction(
        call, of: chain.contract.address, from: account, value: value, key: Hash256(0, 0, 0, keyCount)))
  }

  /// An L1 block with all that was sent.
  mutating func mine(_ count: Int = 1) throws {
    for _ in 0..<count {
      let time = chain.head.header.timestamp + Self.blockTime
      _ = try chain.mine(at: time, verifier: ReexecutingVerifier(configuration: configuration))
    }
    try follow()
  }

  /// Failures of the newest block's transactions.
  var failures: [L1Failure] { chain.head.receipts.compactMap(\.failure) }

  /// Lets the sequencer post so many blocks, with a deposit and a transaction or two among them.
  mutating func makeBlocks(_ count: Int) throws {
    var sequencer = Sequencer(key: Self.sequencer)
    let deposit = MessageRequest(kind: .deposit, to: Self.honest, value: 1, gasLimit: 21_000, data: [])
    send(.deliverMessage(deposit), from: Self.honest, value: 5)
    try mine(count)
    for index in 0..<UInt8(count) { sequencer.submit([0xc1, index]) }
    while view.safeHead < UInt64(count) {
      sequencer.reconcile(with: view)
      for block in sequencer.nextBlocks(view).prefix(count - sequencer.pending.count) {
        guard let permission = sequencer.signingGuard.permission(for: block, view) else { break }
        sequencer.note(permission)
      }
      let domain = chain.contract.domain
      let intents = sequencer.intents(view) { commitment in
        (try? Secp256k1.sign(commitment.digest(in: domain), privateKey: Self.secret))
          .map { SignedCommitment(commitment: commitment, signature: $0.walletBytes) }
      }
      send(intents, from: Self.sequencer)
      try mine()
    }
    chain.finalize(through: chain.head.id.number)
  }

  var finalized: BlockID { chain.finalized }
}
