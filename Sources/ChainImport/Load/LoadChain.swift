package import Primitives
package import Rollup
import StateTransition
import StateTrie

/// A chain of full blocks for measurements: transfers between accounts that are drawn uniformly from all there are.
///
/// The same for the same recipe on every machine, signed, and with every header true, so that what replays it can be held
/// to every root. Holds the whole state in memory: about 1 GB for a million accounts.
package struct LoadChain {
  package enum Load: String, CaseIterable, Sendable {
    /// Wei from account to account.
    case transfers
    /// Tokens of one ERC-20 contract from holder to holder.
    case tokens
  }

  package struct Recipe: Sendable {
    package var load: Load
    package var accounts: Int
    package var blocks: Int
    package var transactionsPerBlock: Int
    package var seed: UInt64

    package init(load: Load, accounts: Int, blocks: Int, transactionsPerBlock: Int, seed: UInt64) {
      precondition(accounts > 0 && blocks > 0 && transactionsPerBlock > 0, "a chain has accounts, blocks, transactions")
      self.load = load
      self.accounts = accounts
      self.blocks = blocks
      self.transactionsPerBlock = transactionsPerBlock
      self.seed = seed
    }
  }

  package let configuration: ChainConfiguration
  private let executor: BlockExecutor
  private let machines = MachineShelf()
  private var wallet: LoadWallet
  private var state: MemoryState
  private var head: BlockHeader
  private let map: any OrderedMap

  /// - Parameter map: derives keys and signs; some 50 µs a transaction for each.
  package init(_ recipe: Recipe, map: any OrderedMap) throws {
    let forks = try ForkSchedule(activations: [.init(.shanghai, at: 0)], terminalTotalDifficulty: .zero)
    self.map = map
    wallet = LoadWallet(recipe, chainID: Self.chainID, map: map)
    let allocation = wallet.allocation
    state = MemoryState(allocation)
    head = Self.genesisHeader(stateRoot: state.root, gasLimit: wallet.gasLimit)
    configuration = ChainConfiguration(
      chainID: Self.chainID, forks: forks, genesisHeader: head, allocation: allocation)
    executor = BlockExecutor(chainID: Self.chainID, forks: forks)
  }

  /// The next block; nil when there are as many as the recipe says.
  package mutating func next() throws -> EthereumBlock? {
    guard let (transactions, signers) = try wallet.nextBlock(map: map) else { return nil }
    var header = head
    header.number += 1
    header.parentHash = head.hash
    header.timestamp += 12
    header.baseFeePerGas = HeaderRules.baseFeePerGas(after: head)
    header.gasUsed = 0
    var block = EthereumBlock(
      header: header, transactions: transactions.map { $0.encode() }, uncles: [], withdrawals: [])
    let commitment = try state.run(block, signers: signers, by: executor, on: machines)
    guard commitment.receipts.allSatisfy(\.hasSucceeded) else { throw LoadChainError.failedTransaction(header.number) }
    block.header.stateRoot = commitment.computed.stateRoot
    block.header.transactionsRoot = commitment.computed.transactionsRoot
    block.header.receiptsRoot = commitment.computed.receiptsRoot
    block.header.logsBloom = commitment.computed.logsBloom
    block.header.gasUsed = commitment.computed.gasUsed
    head = block.header
    return block
  }

  private static var chainID: UInt64 { 0x6c6f_6164 }

  private static func genesisHeader(stateRoot: Hash256, gasLimit: UInt64) -> BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: Address(0, 0, 0x1000),
      stateRoot: stateRoot, transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty,
      difficulty: .zero, number: 0, gasLimit: gasLimit, gasUsed: 0, timestamp: 1_700_000_000,
      extraData: [UInt8]("Varve load".utf8), mixHash: .zero, nonce: 0)
    header.baseFeePerGas = HeaderRules.initialBaseFee
    header.withdrawalsRoot = Trie.emptyRoot
    return header
  }
}

/// The recipe asks for what cannot be.
package enum LoadChainError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A transaction of this block did not do what it is there for.
  case failedTransaction(UInt64)

  package var description: String {
    switch self {
    case .failedTransaction(let block): "a transaction of block \(block) failed: an account has run out of funds"
    }
  }
}

extension Receipt {
  fileprivate var hasSucceeded: Bool {
    if case .succeeded(true) = outcome { true } else { false }
  }
}
