import Primitives
import Rollup
import Signatures
import StateTransition
import StateTrie

/// Mines the demo chain, block by block.
struct DemoChainMaker {
  let configuration: ChainConfiguration
  private(set) var blocks: [EthereumBlock] = []
  private let executor: BlockExecutor
  private var state: MemoryState
  private var wallet: DemoWallet

  init() throws {
    let forks = try ForkSchedule(
      activations: DemoChain.forks.map { ForkSchedule.Activation($0.fork, at: $0.start) })
    wallet = try DemoWallet()
    let allocation = wallet.allocation
    state = MemoryState(allocation)
    configuration = ChainConfiguration(
      chainID: DemoChain.chainID, forks: forks, genesisHeader: DemoChainMaker.genesisHeader(stateRoot: state.root),
      allocation: allocation)
    executor = BlockExecutor(chainID: DemoChain.chainID, forks: forks)
  }

  /// Adds the block with this number, which must be the next one.
  mutating func mine(_ number: UInt64) throws {
    var header = child(of: number - 1, after: DemoChain.gaps[Int(number % 8)])
    header.beneficiary = DemoChain.address("miner", number % 2)
    header.extraData = [UInt8]("Varve demo".utf8)
    let transactions = try (0..<DemoChain.transactionCounts[Int(number % 8)]).map { _ in
      try wallet.nextTransaction(block: number)
    }
    let depths = DemoChain.uncleDepths[number] ?? []
    let uncles = depths.enumerated().map { uncle(number: number - $1, index: 10 * number + UInt64($0)) }
    var block = EthereumBlock(header: header, transactions: transactions.map { $0.encode() }, uncles: uncles)
    let computed = try state.run(block, by: executor).computed
    block.header.ommersHash = computed.ommersHash
    block.header.stateRoot = computed.stateRoot
    block.header.transactionsRoot = computed.transactionsRoot
    block.header.receiptsRoot = computed.receiptsRoot
    block.header.logsBloom = computed.logsBloom
    block.header.gasUsed = computed.gasUsed
    blocks.append(block)
  }

  /// A sibling of the block with this number: a header whose block is empty and pays nobody.
  private func uncle(number: UInt64, index: UInt64) -> BlockHeader {
    var header = child(of: number - 1, after: 7)
    header.beneficiary = DemoChain.address("uncle", index)
    header.stateRoot = self.header(number - 1).stateRoot
    header.extraData = [UInt8]("Varve demo uncle".utf8)
    return header
  }

  /// The header of an empty block.
  private func child(of number: UInt64, after seconds: UInt64) -> BlockHeader {
    let parent = header(number)
    var header = parent
    header.number = parent.number + 1
    header.parentHash = parent.hash
    header.ommersHash = EthereumBlock.ommersHash(of: [])
    header.transactionsRoot = Trie.emptyRoot
    header.receiptsRoot = Trie.emptyRoot
    header.logsBloom = .empty
    header.gasUsed = 0
    header.gasLimit = parent.gasLimit + 1000
    header.timestamp = parent.timestamp + seconds
    let fork = configuration.forks.fork(atBlock: header.number, timestamp: header.timestamp)
    header.difficulty = DifficultyRule(of: fork).difficulty(
      number: header.number, timestamp: header.timestamp, parent: parent)
    return header
  }

  private func header(_ number: UInt64) -> BlockHeader {
    number == 0 ? configuration.genesisHeader : blocks[Int(number) - 1].header
  }

  private static func genesisHeader(stateRoot: Hash256) -> BlockHeader {
    BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: stateRoot,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty,
      difficulty: DemoChain.genesisDifficulty, number: 0, gasLimit: DemoChain.genesisGasLimit, gasUsed: 0,
      timestamp: DemoChain.genesisTime, extraData: [UInt8]("Varve demo chain".utf8), mixHash: .zero, nonce: 0)
  }
}
