import Primitives
import Rollup

/// One event of each kind, with values that differ from each other and from zero. `Docs/Events.md` has these in hex.
enum Samples {
  static func hash(_ byte: UInt8) -> Hash256 { Hash256([UInt8](repeating: byte, count: 32).rawSpan) }

  static func address(_ byte: UInt8) -> Address { Address([UInt8](repeating: byte, count: 20).rawSpan) }

  static let header = BlockHeader(
    parentHash: hash(0x01), ommersHash: hash(0x02), beneficiary: address(0x03), stateRoot: hash(0x04),
    transactionsRoot: hash(0x05), receiptsRoot: hash(0x06), logsBloom: .empty, difficulty: 131_072, number: 0,
    gasLimit: 5000, gasUsed: 0, timestamp: 1_438_269_973, extraData: [0x56, 0x61, 0x72, 0x76, 0x65],
    mixHash: hash(0x07), nonce: 0x42)

  static let configuration: ChainConfiguration = {
    let forks = try? ForkSchedule(
      activations: [.init(.homestead, at: 0), .init(.byzantium, at: 100), .init(.shanghai, at: 1_700_000_000)],
      terminalTotalDifficulty: UInt256("58750000000000000000000"), daoFork: 7,
      blobSchedule: [BlobParameters(fork: .cancun, target: 3, max: 6, baseFeeUpdateFraction: 3_338_477)],
      depositContract: address(0x08))
    guard let forks else { fatalError("the sample's forks are in order") }
    return ChainConfiguration(
      chainID: 1337, forks: forks, genesisHeader: header,
      allocation: [
        GenesisAccount(address: address(0x0a), balance: 1_000_000_000_000_000_000),
        GenesisAccount(
          address: address(0x09), balance: .zero, nonce: 1, code: [0x60, 0x00],
          storage: [.init(key: 2, value: 3), .init(key: 1, value: 255)]),
      ],
      rollup: rollup)
  }()

  static let bonds = BondSchedule(output: 1_000_000, claim: 2000, sequencer: 5_000_000)

  static let rollup = RollupConfiguration(
    l1ChainID: 31337, contract: address(0x61), genesisOrigin: BlockID(number: 0, hash: hash(0x62)),
    guardian: address(0x63), sequencer: address(0x64), batchPoster: address(0x65), challengePeriod: 604_800,
    maxClockDuration: 302_400, clockExtension: 10_800, splitDepth: 30, maxDepth: 44, sequencingWindow: 3600,
    forceInclusionBlocks: 5760, forceInclusionTime: 86_400, maxDrift: 1800, slashingWindow: 50_400, bonds: bonds,
    gasLimit: 30_000_000, fees: FeeParameters(feeRecipient: address(0x66)))

  static let message = MessageDelivered(
    messageIndex: 7, beforeInboxAcc: hash(0x71), messageKind: .deposit, sender: address(0x72), to: address(0x73),
    value: 3, mint: 4, gasLimit: 21_000, data: [0x74, 0x75], deadlineBlock: 5800, deadlineTime: 1_438_360_000)

  static let rollupBlock = RollupBlock(
    number: 6, parentOrder: hash(0x81), timestamp: 1_438_270_000, l1Origin: BlockID(number: 4, hash: hash(0x82)),
    messagesConsumed: 9, transactions: [[0x02, 0xc0], [0xc1, 0x80]])

  static let domain = CommitmentDomain(l1ChainID: 31337, contract: address(0x61), rollupId: hash(0x83))

  static let signedCommitment = SignedCommitment(
    commitment: SequencerCommitment(order: rollupBlock.order, l2ChainID: 1337),
    signature: [UInt8](repeating: 0x84, count: 64) + [27])

  static let batch = SequencerBatchDelivered(
    batchIndex: 5, beforeAcc: hash(0x11), afterAcc: hash(0x12), firstBlock: 5, lastBlock: 6, messagesConsumed: 9,
    poster: address(0x13), signedCommitment: signedCommitment.encode(), dataHash: hash(0x16), dataLocation: .blob,
    data: .present)

  static let output = OutputProposed(
    outputIndex: 5, outputVersion: 1, outputRoot: hash(0x21), claim: hash(0x22), stateRoot: hash(0x23),
    blockHash: hash(0x21), l2BlockNumber: 5, l1Head: BlockID(number: 5, hash: hash(0x24)), parentOutput: 4,
    proposer: address(0x25), bond: 1000)

