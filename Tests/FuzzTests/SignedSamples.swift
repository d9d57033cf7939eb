import Evidence
import Hashing
import MerkleLog
import Node
import Primitives
import Rollup
import Signatures
import StateTrie
import Testimony

/// What sequencers sign, and the files that are made of it: a rollup of four L1 blocks, and messages of other stacks.
struct SignedSamples {
  private static let key = Hash256(1, 2, 3, 4)

  private var headers: [BlockHeader] = []
  private let configuration: ChainConfiguration
  private let domain: CommitmentDomain

  init() throws {
    for number in [UInt64](0...3) {
      var header = Self.header(number: number)
      header.parentHash = headers.last?.hash ?? .zero
      headers.append(header)
    }
    let rollup = RollupConfiguration(
      l1ChainID: 900, contract: Address(0x61, 0x61, 0x61), genesisOrigin: headers[0].id, guardian: .zero,
      sequencer: try Secp256k1.address(of: Self.key), batchPoster: .zero, challengePeriod: 100, maxClockDuration: 50,
      clockExtension: 5, splitDepth: 6, maxDepth: 11, sequencingWindow: 8, forceInclusionBlocks: 4,
      forceInclusionTime: 40, maxDrift: 6000, slashingWindow: 4,
      bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
      fees: FeeParameters(feeRecipient: .zero))
    configuration = ChainConfiguration(
      chainID: 10, forks: try ForkSchedule(activations: []), genesisHeader: headers[0], allocation: [], rollup: rollup)
    domain = CommitmentDomain(l1ChainID: 900, contract: rollup.contract, rollupId: configuration.rollupId)
  }

  private static func header(number: UInt64) -> BlockHeader {
    var header = BlockHeader(
      parentHash: .zero, ommersHash: EthereumBlock.ommersHash(of: []), beneficiary: .zero, stateRoot: .zero,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero,
      number: number, gasLimit: 30_000_000, gasUsed: 0, timestamp: 1000 + 12 * number, extraData: [], mixHash: .zero,
      nonce: 0)
    header.baseFeePerGas = UInt256(7)
    return header
  }

  private func block(_ number: UInt64, parent: Hash256 = .zero, origin: Int = 1, salt: UInt8 = 0) -> RollupBlock {
    RollupBlock(
      number: number, parentOrder: parent, timestamp: 2000 + number, l1Origin: headers[origin].id,
      messagesConsumed: 0, transactions: [[2, salt, 1], [2, salt, 2]])
  }

  private func sign(_ block: RollupBlock, later seconds: UInt64 = 0) throws -> SignedCommitment {
    var commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
    commitment.timestamp += seconds
    let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: Self.key)
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }

  /// A log of the configuration alone.
  private var log: LogExcerpt {
    let event = Event.chainConfigured(ChainConfigured(configuration: configuration))
    let payload = event.encode()
    let header = RecordHeader(
      kind: event.kind, position: .zero, coordinates: .block(0), payloadLength: UInt32(payload.count),
      payloadHash: Keccak256.hash(payload))
    let proof = InclusionProof(index: 0, size: 1, hashes: [])
    return LogExcerpt(
      size: 1, root: header.leafHash, records: [LogExcerpt.Record(header: header, payload: payload, proof: proof)])
  }

  func evidence() throws -> [(String, [UInt8])] {
    let segment = L1Segment(headers.map { $0.encode() })
    let twins = try [block(5), block(5, origin: 2, salt: 1)].map { try sign($0) }
      .sorted { $0.commitment.orderCommitment < $1.commitment.orderCommitment }
    let middle = block(6, parent: Hash256(6, 6, 6, 6))
    let broken = try [block(5), block(7, parent: middle.order.commitment, origin: 2)].map { try sign($0) }
    let gossip = try payloads().map { payload in
      SignedMessage.op(try OPGossip.sign(payload, l2ChainID: 10, privateKey: Self.key))
    }
    let feed = try [1, 2].map { salt in SignedMessage.nitro(try feedMessage(salt: salt, .v1)) }
    func file(
      _ messages: [SignedMessage], _ orders: [BlockOrder] = [], _ domain: CommitmentDomain? = nil,
      l1: L1Segment? = nil, log: LogExcerpt? = nil
    ) -> [UInt8] {
      EquivocationEvidence(l2ChainID: 10, domain: domain, messages: messages, orders: orders, l1: l1, log: log).encode()
    }
    return [
      ("double-sign", file(twins.map { .varve($0) }, [], domain, l1: segment, log: log)),
      ("double-sign-alone", file(twins.map { .varve($0) }, [], domain)),
      ("broken-parent", file(broken.map { .varve($0) }, [middle.order], domain, l1: segment, log: log)),
      ("malformed-commitment", file([.varve(try sign(block(5), later: 1))], [block(5).order], domain, log: log)),
      ("gossip", file([gossip[0], gossip[1]])), ("feed", file(feed)),
    ]
  }

  func receipts() throws -> [(String, [UInt8])] {
    let (own, other) = (block(5), block(5, salt: 1))
    var receipts: [(String, [UInt8])] = []
    for (name, stored) in [("plain", nil), ("kept", own), ("broken", other)] {
      guard
        var receipt = InclusionReceipt(try sign(own), block: own, index: 1, l2ChainID: 10, domain: domain)
      else { continue }
      if let stored {
        let last = block(6, parent: stored.order.commitment, origin: 2)
        receipt.fate = InclusionReceipt.Fate(
          batchCommitment: try sign(last), orders: [stored.order], l1: L1Segment(headers.map { $0.encode() }), log: log)
      }
      receipts.append((name, receipt.encode()))
    }
    return receipts
  }
}

