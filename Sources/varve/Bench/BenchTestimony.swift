import ArgumentParser
import EventStore
import Foundation
import LMDB
import Node
import Primitives
import ProjectionStore
import Projections
import Rollup
import Signatures
import StateTrie
import SystemPackage
import Testimony

/// `varve bench testimony`: signed messages read and verified, and a scan of both logs.
struct BenchTestimony: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "testimony",
    abstract: "Measure signed messages beside the bare recovery of their keys, and a scan.",
    discussion: """
      Rates of messages are of the processor's time, one processor's and, while all
      are at it, each one's. A scan folds as many stored blocks as commitments, made
      before the clock starts, in a store that is removed afterwards.
      """)

  @Option(help: "Milliseconds for each figure.")
  var time = 300

  @Option(help: ArgumentHelp("Blocks and commitments of the scan; 0: none.", valueName: "n"))
  var scan: UInt64 = 0

  @Option(help: ArgumentHelp("Where the scan's store is made.", valueName: "directory"))
  var directory = "."

  func run() throws {
    let pool = try StatementPool()
    let budget = Double(time) / 1e3
    func measure(_ figure: String, _ bytes: Int, _ body: @Sendable () -> UInt8) {
      RateLine("\(figure)-one", bytes, StatementPool.count, Rate.best(budget, body)).print()
      RateLine("\(figure)-all", bytes, StatementPool.count, Rate.bestOfEachProcessor(budget, body)).print()
    }
    measure("recover", 0) { pool.recoverAll() }
    measure("varve", pool.varve[0].count) { pool.read(pool.varve, .varve) }
    measure("op", pool.op[0].count) { pool.read(pool.op, .op) }
    if scan > 0 { try ScanStore(FilePath(directory), blocks: scan).measure() }
  }
}

/// Messages of one key, and what it signed, made before the clock starts.
private struct StatementPool: Sendable {
  static let count = 64

  let reader: StatementReader
  private let signed: [(digest: Hash256, signature: Signature)]
  let varve: [[UInt8]]
  let op: [[UInt8]]

  init() throws {
    let domain = CommitmentDomain(l1ChainID: 1, contract: Address(1, 2, 3), rollupId: Hash256(1, 2, 3, 4))
    reader = StatementReader(l2ChainID: 10, domain: domain)
    let key = Hash256(1, 2, 3, 4)
    var (signed, varve, op): ([(Hash256, Signature)], [[UInt8]], [[UInt8]]) = ([], [], [])
    for number in 1...UInt64(Self.count) {
      let order = BlockOrder(
        number: number, parentOrder: Hash256(0, 0, 0, number), timestamp: number,
        l1Origin: BlockID(number: number, hash: Hash256(0, 0, 1, number)), messagesConsumed: 0,
        transactionsRoot: Trie.emptyRoot)
      let commitment = SequencerCommitment(order: order, l2ChainID: 10)
      let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
      signed.append((commitment.digest(in: domain), signature))
      varve.append(SignedCommitment(commitment: commitment, signature: signature.walletBytes).encode())
      op.append(try Self.gossip(number, key: key))
    }
    (self.signed, self.varve, self.op) = (signed, varve, op)
  }

  /// A block with nothing but what tells its L1 origin, as it comes over the wire: most of a quiet chain's are.
  private static func gossip(_ number: UInt64, key: Hash256) throws -> [UInt8] {
    let origin = BlockID(number: number, hash: Hash256(0, 0, 1, number))
    let transactions = [L1Attributes.transaction(origin: origin, timestamp: number, sequenceNumber: 0)]
    var header = BlockHeader(
      parentHash: Hash256(0, 0, 2, number), ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero,
      stateRoot: .zero, transactionsRoot: Trie.orderedRoot(of: transactions), receiptsRoot: .zero, logsBloom: .empty,
      difficulty: .zero, number: number, gasLimit: 30_000_000, gasUsed: 0, timestamp: number, extraData: [],
      mixHash: .zero, nonce: 0)
    header.baseFeePerGas = 7
    guard let payload = ExecutionPayload(header: header, transactions: transactions) else {
      throw Failure(.cannot, "the header is no OP Stack block's")
    }
    let message = try OPGossip.sign(payload, l2ChainID: 10, privateKey: key)
    // One literal of Snappy's: the count of all bytes, a tag with this one's, and the bytes.
    let (count, last) = (message.count, message.count - 1)
    let length = [UInt8(truncatingIfNeeded: count) | 0x80, UInt8(truncatingIfNeeded: count >> 7)]
    return length + [0xf4, UInt8(truncatingIfNeeded: last), UInt8(truncatingIfNeeded: last >> 8)] + message
  }

  func recoverAll() -> UInt8 {
    signed.reduce(0) { sum, item in
      guard let address = try? Secp256k1.recoverAddress(hash: item.digest, signature: item.signature) else {
        return sum
      }
      return sum &+ address.bytes[0]
    }
  }

  func read(_ messages: [[UInt8]], _ format: SequencerCommitmentObserved.Format) -> UInt8 {
    messages.reduce(0) { sum, message in
      guard let statement = try? reader.statement(message.rawSpan, format) else {
        preconditionFailure("the pool's messages are good")
      }
      return sum &+ statement.signer.bytes[0]
    }
  }
}