  static let stepState = StepState(
    stateRoot: hash(0xb1), cumulativeGas: 42_000, cumulativeBlobGas: 131_072, executedCount: 1,
    transactionsTrieRoot: hash(0xb5), receiptsTrieRoot: hash(0xb2),
    bloomHash: hash(0xb3), txIndex: 2, blockContextHash: hash(0xb4))

  static let outputClaim = OutputClaim(
    outputRoot: OutputRoot.hash(
      stateRoot: output.stateRoot, messagePasserStorageRoot: hash(0x26), blockHash: output.blockHash),
    parentOrder: rollupBlock.order.commitment, l1OriginHash: rollupBlock.l1Origin.hash,
    l2BlockNumber: rollupBlock.number, batchIndex: 5, indexInBatch: 1,
    messagesConsumed: rollupBlock.messagesConsumed)

  static let outputLineage = Lineage.output(
    after: hash(0x27), claim: output.claim, l2BlockNumber: output.l2BlockNumber, l1Head: output.l1Head)

  /// After a block with a message and an output, with hash 0x32…32.
  static let canonicalAcc: Hash256 = {
    var accumulator = CanonicalAccumulator(before: hash(0x31))
    for event in [Event.messageDelivered(message), .outputProposed(output)] {
      accumulator.add(event.kind, event.encode().rawSpan)
    }
    return accumulator.value(blockHash: hash(0x32))
  }()

  /// The worked examples of the document's section Commitments.
  static let commitments: [(name: String, value: String)] = [
    ("chain configuration hash", "\(configuration.hash)"),
    ("rollupId", "\(configuration.rollupId)"),
    ("preimage of the order commitment", Hex.encode(rollupBlock.order.encode())),
    ("order commitment", "\(rollupBlock.order.commitment)"),
    ("dataHash of that block alone", "\(BatchData.hash(of: [rollupBlock.order.commitment]))"),
    ("messageHash", "\(message.messageHash)"),
    ("inbox accumulator after it", "\(message.afterInboxAcc)"),
    (
      "accumulator of batches after the batch",
      "\(BatchData.accumulator(after: batch.beforeAcc, dataHash: batch.dataHash))"
    ),
    ("outputRoot", "\(outputClaim.outputRoot)"),
    ("claim about that block", "\(outputClaim.hash)"),
    ("canonicalAcc", "\(canonicalAcc)"),
    ("lineage of an output", "\(outputLineage)"),
    (
      "lineage of a game's claim",
      "\(Lineage.claim(after: outputLineage, position: GamePosition(6), claim: hash(0x95)))"
    ),
    ("preimage of a step state", Hex.encode(stepState.encode())),
    ("step state", "\(stepState.hash)"),
    ("domain separator", "\(domain.separator)"),
    ("sequencer commitment", "\(signedCommitment.commitment.digest(in: domain))"),
    ("signed commitment", Hex.encode(signedCommitment.encode())),
  ]

  static let events: [Event] = ledgerEvents + observations

  private static let ledgerEvents: [Event] =
    [
      .chainConfigured(ChainConfigured(configuration: configuration)),
      .l1BlockAppended(
        L1BlockAppended(
          header: [0xc2, 0x01, 0x02], canonicalAccBefore: hash(0x31), completeness: .receiptsRootRecomputed)),
      .configUpdated(ConfigUpdated(update: .forceInclusionWindow(blocks: 100, seconds: 1200))),
      .messageDelivered(message),
      .sequencerBatchDelivered(batch),
      .blockSequenced(BlockSequenced(batchIndex: 5, indexInBatch: 1, block: .rollup(rollupBlock))),
      .forceIncluded(
        ForceIncluded(
          batchIndex: 6, beforeAcc: hash(0x91), afterAcc: hash(0x92), firstMessage: 9, lastMessage: 11,
          caller: address(0x93))),
      .outputProposed(output),
      .disputeGameCreated(
        DisputeGameCreated(
          gameId: 2, outputIndex: 5, rootClaim: hash(0x22), challenger: address(0x94), bond: 1_000_000)),
      .move(
        Move(
          gameId: 2, claimIndex: 3, parentIndex: 1, position: GamePosition(6), claim: hash(0x95),
          claimant: address(0x94), isAttack: false, bond: 6000)),
      .stepProven(
        StepProven(
          gameId: 2, claimIndex: 44, preState: hash(0x96), postState: hash(0x97), witnessHash: hash(0x98),
          prover: address(0x94), verifier: .zero)),
      .claimResolved(ClaimResolved(gameId: 2, claimIndex: 44, counteredBy: address(0x94))),
      .resolved(Resolved(gameId: 2, status: .challengerWins)),
      .outputsDeleted(OutputsDeleted(prevNextOutputIndex: 9, newNextOutputIndex: 5)),
    ] + moneyEvents

