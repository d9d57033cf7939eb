import Hashing
package import Primitives
package import Rollup
import StateTransition

/// A rollup's canonical facts, made one by one: what a contract would emit, without a contract. A value, so that a reorg is
/// an older copy that goes on otherwise.
package struct RollupLedger: Sendable {
  package let configuration: ChainConfiguration

  /// Every fact so far, ChainConfigured first.
  package private(set) var facts: [(coordinates: L1Coordinates, event: Event)] = []

  /// What derivation made of them.
  package private(set) var derivation: Derivation
  package private(set) var memory = DerivationMemory()
  package private(set) var steps: [DerivationStep] = []

  /// The L1 blocks, genesis first.
  package private(set) var l1Blocks: [BlockHeader] = []

  package private(set) var messages: [MessageDelivered] = []

  /// The blocks of batches that came without data.
  package private(set) var withheld: [UInt64: [RollupBlock]] = [:]

  private var accumulator = CanonicalAccumulator()
  private var canonicalAcc = Hash256.zero
  private var logIndex: UInt32 = 0

  /// With L1 block 0 and nothing in it.
  package init(configuration: ChainConfiguration = RollupLedger.configuration()) throws {
    self.configuration = configuration
    derivation = try Derivation(configuration)
    try add(.chainConfigured(ChainConfigured(configuration: configuration)))
    l1Blocks = [RollupLedger.l1Genesis]
    try appendL1(l1Blocks[0])
  }

  package var l1Head: BlockID {
    BlockID(number: l1Blocks[l1Blocks.count - 1].number, hash: l1Blocks[l1Blocks.count - 1].hash)
  }

  package var l1Time: UInt64 { l1Blocks[l1Blocks.count - 1].timestamp }

  /// canonicalAcc at the newest L1 block.
  package var currentAcc: Hash256 { accumulator.value(blockHash: l1Head.hash) }

  /// A small rollup: windows of a few L1 blocks, blocks of at most 14 transactions.
  package static func configuration(
    maxDrift: UInt64 = 60, sequencingWindow: UInt64 = 6, allocation: [GenesisAccount] = [],
    sequencer: Address = MiniChain.address(3)
  ) -> ChainConfiguration {
    let header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero,
      stateRoot: GenesisState.root(of: allocation), transactionsRoot: .zero, receiptsRoot: .zero,
      logsBloom: .empty, difficulty: .zero, number: 0, gasLimit: 30_000_000, gasUsed: 0, timestamp: 1000,
      extraData: [], mixHash: .zero, nonce: 0)
    let address = { (number: UInt64) in MiniChain.address(number) }
    let rollup = RollupConfiguration(
      l1ChainID: 1337, contract: address(1), genesisOrigin: BlockID(number: 0, hash: l1Genesis.hash),
      guardian: address(2), sequencer: sequencer, batchPoster: address(4), challengePeriod: 100,
      maxClockDuration: 50, clockExtension: 5, splitDepth: 6, maxDepth: 11, sequencingWindow: sequencingWindow,
      forceInclusionBlocks: 4, forceInclusionTime: 40, maxDrift: maxDrift, slashingWindow: 100,
      bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: address(5)))
    guard let forks = try? ForkSchedule(activations: []) else { preconditionFailure("no forks are in order") }
    return ChainConfiguration(
      chainID: 99, forks: forks, genesisHeader: header, allocation: allocation, rollup: rollup)
  }

  private static let l1Genesis = l1Header(number: 0, parent: .zero, time: 1000, salt: 0)

  private static func l1Header(number: UInt64, parent: Hash256, time: UInt64, salt: UInt64) -> BlockHeader {
    BlockHeader(
      parentHash: parent, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero, transactionsRoot: .zero,
      receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: number, gasLimit: 0, gasUsed: 0,
      timestamp: time, extraData: [], mixHash: Hash256(UInt256(salt)), nonce: 0)
  }
}

// What happens on L1.
extension RollupLedger {
  /// The next L1 block begins; `salt` tells branches apart.
  package mutating func beginL1Block(after seconds: UInt64 = 12, salt: UInt64 = 0) throws {
    let header = RollupLedger.l1Header(
      number: l1Head.number + 1, parent: l1Head.hash, time: l1Time + seconds, salt: salt)
    canonicalAcc = currentAcc
    accumulator = CanonicalAccumulator(before: canonicalAcc)
    l1Blocks.append(header)
    logIndex = 0
    try appendL1(header)
  }

  private mutating func appendL1(_ header: BlockHeader) throws {
    try add(
      .l1BlockAppended(
        L1BlockAppended(header: header.encode(), canonicalAccBefore: canonicalAcc, completeness: .embedded)))
  }

  /// Records any fact of the newest L1 block.
  package mutating func add(_ event: Event, sharesLog: Bool = false) throws {
    if !sharesLog { logIndex += 1 }
    let number = l1Blocks.last?.number ?? 0
    facts.append((L1Coordinates(blockNumber: number, transactionIndex: 0, logIndex: logIndex), event))
    accumulator.add(event.kind, event.encode().rawSpan)
    steps += try derivation.apply(event, storage: &memory)
  }