/// A ledger of blocks in batches, and as much testimony about them, of which one in a thousand contradicts.
private struct ScanStore {
  let path: FilePath
  let blocks: UInt64

  private static let batchSize: UInt64 = 500
  private static let key = Hash256(1, 2, 3, 4)

  init(_ directory: FilePath, blocks: UInt64) {
    path = directory.appending("scan-\(getpid())")
    self.blocks = blocks
  }

  func measure() throws {
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let genesis = DevnetGenesis.configuration
    guard var rollup = genesis.rollup else { return }
    rollup.sequencer = try Secp256k1.address(of: Self.key)
    let configuration = ChainConfiguration(
      chainID: genesis.chainID, forks: genesis.forks, genesisHeader: genesis.genesisHeader, allocation: [],
      rollup: rollup)
    try fill(configuration)
    // What the making took, and the pages that it left mapped, are no part of the scan.
    PeakMemory.forget()
    let ledger = try EventLog.open(path.appending("ledger"), mode: .readOnly)
    let testimony = try EventLog.open(path.appending("testimony"), mode: .readOnly)
    let store = try EquivocationStore(
      dataDirectory: path, ledger: ledger, testimony: testimony, storeID: "bench")
    let began = ContinuousClock.now
    try store.bringUp()
    let time = ContinuousClock.now - began
    let accusations = try store.read { view, _ throws(NodeError) in
      try EquivocationStore.rows { () throws(FoldError) in try EquivocationAnswers(view).progress()?.accusations ?? 0 }
    }
    guard accusations >= blocks / 1000 else { throw Failure(.disagreement, "\(accusations) accusations are too few") }
    let records = try ledger.head().size + testimony.head().size
    Measurement("scan", recordBytes: 0, records: records, time: time).print()
    PeakMemory(figure: "scan-memory").print()
  }

  private func fill(_ configuration: ChainConfiguration) throws {
    let ledger = try EventLog.open(path.appending("ledger"), mode: .create)
    let testimony = try EventLog.open(path.appending("testimony"), mode: .create)
    try ledger.append([NewRecord(.chainConfigured(ChainConfigured(configuration: configuration)), at: .block(0))])
    var (parent, number): (Hash256, UInt64) = (.zero, 0)
    var order = Hash256.zero
    func appendBlock(_ records: [Event]) throws -> BlockID {
      var header = configuration.genesisHeader
      (header.number, header.parentHash) = (number, parent)
      let id = BlockID(number: number, hash: header.hash)
      let appended = L1BlockAppended(header: header.encode(), canonicalAccBefore: .zero, completeness: .embedded)
      try ledger.appendBlock(
        number: id.number, hash: id.hash,
        records: ([.l1BlockAppended(appended)] + records).map { NewRecord($0, at: .block(id.number)) })
      (parent, number) = (id.hash, number + 1)
      return id
    }
    var origin = try appendBlock([])
    for first in stride(from: 1, through: blocks, by: Int(Self.batchSize)) {
      var batch: [RollupBlock] = []
      for height in first...min(first + Self.batchSize - 1, blocks) {
        batch.append(
          RollupBlock(
            number: height, parentOrder: order, timestamp: height, l1Origin: origin, messagesConsumed: 0,
            transactions: []))
        order = batch[batch.count - 1].order.commitment
      }
      let made = batch
      let commitments = try ParallelMap().map(made.count) { index in
        Result { try Self.sign(made[index], configuration) }
      }.map { try $0.get() }
      let arrival = try ledger.head()
      try testimony.append(
        commitments.enumerated().map { index, signed in
          NewRecord(
            .sequencerCommitmentObserved(
              SequencerCommitmentObserved(
                raw: signed.encode(), format: .varve, signer: configuration.rollup?.sequencer, block: nil, source: [],
                receivedAt: 0, ledgerPosition: arrival.size, ledgerLeaf: arrival.lastLeafHash)),
            at: .observed(at: origin.number))
        })
      // Of every other batch the last block is stored otherwise than it was signed before.
      if (first / Self.batchSize).isMultiple(of: 2) { batch[batch.count - 1].timestamp += 1 }
      origin = try appendBlock(try Self.events(of: batch, configuration, index: number))
      order = batch[batch.count - 1].order.commitment
    }
    _ = try appendBlock([])
  }

  private static func sign(_ block: RollupBlock, _ configuration: ChainConfiguration) throws -> SignedCommitment {
    guard let domain = configuration.commitmentDomain else { throw Failure(.cannot, "the chain is no rollup") }
    let commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }

  private static func events(
    of batch: [RollupBlock], _ configuration: ChainConfiguration, index: UInt64
  ) throws -> [Event] {
    let signed = try sign(batch[batch.count - 1], configuration)
    let delivered = SequencerBatchDelivered(
      batchIndex: index, beforeAcc: .zero, afterAcc: .zero, firstBlock: batch[0].number,
      lastBlock: batch[batch.count - 1].number, messagesConsumed: 0, poster: .zero, signedCommitment: signed.encode(),
      dataHash: .zero, dataLocation: .event, data: .present)
    return [.sequencerBatchDelivered(delivered)]
      + batch.enumerated().map { place, block in
        .blockSequenced(BlockSequenced(batchIndex: index, indexInBatch: UInt64(place), block: .rollup(block)))
      }
  }
}
