package import EventStore
import Hashing
package import Primitives
package import Projections
package import Rollup
import StateTransition

/// A small chain of blocks without transactions, made anew from a seed: every block pays a miner, some pay uncles, and
/// genesis has code and storage. Its roots are those that folding it gives, so it tests what surrounds the fold; that the
/// fold itself is right, published chains say.
package struct MiniChain: Sendable {
  package let configuration: ChainConfiguration

  /// Block 0 first.
  package private(set) var blocks: [EthereumBlock]

  /// - Parameter branchedAt: from this block on, other miners: a chain that forks off there.
  package init(blockCount: Int, seed: UInt64 = 1, branchedAt: Int? = nil) throws {
    var random = SeededGenerator(seed: seed)
    configuration = try Self.configuration(&random)
    blocks = [configuration.genesisBlock]
    let maker = BlockMaker(configuration)
    try maker.fold(.chainConfigured(ChainConfigured(configuration: configuration)))
    for number in 1..<max(blockCount, 1) {
      let miner = random.next() % 24 + (number >= branchedAt ?? .max ? 100 : 0)
      let hasUncle = number > 2 && random.next() % 3 == 0
      var uncles: [BlockHeader] = []
      if hasUncle {
        var uncle = blocks[number - 2].header
        uncle.beneficiary = Self.address(random.next() % 24)
        uncle.extraData = [1]
        uncles = [uncle]
      }
      blocks.append(try maker.block(after: blocks[number - 1], miner: Self.address(miner), uncles: uncles))
    }
  }

  /// A chain that somebody else made.
  ///
  /// - Parameter blocks: from block 1 on.
  package init(configuration: ChainConfiguration, blocks: [EthereumBlock]) {
    self.configuration = configuration
    self.blocks = [configuration.genesisBlock] + blocks
  }

  package static func address(_ number: UInt64) -> Address {
    var bytes = [UInt8](repeating: 0, count: 12)
    bytes.append(bigEndian: number)
    return Address(bytes.rawSpan)
  }

  private static func configuration(_ random: inout SeededGenerator) throws -> ChainConfiguration {
    let allocation = (0..<40).map { index in
      let isContract = index % 8 == 0
      return GenesisAccount(
        address: address(UInt64(index) + 1000), balance: UInt256(random.next()), nonce: isContract ? 1 : 0,
        code: isContract ? random.bytes(count: index + 1) : [],
        storage: isContract
          ? (0...index).map { GenesisAccount.Slot(key: UInt256(UInt64($0)), value: UInt256(random.next() | 1)) } : [])
    }
    let forks = try ForkSchedule(activations: [
      ForkSchedule.Activation(.homestead, at: 3), ForkSchedule.Activation(.byzantium, at: 9),
    ])
    let header = BlockHeader(
      parentHash: .zero, ommersHash: EmptyRoots.uncles, beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: EmptyRoots.trie, receiptsRoot: EmptyRoots.trie, logsBloom: .empty,
      difficulty: DifficultyRule.leastDifficulty,
      number: 0, gasLimit: 5000, gasUsed: 0, timestamp: 0, extraData: [], mixHash: .zero, nonce: 0)
    // The root is what folding the allocation gives.
    let draft = ChainConfiguration(chainID: 7, forks: forks, genesisHeader: header, allocation: allocation)
    let maker = BlockMaker(draft)
    try maker.fold(.chainConfigured(ChainConfigured(configuration: draft)))
    var right = header
    right.stateRoot = try maker.stateRoot(after: 0)
    return ChainConfiguration(chainID: 7, forks: forks, genesisHeader: right, allocation: allocation)
  }
}

