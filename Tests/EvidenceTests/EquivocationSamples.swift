// A rollup's sequencer, an L1 and a ledger, small enough to put into files.

import Hashing
import MerkleLog
import Primitives
import Rollup
import Signatures
import StateTransition
import StateTrie
import Testimony

@testable import Evidence

struct EquivocationSamples {
  static let key = Hash256(21, 22, 23, 24)
  static let signer = (try? Secp256k1.address(of: key)) ?? .zero

  var headers: [BlockHeader] = []
  var records: [(header: RecordHeader, payload: [UInt8])] = []
  let configuration: ChainConfiguration
  let domain: CommitmentDomain

  /// Ten L1 blocks, from 0 on unless said otherwise, of which some say something.
  ///
  /// - Parameters:
  ///   - genesis: where the rollup begins: the first of them, if not said otherwise.
  ///   - window: sequencing and slashing window.
  init(
    _ said: [UInt64: [Event]] = [:], from first: UInt64 = 0, salt: UInt64 = 0, genesis: BlockID? = nil,
    window: UInt64? = nil
  ) throws {
    let contract = ProofSamples.address(0x61)
    for number in first...(first > .max - 9 ? .max : first + 9) {
      let logs = (said[number] ?? []).map { Log(address: contract, topics: [$0.kind.logTopic], data: $0.encode()) }
      var header = BlockHeader(
        parentHash: headers.last?.hash ?? .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero,
        transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: LogsBloom(of: logs), difficulty: .zero, number: number,
        gasLimit: 0, gasUsed: 0, timestamp: 1000 + number % 1000, extraData: [], mixHash: .zero, nonce: salt)
      header.baseFeePerGas = .zero
      headers.append(header)
    }
    let rollup = RollupConfiguration(
      l1ChainID: 31_337, contract: contract, genesisOrigin: genesis ?? headers[0].id, guardian: .zero,
      sequencer: Self.signer, batchPoster: .zero, challengePeriod: 100, maxClockDuration: 50, clockExtension: 5,
      splitDepth: 6, maxDepth: 11, sequencingWindow: window ?? 8, forceInclusionBlocks: 4, forceInclusionTime: 40,
      maxDrift: 6000, slashingWindow: window ?? 4,
      bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: .zero))
    var l2Genesis = headers[0]
    l2Genesis.number = 0
    configuration = ChainConfiguration(
      chainID: 77, forks: try ForkSchedule(activations: []), genesisHeader: l2Genesis, allocation: [], rollup: rollup)
    domain = CommitmentDomain(l1ChainID: 31_337, contract: contract, rollupId: configuration.rollupId)
    record(.chainConfigured(ChainConfigured(configuration: configuration)), atL1Block: 0)
    for number in said.keys.sorted() { for event in said[number] ?? [] { record(event, atL1Block: number) } }
  }

  mutating func record(_ event: Event, atL1Block number: UInt64) {
    let payload = event.encode()
    let header = RecordHeader(
      kind: event.kind, position: Position(UInt64(records.count)), coordinates: .block(number),
      payloadLength: UInt32(payload.count), payloadHash: Keccak256.hash(payload))
    records.append((header, payload))
  }

  /// Of L1 blocks up to one.
  func segment(_ range: ClosedRange<Int> = 0...9) -> L1Segment? { L1Segment(headers[range].map { $0.encode() }) }

  /// All records.
  func excerpt() -> LogExcerpt {
    let leaves = records.map(\.header.leafHash)
    let root = MerkleTree.root(ofLeaves: leaves)
    return LogExcerpt(
      size: UInt64(leaves.count), root: root,
      records: records.map { header, payload in
        let proof = InclusionProof(index: header.position.rawValue, size: UInt64(leaves.count)) { level, index in
          MerkleTree.root(ofLeaves: leaves[Int(index << UInt64(level))..<Int((index + 1) << UInt64(level))])
        }
        return LogExcerpt.Record(header: header, payload: payload, path: proof.hashes)
      })
  }

  func block(_ number: UInt64, origin: UInt64, parent: Hash256 = .zero, salt: UInt8 = 0) -> RollupBlock {
    RollupBlock(
      number: number, parentOrder: parent, timestamp: 2000 + number % 1000, l1Origin: headers[Int(origin)].id,
      messagesConsumed: 0, transactions: [[2, salt, 1], [2, salt, 2], [2, salt, 3]])
  }

  func sign(_ block: RollupBlock, key: Hash256 = key) throws -> SignedCommitment {
    try sign(SequencerCommitment(order: block.order, l2ChainID: configuration.chainID), key: key)
  }

  func sign(_ commitment: SequencerCommitment, key: Hash256 = key) throws -> SignedCommitment {
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }

  func evidence(
    _ one: SignedCommitment, _ other: SignedCommitment, orders: [BlockOrder] = [], l1: L1Segment? = nil,
    log: LogExcerpt? = nil
  ) -> EquivocationEvidence {
    let (first, second) = (one.commitment, other.commitment)
    let isInOrder =
      first.blockNumber < second.blockNumber
      || first.blockNumber == second.blockNumber && first.orderCommitment < second.orderCommitment
    return EquivocationEvidence(
      l2ChainID: configuration.chainID, domain: domain,
      messages: isInOrder ? [.varve(one), .varve(other)] : [.varve(other), .varve(one)], orders: orders, l1: l1,
      log: log)
  }
}