  /// A user's message, due as the configuration says.
  @discardableResult
  package mutating func deliverMessage(
    kind: MessageKind = .deposit, data: [UInt8] = [1], mint: UInt256 = 1, makesContract: Bool = false
  ) throws -> MessageDelivered {
    let rollup = configuration.rollup
    let message = MessageDelivered(
      messageIndex: UInt64(messages.count), beforeInboxAcc: messages.last?.afterInboxAcc ?? .zero, messageKind: kind,
      sender: MiniChain.address(50), to: makesContract ? nil : MiniChain.address(51), value: 0, mint: mint,
      gasLimit: makesContract ? 200_000 : 50_000, data: data,
      deadlineBlock: l1Head.number + (rollup?.forceInclusionBlocks ?? 0),
      deadlineTime: l1Time + (rollup?.forceInclusionTime ?? 0))
    messages.append(message)
    try add(.messageDelivered(message))
    return message
  }

  /// The block that an honest sequencer makes after `head`.
  package func block(
    after head: OrderHead? = nil, origin: UInt64? = nil, transactions: [[UInt8]] = [], messages: UInt64? = nil
  ) -> RollupBlock {
    let head = head ?? derivation.head
    let last = l1Head.number
    let number = origin ?? min(head.l1Origin.number + 1, max(last, 1) - 1)
    let header = l1Blocks[Int(number)]
    let count = memory.l1Block(number + 1)?.messagesBefore ?? UInt64(self.messages.count)
    return RollupBlock(
      number: head.number + 1, parentOrder: head.order, timestamp: max(head.timestamp + 1, header.timestamp),
      l1Origin: BlockID(number: number, hash: header.hash),
      messagesConsumed: messages ?? max(head.messagesConsumed, min(count, head.messagesConsumed + 5)),
      transactions: transactions)
  }

  /// An output about a block that claims nothing true, with the newest L1 block for its head.
  package func wrongOutput(_ index: UInt64, block: UInt64) -> OutputProposed {
    OutputProposed(
      outputIndex: index, outputVersion: 0, outputRoot: Hash256(UInt256(index)), claim: .zero, stateRoot: .zero,
      blockHash: .zero, l2BlockNumber: block, l1Head: l1Head, parentOutput: nil, proposer: MiniChain.address(60),
      bond: 1)
  }

  /// Posts a batch of one block that is no rollup's.
  package mutating func deliverImportedBlock() throws {
    let block = EthereumBlock(header: l1Blocks[0], transactions: [], uncles: [])
    let sequenced = SequencedBlock.ethereum(block.encode())
    let dataHash = BatchData.hash(of: [try sequenced.commitment()])
    let index = derivation.lastBatchIndex + 1
    try add(
      .sequencerBatchDelivered(
        SequencerBatchDelivered(
          batchIndex: index, beforeAcc: derivation.batchAcc,
          afterAcc: BatchData.accumulator(after: derivation.batchAcc, dataHash: dataHash), firstBlock: 3,
          lastBlock: 3, messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: dataHash,
          dataLocation: .event, data: .present)))
    try add(.blockSequenced(BlockSequenced(batchIndex: index, indexInBatch: 0, block: sequenced)))
  }

  /// Posts a batch, with its data unless it is withheld.
  package mutating func deliverBatch(_ blocks: [RollupBlock], isWithheld: Bool = false) throws {
    let dataHash = BatchData.hash(of: blocks.map(\.order.commitment))
    let index = derivation.lastBatchIndex + 1
    let batch = SequencerBatchDelivered(
      batchIndex: index, beforeAcc: derivation.batchAcc,
      afterAcc: BatchData.accumulator(after: derivation.batchAcc, dataHash: dataHash), firstBlock: 1,
      lastBlock: UInt64(blocks.count), messagesConsumed: blocks.last?.messagesConsumed ?? 0,
      poster: MiniChain.address(4), signedCommitment: [], dataHash: dataHash,
      dataLocation: isWithheld ? .external : .event, data: isWithheld ? .missing : .present)
    try add(.sequencerBatchDelivered(batch))
    if isWithheld {
      withheld[index] = blocks
    } else {
      try deliverBlocks(blocks, of: index)
    }
  }

  /// Brings the data of a batch that came without.
  package mutating func deliverData(of batchIndex: UInt64) throws {
    guard let blocks = withheld.removeValue(forKey: batchIndex) else { return }
    let dataHash = BatchData.hash(of: blocks.map(\.order.commitment))
    try add(
      .batchDataDelivered(
        BatchDataDelivered(
          batchIndex: batchIndex, dataHash: dataHash, dataLocation: .event, poster: MiniChain.address(9))))
    try deliverBlocks(blocks, of: batchIndex)
  }

  private mutating func deliverBlocks(_ blocks: [RollupBlock], of batchIndex: UInt64) throws {
    for (index, block) in blocks.enumerated() {
      try add(
        .blockSequenced(
          BlockSequenced(batchIndex: batchIndex, indexInBatch: UInt64(index), block: .rollup(block))), sharesLog: true)
    }
  }

  /// Forces messages in, whatever their deadlines.
  package mutating func force(lastMessage: UInt64) throws {
    let before = derivation.batchAcc
    let inbox = messages[Int(lastMessage)].afterInboxAcc
    try add(
      .forceIncluded(
        ForceIncluded(
          batchIndex: derivation.lastBatchIndex + 1, beforeAcc: before,
          afterAcc: BatchData.accumulator(after: before, dataHash: inbox), firstMessage: 0, lastMessage: lastMessage,
          caller: MiniChain.address(8))))
  }
}