extension MiniChain {
  /// What an import of the chain records for a block: L1 block, batch and sequenced block (but for genesis), output.
  package func events(ofBlock number: Int) -> [Event] {
    let block = blocks[number]
    let id = block.header.id
    let appended = Event.l1BlockAppended(
      L1BlockAppended(header: block.header.encode(), canonicalAccBefore: .zero, completeness: .embedded))
    let batchIndex = UInt64(max(number - 1, 0))
    let claim = OutputClaim(
      outputRoot: id.hash, parentOrder: block.header.parentHash, l1OriginHash: id.hash, l2BlockNumber: id.number,
      batchIndex: batchIndex, indexInBatch: 0, messagesConsumed: 0)
    let output = Event.outputProposed(
      OutputProposed(
        outputIndex: UInt64(number), outputVersion: 1, outputRoot: id.hash, claim: claim.hash,
        stateRoot: block.header.stateRoot, blockHash: id.hash, l2BlockNumber: id.number, l1Head: id,
        parentOutput: number == 0 ? nil : UInt64(number - 1), proposer: .zero, bond: .zero))
    guard number > 0 else { return [appended, output] }
    let batch = Event.sequencerBatchDelivered(
      SequencerBatchDelivered(
        batchIndex: batchIndex, beforeAcc: .zero, afterAcc: .zero, firstBlock: id.number, lastBlock: id.number,
        messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: .zero, dataLocation: .external,
        data: .present))
    return [appended, batch, Self.sequenced(block, batchIndex: batchIndex), output]
  }

  package static func sequenced(_ block: EthereumBlock, batchIndex: UInt64 = 0) -> Event {
    .blockSequenced(
      BlockSequenced(batchIndex: batchIndex, indexInBatch: 0, block: .ethereum(block.encode())))
  }

  /// The first record of a log of this chain.
  package var configured: Event { .chainConfigured(ChainConfigured(configuration: configuration)) }

  /// All events in the order of the ledger.
  package var events: [Fact] {
    [Fact(coordinates: .block(0), event: configured)]
      + blocks.indices.flatMap { number in
        events(ofBlock: number).map { Fact(coordinates: .block(UInt64(number)), event: $0) }
      }
  }

  /// Appends blocks to a log, the configuration before the first one.
  ///
  /// - Parameter change: is given each block's events to change.
  package func write(
    _ numbers: Range<Int>? = nil, to log: EventLog, change: (Int, inout [Event]) -> Void = { _, _ in }
  ) throws {
    if try log.head().size == 0 { try log.append([NewRecord(configured, at: .block(0))]) }
    let newBlocks = (numbers ?? blocks.indices).map { number in
      var events = events(ofBlock: number)
      change(number, &events)
      return NewBlock(
        number: UInt64(number), hash: blocks[number].header.hash,
        records: events.map { NewRecord($0, at: .block(UInt64(number))) })
    }
    try log.appendBlocks(newBlocks)
  }
}

/// Roots over nothing.
private enum EmptyRoots {
  /// Of the list of no uncles.
  static let uncles = Keccak256.hash([0xc0])
  /// Of a trie of no items.
  static let trie = Keccak256.hash([0x80])
}

/// Makes blocks whose state roots are right, by folding each draft once.
private struct BlockMaker {
  private let projection: ProposerState
  private let forks: ForkSchedule
  private let tables = MemoryTables(tables: ProposerState.tables)
  private let batch = WriteBatch()

  init(_ configuration: ChainConfiguration) {
    projection = ProposerState(configuration: configuration)
    forks = configuration.forks
  }

  func fold(_ event: Event) throws {
    batch.reset()
    _ = try projection.fold(
      Fact(coordinates: .block(0), event: event), into: ProjectionView(batch: batch, over: tables))
    tables.commit(batch)
  }

  func stateRoot(after number: UInt64) throws -> Hash256 {
    try ProposerState.result(of: number, in: ProjectionView(batch: WriteBatch(), over: tables))?.stateRoot ?? .zero
  }

  func block(after parent: EthereumBlock, miner: Address, uncles: [BlockHeader]) throws -> EthereumBlock {
    var header = parent.header
    header.parentHash = parent.header.hash
    header.number += 1
    header.timestamp += 13
    header.difficulty = DifficultyRule(of: forks.fork(of: header)).difficulty(
      number: header.number, timestamp: header.timestamp, parent: parent.header)
    header.beneficiary = miner
    var list = RLPWriter()
    list.list { for uncle in uncles { uncle.append(to: &$0) } }
    header.ommersHash = Keccak256.hash(list.bytes)
    let draft = EthereumBlock(header: header, transactions: [], uncles: uncles)
    batch.reset()
    let view = ProjectionView(batch: batch, over: tables)
    _ = try projection.fold(Fact(coordinates: .block(0), event: MiniChain.sequenced(draft)), into: view)
    header.stateRoot = try ProposerState.result(of: header.number, in: view)?.stateRoot ?? .zero
    let block = EthereumBlock(header: header, transactions: [], uncles: uncles)
    try fold(MiniChain.sequenced(block))
    return block
  }
}
