import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport

/// A small rollup: funded signers, and the state after genesis in an archive.
struct RollupWorld {
  static let chainID: UInt64 = 8484

  let configuration: ChainConfiguration
  let settings: RollupSettings
  private(set) var archive = StateArchive()
  private(set) var parent: BlockHeader

  /// - Parameters:
  ///   - ancestors: how many blocks, all empty, stand between genesis and the block that is executed.
  init(
    signerCount: UInt64 = 6, contracts: [GenesisAccount] = [], fork: Fork = .paris, ancestors: UInt64 = 0
  ) throws {
    let signers = (0..<signerCount).map {
      GenesisAccount(address: Signer($0).address, balance: UInt256(10).powerOfTen(18), nonce: 0, code: [], storage: [])
    }
    let allocation = signers + contracts
    let genesis = GenesisState(of: allocation)
    var header = BlockHeader(
      parentHash: .zero, ommersHash: HeaderRules.noOmmersHash, beneficiary: .zero, stateRoot: genesis.root,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: 1000, extraData: [], mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 1_000_000_000
    let forks = try ForkSchedule(
      activations: fork > .paris ? [ForkSchedule.Activation(fork, at: 0)] : [], terminalTotalDifficulty: 0)
    configuration = ChainConfiguration(
      chainID: Self.chainID, forks: forks, genesisHeader: header, allocation: allocation, rollup: Self.rollup)
    settings = RollupSettings(configuration)!
    archive.add(genesis)
    archive.add(header: header.encode())
    for number in 0..<ancestors {
      header.parentHash = header.hash
      header.number = number + 1
      header.timestamp += 2
      archive.add(header: header.encode())
    }
    parent = header
  }

  static let rollup = RollupConfiguration(
    l1ChainID: 1, contract: Address(0, 0, 0xc0), genesisOrigin: BlockID(number: 0, hash: .zero),
    guardian: Address(0, 0, 0x60), sequencer: Signer(90).address, batchPoster: Signer(91).address,
    challengePeriod: 600, maxClockDuration: 300, clockExtension: 30, splitDepth: 4, maxDepth: 12, sequencingWindow: 20,
    forceInclusionBlocks: 10, forceInclusionTime: 120, maxDrift: 600, slashingWindow: 100,
    bonds: BondSchedule(output: 100, claim: 10, sequencer: 1000), gasLimit: 30_000_000,
    fees: FeeParameters(feeRecipient: Address(0, 0, 0xfee)))

  func context(messages: [InboxCall], transactions: [[UInt8]]) -> RollupBlockContext {
    let order = BlockOrder(
      number: parent.number + 1, parentOrder: Hash256(1, 2, 3, 4), timestamp: parent.timestamp + 2,
      l1Origin: BlockID(number: 7, hash: Hash256(7, 7, 7, 7)), messagesConsumed: UInt64(messages.count),
      transactionsRoot: Trie.orderedRoot(of: transactions))
    return RollupBlockContext(
      order, messages: messages, parent: parent, settings: settings, batchIndex: 3, indexInBatch: 1)
  }

  /// Adds a header that is no block's of this chain: of L1.
  mutating func add(_ header: BlockHeader) { archive.add(header: header.encode()) }

  func trace(messages: [InboxCall] = [], transactions: [[UInt8]]) throws -> BlockTrace<StateArchive> {
    try BlockTrace(
      context(messages: messages, transactions: transactions), messages: messages, transactions: transactions,
      onto: parent.stateRoot, data: archive)
  }

  /// The state after genesis, as flat execution reads it.
  var state: CommittedState<StateArchive> {
    CommittedState(root: parent.stateRoot, parent: parent.id, data: archive)
  }
}

extension UInt256 {
  /// 10 to this power.
  fileprivate func powerOfTen(_ exponent: Int) -> UInt256 {
    (1..<exponent).reduce(self) { product, _ in product * self }
  }
}

/// A signed transfer, in its bytes.
func signedTransfer(
  from signer: UInt64, nonce: UInt64, to: Address = Address(0, 0, 0xcafe), value: UInt256 = 5,
  gasLimit: UInt64 = 21_000,
  gasPrice: UInt256 = 2_000_000_000
) throws -> [UInt8] {
  try Transaction(nonce: nonce, gasPrice: gasPrice, gasLimit: gasLimit, to: to, value: value)
    .signed(by: Signer(signer).privateKey, chainID: RollupWorld.chainID).encode()
}

func deposit(
  _ index: UInt64, sender: Address = Address(1, 1, 1), to: Address? = Address(0, 0, 0xbeef), value: UInt256 = 1,
  mint: UInt256 = 10, gasLimit: UInt64 = 100_000, data: [UInt8] = []
) -> InboxCall {
  InboxCall(
    MessageDelivered(
      messageIndex: index, beforeInboxAcc: .zero, messageKind: .deposit, sender: sender, to: to, value: value,
      mint: mint, gasLimit: gasLimit, data: data, deadlineBlock: 0, deadlineTime: 0))
}

func message(_ index: UInt64, transaction: [UInt8]) -> InboxCall {
  InboxCall(
    MessageDelivered(
      messageIndex: index, beforeInboxAcc: .zero, messageKind: .transaction, sender: Address(1, 1, 1), to: nil,
      value: 0, mint: 0, gasLimit: 0, data: transaction, deadlineBlock: 0, deadlineTime: 0))
}
