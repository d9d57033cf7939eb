import Evidence
import Hashing
import Primitives
import Rollup
import Testimony

/// Every field of a file of evidence or of a receipt, as it stands there: the JSON rendering of `Docs/Events.md`.
struct EvidenceDocument: Report {
  struct Domain: Encodable {
    let l1ChainID: UInt64
    let contract: String
    let rollupId: String

    init(_ domain: CommitmentDomain) {
      l1ChainID = domain.l1ChainID
      contract = "\(domain.contract)"
      rollupId = "\(domain.rollupId)"
    }
  }

  struct Commitment: Encodable {
    let l2ChainID, blockNumber: UInt64
    let parentOrder, orderCommitment: String
    let l1Origin: BlockReport
    let timestamp: UInt64
    let signature: String

    init(_ signed: SignedCommitment) {
      let commitment = signed.commitment
      (l2ChainID, blockNumber, timestamp) = (commitment.l2ChainID, commitment.blockNumber, commitment.timestamp)
      parentOrder = "\(commitment.parentOrder)"
      orderCommitment = "\(commitment.orderCommitment)"
      l1Origin = BlockReport(commitment.l1Origin)
      signature = Hex.encode(signed.signature)
    }
  }

  struct Feed: Encodable {
    let version, sequenceNumber: UInt64
    let blockHash: String?
    let blockMetadata: String
    let delayedMessagesRead, kind: UInt64
    let sender: String
    let blockNumber, timestamp: UInt64
    let requestId, baseFeeL1: String?
    let l2Message, signature: String

    init(_ signed: NitroFeed.Signed) {
      let message = signed.message
      (version, sequenceNumber) = (signed.version.rawValue, message.sequenceNumber)
      blockHash = message.blockHash.map { "\($0)" }
      blockMetadata = Hex.encode(message.blockMetadata)
      (delayedMessagesRead, kind) = (message.delayedMessagesRead, UInt64(message.kind))
      sender = "\(message.sender)"
      (blockNumber, timestamp) = (message.blockNumber, message.timestamp)
      requestId = message.requestId.map { "\($0)" }
      baseFeeL1 = message.baseFeeL1.map { "\($0)" }
      l2Message = Hex.encode(message.l2Message)
      signature = Hex.encode(signed.signature)
    }
  }

  /// One of the three forms.
  struct Message: Encodable {
    let format: String
    let commitment: Commitment?
    let gossip: String?
    let feed: Feed?

    init(_ message: SignedMessage) {
      format = "\(message.format)"
      var parts: (Commitment?, String?, Feed?)
      switch message {
      case .varve(let signed): parts.0 = Commitment(signed)
      case .op(let bytes): parts.1 = Hex.encode(bytes)
      case .nitro(let signed): parts.2 = Feed(signed)
      }
      (commitment, gossip, feed) = parts
    }
  }

  struct Order: Encodable {
    let number: UInt64
    let parentOrder: String
    let timestamp: UInt64
    let l1Origin: BlockReport
    let messagesConsumed: UInt64
    let transactionsRoot: String

    init(_ order: BlockOrder) {
      (number, timestamp, messagesConsumed) = (order.number, order.timestamp, order.messagesConsumed)
      parentOrder = "\(order.parentOrder)"
      l1Origin = BlockReport(order.l1Origin)
      transactionsRoot = "\(order.transactionsRoot)"
    }
  }

  struct Record: Encodable {
    let position: UInt64
    let kind: String
    let l1Block: UInt64
    let leaf, payload: String
    let path: [String]

    init(_ record: LogExcerpt.Record) {
      let leafBytes = record.header.leafBytes
      position = record.header.position.rawValue
      kind = "\(record.header.kind)"
      l1Block = record.header.coordinates.blockNumber
      leaf = Hex.encode((0..<leafBytes.count).map { leafBytes[$0] })
      payload = Hex.encode(record.payload)
      path = record.path.map { "\($0)" }
    }
  }