// Other stacks.
extension SignedSamples {
  /// One of each version.
  func payloads() throws -> [ExecutionPayload] {
    let transactions = [
      L1Attributes.transaction(origin: headers[1].id, timestamp: 12, sequenceNumber: 0), [2, 7, 7],
    ]
    return try ExecutionPayload.Version.allCases.map { version in
      var header = Self.header(number: 508)
      header.transactionsRoot = Trie.orderedRoot(of: transactions)
      header.extraData = [1, 2, 3]
      if version >= .v2 { header.withdrawalsRoot = Trie.emptyRoot }
      if version >= .v3 {
        (header.blobGasUsed, header.excessBlobGas) = (0, 0)
        header.parentBeaconBlockRoot = Hash256(2, 2, 2, 2)
      }
      if version >= .v4 {
        header.withdrawalsRoot = Hash256(6, 6, 6, 6)
        header.requestsHash = Hash256(hex: "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      }
      guard let payload = ExecutionPayload(header: header, transactions: transactions) else { throw Unmade() }
      return payload
    }
  }

  struct Unmade: Error {}

  func payloadFiles() throws -> [(String, [UInt8])] {
    try payloads().map { ("v\($0.version.rawValue)", $0.encode()) }
  }

  func gossip() throws -> [(String, [UInt8])] {
    let messages = try payloads().map { payload in
      ("v\(payload.version.rawValue)", try OPGossip.sign(payload, l2ChainID: 10, privateKey: Self.key))
    }
    // Of the compression: every element, and two that are broken.
    let elements: [UInt8] =
      [21, 3 << 2] + [97, 98, 99, 100] + [1, 4] + [5 << 2 | 1 << 1, 1, 0] + [6 << 2 | 3, 2, 0, 0, 0]
    return messages.map { ($0, Snappy.literal($1)) }
      + [("elements", elements), ("no-elements", [0]), ("length-beyond", [0xff, 0xff, 0xff, 0xff, 0x7f])]
  }

  private func feedMessage(salt: UInt8, _ version: FeedMessage.Version) throws -> NitroFeed.Signed {
    let text = try feedText(salt: salt, version)
    guard let signed = try NitroFeed.Signed(json: text.rawSpan) else { throw Unmade() }
    return signed
  }

  /// An element of a feed's `messages`.
  private func feedText(salt: UInt8, _ version: FeedMessage.Version) throws -> [UInt8] {
    let message = FeedMessage(
      sequenceNumber: 251_130, blockHash: Hash256(1, 2, 3, 4), delayedMessagesRead: 599, kind: NitroFeed.l2MessageKind,
      sender: NitroFeed.sequencer, blockNumber: 9_327_515, timestamp: 1_759_416_519, baseFeeL1: .zero,
      l2Message: [4, 2, salt])
    let signature = try Secp256k1.sign(message.digest(version, l2ChainID: 42_161), privateKey: Self.key)
    let bytes = signature.r.bigEndianBytes + signature.s.bigEndianBytes + [signature.recoveryID]
    return Samples.utf8(
      """
      {"sequenceNumber": 251130, "message": {"message": {"header": {"kind": 3, "sender": "\(NitroFeed.sequencer)",
      "blockNumber": 9327515, "timestamp": 1759416519, "requestId": null, "baseFeeL1": 0},
      "l2Msg": "\(Base64.encode(message.l2Message))"}, "delayedMessagesRead": 599},
      "blockHash": "\(Hash256(1, 2, 3, 4))", "\(version == .v1 ? "signature" : "signatureV2")":
      "\(Base64.encode(bytes))"}
      """)
  }

  func feed() throws -> [(String, [UInt8])] {
    var writer = RLPWriter()
    SignedMessage.nitro(try feedMessage(salt: 3, .v2)).append(to: &writer)
    return [
      ("v1", try feedText(salt: 1, .v1)), ("v2", try feedText(salt: 2, .v2)), ("in-evidence", writer.bytes),
      ("unsigned", Samples.utf8(#"{"sequenceNumber": 1, "message": {"message": {"header": {}}}}"#)),
    ]
  }

  func captures() throws -> [(String, [UInt8])] {
    let own = block(5)
    let messages = [
      ("commitment", HeardMessage(raw: try sign(own).encode(), format: .varve, source: "feed", receivedAt: 12)),
      (
        "with-body",
        HeardMessage(raw: try sign(own).encode(), format: .varve, block: own, source: "a \"b\" \u{e9}", receivedAt: 0)
      ),
    ]
    let lines = messages.map { ($0, Samples.utf8($1.captureLine)) }
    return lines + [
      ("as-text", Samples.utf8(#"{"raw": "{\"sequenceNumber\":1}", "format": "nitro"}"#)),
      ("no-format", Samples.utf8(#"{"raw": "0x00"}"#)),
      ("odd-digits", Samples.utf8(#"{"raw": "0x0", "format": "op"}"#)),
    ]
  }
}