  private static let moneyEvents: [Event] = [
    .bondDeposited(BondDeposited(account: address(0x64), cause: .sequencer(address(0x64)), amount: 5_000_000)),
    .bondLocked(BondLocked(account: address(0x25), cause: .output(5), amount: 1_000_000)),
    .bondSlashed(
      BondSlashed(
        account: address(0x25), cause: .claim(gameId: 2, claimIndex: 0), amount: 1_000_000,
        beneficiary: address(0x94))),
    .rewardPaid(RewardPaid(account: address(0x94), cause: .claim(gameId: 2, claimIndex: 0), amount: 1_000_000)),
    .creditClaimed(CreditClaimed(account: address(0x94), amount: 1_002_000, beneficiary: address(0x99))),
    .sequencerSlashed(
      SequencerSlashed(
        evidenceHash: hash(0x9a), equivocation: .doubleSign, offender: address(0x64), reporter: address(0x9b),
        amount: 5_000_000, burned: 2_500_000)),
    .outputFinalized(OutputFinalized(outputIndex: 4, outputRoot: hash(0x9c), l2BlockNumber: 4)),
    .withdrawalProven(WithdrawalProven(withdrawalHash: hash(0x9d), outputIndex: 4, submitter: address(0x9e))),
    .withdrawalFinalized(
      WithdrawalFinalized(
        withdrawalHash: hash(0x9d), target: address(0x9f), value: 77, submitter: address(0x9e), success: true)),
    .paused(Paused(pauseId: 1)),
    .unpaused(Unpaused(pauseId: 1)),
    .gameBlacklisted(GameBlacklisted(gameId: 2)),
    .bondReleased(BondReleased(account: address(0x94), cause: .claim(gameId: 2, claimIndex: 1), amount: 2000)),
    .batchDataDelivered(
      BatchDataDelivered(batchIndex: 5, dataHash: hash(0x16), dataLocation: .calldata, poster: address(0xa1))),
  ]

  private static let observations: [Event] = [
    .l1Finalized(L1Finalized(block: BlockID(number: 4999, hash: hash(0x41)))),
    .l1Reorged(
      L1Reorged(
        oldTip: BlockID(number: 12, hash: hash(0x51)), newTip: BlockID(number: 13, hash: hash(0x52)),
        commonAncestor: BlockID(number: 11, hash: hash(0x53)), revokedFrom: Position(45), revokedTo: Position(48))),
    .sequencerCommitmentObserved(
      SequencerCommitmentObserved(
        raw: signedCommitment.encode(), format: .varve, signer: address(0x64), block: .rollup(rollupBlock),
        source: [UInt8]("feed".utf8), receivedAt: 1_438_270_001_234, ledgerPosition: 45, ledgerLeaf: hash(0xa2))),
    .feedGap(
      FeedGap(
        source: [UInt8]("feed".utf8), from: 7, to: 9, receivedAt: 1_438_270_005_000, ledgerPosition: 46,
        ledgerLeaf: hash(0xa3))),
    .espressoBlockObserved(
      EspressoBlockObserved(
        hotShotHeight: 70_001, headerCommitment: hash(0xa4), namespace: 1337,
        transactions: [[0x02, 0xc0], [0xc1, 0x80]],
        proofStatus: .majority, source: [UInt8]("query service".utf8), receivedAt: 1_438_270_006_000,
        ledgerPosition: 46,
        ledgerLeaf: hash(0xa3))),
    .l1TransactionIncluded(L1TransactionIncluded(transaction: [0x7d, 0xc1, 0x80], succeeded: true)),
  ]
}