  struct Log: Encodable {
    let size: UInt64
    let root: String
    let records: [Record]

    init(_ log: LogExcerpt) {
      size = log.size
      root = "\(log.root)"
      records = log.records.map(Record.init)
    }
  }

  struct Evidence: Encodable {
    let domain: Domain?
    let messages: [Message]
    let orders: [Order]
    let headers: [String]
    let log: Log?

    /// What evidence in its format can never show.
    let limits: [String]
  }

  struct Receipt: Encodable {
    struct Fate: Encodable {
      let batchCommitment: Commitment
      let orders: [Order]
      let headers: [String]
      let log: Log?
    }

    let domain: Domain
    let commitment: Commitment
    let order: Order
    let index: UInt64
    let transaction: String
    let path: [String]
    let fate: Fate?
  }

  let version: UInt64
  let kind: String
  let l2ChainID: UInt64
  let evidence: Evidence?
  let receipt: Receipt?

  /// Keccak-256 of all before it; the file ends with it.
  let seal: String
  let bytes: Int

  init(_ file: EvidenceFile, _ bytes: [UInt8]) {
    version = EquivocationEvidence.version
    self.bytes = bytes.count
    switch file {
    case .equivocation(let file):
      (kind, l2ChainID, receipt) = ("equivocation", file.l2ChainID, nil)
      evidence = Evidence(
        domain: file.domain.map(Domain.init), messages: file.messages.map(Message.init),
        orders: file.orders.map(Order.init), headers: Self.headers(file.l1), log: file.log.map(Log.init),
        limits: file.messages.first.map { EquivocationEvidence.limits(of: $0.format) } ?? [])
    case .receipt(let file):
      (kind, l2ChainID, evidence) = ("receipt", file.l2ChainID, nil)
      receipt = Receipt(
        domain: Domain(file.domain), commitment: Commitment(file.signed), order: Order(file.order), index: file.index,
        transaction: Hex.encode(file.transaction), path: file.path.map { Hex.encode($0) },
        fate: file.fate.map { fate in
          Receipt.Fate(
            batchCommitment: Commitment(fate.batchCommitment), orders: fate.orders.map(Order.init),
            headers: Self.headers(fate.l1), log: fate.log.map(Log.init))
        })
    }
    seal = Hex.encode([UInt8](bytes.suffix(Hash256.byteCount)))
  }

  private static func headers(_ segment: L1Segment?) -> [String] { segment?.rawHeaders.map { Hex.encode($0) } ?? [] }

  func render(on page: inout Page) {
    page.line("\(kind), version \(version), of L2 chain \(l2ChainID)", .strong)
    let headers = evidence?.headers ?? receipt?.fate?.headers ?? []
    let log = evidence?.log ?? receipt?.fate?.log
    page.facts([
      ("headers of L1", Quantity.count(headers.count)),
      ("records", log.map { "\(Quantity.count($0.records.count)) of a log of \(Quantity.count($0.size))" } ?? "none"),
      ("log root", log?.root ?? "none"), ("hash", seal), ("size", Quantity.bytes(UInt64(bytes))),
    ])
    let commitments = (evidence?.messages.compactMap(\.commitment) ?? []) + [receipt?.commitment].compactMap(\.self)
    for commitment in commitments {
      page.line("height \(Quantity.count(commitment.blockNumber)): \(commitment.orderCommitment)")
      page.line("  made from L1 block \(commitment.l1Origin.number) (\(commitment.l1Origin.hash))", .dim)
    }
    for message in evidence?.messages ?? [] where message.commitment == nil {
      page.line("a message, \(message.format)")
    }
    for record in log?.records ?? [] {
      page.line("record \(Quantity.count(record.position)): \(record.kind), L1 block \(Quantity.count(record.l1Block))")
    }
    for limit in evidence?.limits ?? [] { page.line("limit: \(limit)") }
    page.line("every field: --json", .dim)
  }
}
