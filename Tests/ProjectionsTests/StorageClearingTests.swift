import Primitives
import Projections
import Rollup
import StateTransition
import Testing

/// What becomes of storage rows when EIP-161 removes an account: only an odd genesis has storage without code.
@Suite struct StorageClearingTests {
  private static let ghost = Address(0, 0, 0x9057)
  private let privateKey = Hash256(UInt256(8))
  private let tables = MemoryTables(tables: ProposerState.tables)

  private func configuration() throws -> ChainConfiguration {
    let forks: [Fork] = [.homestead, .tangerineWhistle, .spuriousDragon]
    let allocation = [
      GenesisAccount(address: try payer, balance: 1_000_000),
      GenesisAccount(address: Self.ghost, balance: 0, storage: [GenesisAccount.Slot(key: 1, value: 2)]),
    ]
    return ChainConfiguration(
      chainID: 1, forks: try ForkSchedule(activations: forks.map { ForkSchedule.Activation($0, at: 0) }),
      genesisHeader: header(number: 0, parentHash: .zero), allocation: allocation)
  }

  private func header(number: UInt64, parentHash: Hash256) -> BlockHeader {
    BlockHeader(
      parentHash: parentHash, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero, transactionsRoot: .zero,
      receiptsRoot: .zero, logsBloom: .empty, difficulty: number == 0 ? 131_072 : 131_136, number: number,
      gasLimit: 5_000_000, gasUsed: 0,
      timestamp: number, extraData: [], mixHash: .zero, nonce: 0)
  }

  private func payment(_ nonce: UInt64, _ value: UInt256) throws -> Transaction {
    try Transaction(nonce: nonce, gasPrice: 1, gasLimit: 21_000, to: Self.ghost, value: value)
      .signed(by: privateKey, chainID: nil)
  }

  private var payer: Address {
    get throws { try payment(0, 0).sender(chainID: 1, rules: ForkRules.rules(of: .spuriousDragon)) }
  }

  /// Folds genesis, and block 1 with one payment to the account for each value.
  private func fold(payments values: [UInt256]) throws {
    let configuration = try configuration()
    let transactions = try values.enumerated().map { try payment(UInt64($0), $1).encode() }
    let block = EthereumBlock(
      header: header(number: 1, parentHash: configuration.genesisHeader.hash), transactions: transactions, uncles: [])
    let sequenced = BlockSequenced(batchIndex: 1, indexInBatch: 0, block: .ethereum(block.encode()))
    for event in [Event.chainConfigured(ChainConfigured(configuration: configuration)), .blockSequenced(sequenced)] {
      let batch = WriteBatch()
      let fact = Fact(coordinates: .block(0), event: event)
      _ = try ProposerState(configuration: configuration).fold(fact, into: ProjectionView(batch: batch, over: tables))
      tables.commit(batch)
    }
  }

  @Test("a payment of nothing removes the account and all its storage")
  func removed() throws {
    try fold(payments: [0])
    #expect(tables.ordered(ProposerState.storage).isEmpty && tables.ordered(ProposerState.storageNodes).isEmpty)
  }

  @Test("a payment of something leaves the storage as it is")
  func kept() throws {
    try fold(payments: [1])
    #expect(tables.ordered(ProposerState.storage).count == 1 && tables.ordered(ProposerState.storageNodes).count == 1)
  }

  @Test("an account removed and paid again in one block has no rows of its former storage")
  func madeAnew() throws {
    try fold(payments: [0, 1])
    #expect(tables.ordered(ProposerState.accounts).count == 3)
    #expect(tables.ordered(ProposerState.storage).isEmpty && tables.ordered(ProposerState.storageNodes).isEmpty)
  }
}
