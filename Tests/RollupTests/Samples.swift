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
      ])
  }()

  static let batch = SequencerBatchDelivered(
    batchIndex: 5, beforeAcc: hash(0x11), afterAcc: hash(0x12), firstBlock: 5, lastBlock: 6, messagesConsumed: 9,
    poster: address(0x13), signedCommitment: [0x14, 0x15], dataHash: hash(0x16), dataLocation: .blob, data: .present)

  static let output = OutputProposed(
    outputIndex: 5, outputVersion: 1, outputRoot: hash(0x21), claim: hash(0x22), stateRoot: hash(0x23),
    blockHash: hash(0x21), l2BlockNumber: 5, l1Head: BlockID(number: 5, hash: hash(0x24)), parentOutput: 4,
    proposer: address(0x25), bond: 1000)

  static let events: [Event] = [
    .chainConfigured(ChainConfigured(configuration: configuration)),
    .l1BlockAppended(
      L1BlockAppended(
        header: [0xc2, 0x01, 0x02], canonicalAccBefore: hash(0x31), completeness: .receiptsRootRecomputed)),
    .sequencerBatchDelivered(batch),
    .blockSequenced(BlockSequenced(batchIndex: 5, indexInBatch: 1, block: .ethereum([0xc3, 0xc0, 0xc0, 0xc0]))),
    .outputProposed(output),
    .l1Finalized(L1Finalized(block: BlockID(number: 4999, hash: hash(0x41)))),
    .l1Reorged(
      L1Reorged(
        oldTip: BlockID(number: 12, hash: hash(0x51)), newTip: BlockID(number: 13, hash: hash(0x52)),
        commonAncestor: BlockID(number: 11, hash: hash(0x53)), revokedFrom: Position(45), revokedTo: Position(48))),
  ]
}
