import Evidence
import Primitives
import Rollup
import StateTransition

/// Values that differ from each other and from zero, one of each format. `Docs/Events.md` has them in hex. They prove
/// nothing.
enum ProofSamples {
  static func hash(_ byte: UInt8) -> Hash256 { Hash256([UInt8](repeating: byte, count: 32).rawSpan) }

  static func address(_ byte: UInt8) -> Address { Address([UInt8](repeating: byte, count: 20).rawSpan) }

  static let block = RollupBlock(
    number: 6, parentOrder: hash(0x81), timestamp: 1_438_270_000, l1Origin: BlockID(number: 4, hash: hash(0x82)),
    messagesConsumed: 9, transactions: [[0x02, 0xc0], [0xc1, 0x80]])

  static let context = RollupBlockContext(
    chainID: 1337, fork: .cancun, parentHash: hash(0xb6), beneficiary: address(0x66), gasLimit: 30_000_000,
    baseFeePerGas: 1_000_000_000, order: block.order, messageCount: 2, messagesRoot: hash(0xb7), batchIndex: 5,
    indexInBatch: 1)

  static let witness = Witness(
    nodes: WitnessPieces([[0xc2, 0x20, 0x01], [0xc2, 0x20, 0x02]]), codes: WitnessPieces([[0x60, 0x00]]),
    headers: WitnessPieces([[0xc1, 0x05]]))

  static let claim = OutputClaim(
    outputRoot: hash(0xb8), parentOrder: hash(0x81), l1OriginHash: hash(0x82), l2BlockNumber: 5, batchIndex: 5,
    indexInBatch: 0, messagesConsumed: 7)

  static let state = StepState(
    stateRoot: hash(0xb1), cumulativeGas: 42_000, cumulativeBlobGas: 131_072, executedCount: 1,
    transactionsTrieRoot: hash(0xb5), receiptsTrieRoot: hash(0xb2), bloomHash: hash(0xb3), txIndex: 2,
    blockContextHash: hash(0xb4))

  static let header = BlockHeader(
    parentHash: hash(0x01), ommersHash: hash(0x02), beneficiary: address(0x03), stateRoot: hash(0x04),
    transactionsRoot: hash(0x05), receiptsRoot: hash(0x06), logsBloom: .empty, difficulty: .zero, number: 5,
    gasLimit: 5000, gasUsed: 0, timestamp: 1_438_269_973, extraData: [], mixHash: hash(0x07), nonce: 0)

  static let message = MessageDelivered(
    messageIndex: 7, beforeInboxAcc: hash(0x71), messageKind: .deposit, sender: address(0x72), to: address(0x73),
    value: 3, mint: 4, gasLimit: 21_000, data: [0x74, 0x75], deadlineBlock: 5800, deadlineTime: 1_438_360_000)

  static let rest = OneStepProof.rest(claim)

  static let inside = OneStepProof.inside(
    InsideProof(point: StepPoint(state: state, bloom: .empty, context: context), witness: witness))

  static let opening = OneStepProof.opening(
    OpeningProof(
      point: OpeningPoint(claim: claim, header: header, l1OriginNumber: 4),
      blocks: [
        .init(
          place: DerivationCursor(batchIndex: 5, indexInBatch: 1),
          placed: PlacedBlock(block: block, path: [hash(0xb9)]))
      ],
      messages: [message], witness: witness))

  static let statement = StepStatement(
    rollupId: hash(0x83), gameId: 2, claimIndex: 44, blockNumber: 6, stepIndex: 3,
    l1Head: BlockID(number: 20, hash: hash(0x24)), preState: hash(0x96), postState: hash(0x97), isOwnSide: true)

  static let file = StepProofFile(statement, proof: rest)

  /// Titles in the document, and what stands there in hex.
  static let examples: [(title: String, bytes: [UInt8])] = [
    ("Block context", encoded { context.append(to: &$0) }), ("Witness", witness.encode()),
    ("One-step proof, behind the end", rest.encode()), ("One-step proof, inside a block", inside.encode()),
    ("One-step proof, opening a block", opening.encode()), ("Step proof file", file.encode()),
    ("Equivocation evidence", evidence?.encode() ?? []), ("Inclusion receipt", receipt?.encode() ?? []),
  ]

  /// Two orders that one key signed for one height, with the header of their origin and the record that configures the rollup.
  static let evidence = try? {
    let samples = try EquivocationSamples()
    return samples.evidence(
      try samples.sign(samples.block(5, origin: 3, salt: 1)), try samples.sign(samples.block(5, origin: 3, salt: 2)),
      l1: samples.segment(3...3), log: samples.excerpt())
  }()

  /// Of the second transaction of the first of the two.
  static let receipt = try? {
    let samples = try EquivocationSamples()
    let block = samples.block(5, origin: 3, salt: 1)
    return InclusionReceipt(
      try samples.sign(block), block: block, index: 1, l2ChainID: samples.configuration.chainID, domain: samples.domain)
  }()

  private static func encoded(_ append: (inout RLPWriter) -> Void) -> [UInt8] {
    var writer = RLPWriter()
    append(&writer)
    return writer.bytes
  }
}
