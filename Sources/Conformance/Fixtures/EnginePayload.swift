import Primitives
import Rollup
import StateTransition

/// A block as the engine API hands it over (execution-apis, `engine_newPayload`).
struct EnginePayload {
  private let block: EthereumBlock

  /// What the payload says that its block hashes to.
  private let blockHash: Hash256

  /// Those of all blob transactions, as the call names them (EIP-4844); nil before Cancun.
  private let blobHashes: [Hash256]?

  /// Each a kind and its data, as the call has them (EIP-7685); nil before Prague.
  private let requests: [[UInt8]]?

  /// Reads a call's parameters: the payload, then from Cancun on blob hashes and the parent's beacon root, then from
  /// Prague on requests. The roots over the body, which a payload leaves out, are computed.
  init(_ parameters: JSON) throws(FixtureError) {
    let items = parameters.items
    guard let payload = items.first else { throw FixtureError("a call without a payload") }
    var block = EthereumBlock(
      header: try payload.payloadHeader(),
      transactions: try payload.member("transactions").items.map { (item) throws(FixtureError) in try item.bytes() },
      uncles: [],
      withdrawals: try payload.optional("withdrawals")?.items.map { (item) throws(FixtureError) in
        try item.withdrawal()
      })
    block.header.transactionsRoot = block.bodyRoots.transactionsRoot
    block.header.withdrawalsRoot = block.bodyRoots.withdrawalsRoot
    if items.count > 2 { block.header.parentBeaconBlockRoot = try items[2].hash() }
    self.block = block
    blockHash = try payload.member("blockHash").hash()
    blobHashes =
      items.count > 1 ? try items[1].items.map { (item) throws(FixtureError) in try item.hash() } : nil
    requests =
      items.count > 3 ? try items[3].items.map { (item) throws(FixtureError) in try item.bytes() } : nil
  }

  /// The block's RLP, when the call is as the engine API wants it and the payload says the right things of the block.
  func rlp() throws(ForkChoiceError) -> [UInt8] {
    var block = block
    if let requests { block.header.requestsHash = BlockRequest.hash(of: try EnginePayload.read(requests)) }
    guard block.header.shape != nil else {
      throw ForkChoiceError([.fields], "the payload has not the fields of any fork")
    }
    let hash = block.header.hash
    if hash != blockHash {
      throw ForkChoiceError([.blockHash], "the payload's block hashes to \(hash), and says \(blockHash)")
    }
    let blobs = block.transactions.flatMap { (try? Transaction(encoded: $0.rawSpan))?.blobVersionedHashes ?? [] }
    if let blobHashes, blobHashes != blobs {
      throw ForkChoiceError([.blobHashes], "the call names other blobs than the payload's transactions")
    }
    return block.encode()
  }

  /// Requests by rising kind, none without data (execution-apis, `engine_newPayloadV4`).
  private static func read(_ requests: [[UInt8]]) throws(ForkChoiceError) -> [BlockRequest] {
    var read: [BlockRequest] = []
    for (index, bytes) in requests.enumerated() {
      guard bytes.count > 1, let kind = BlockRequest.Kind(rawValue: bytes[0]) else {
        throw ForkChoiceError([.requests], "request \(index) of the call is empty or of no kind that is known")
      }
      if let last = read.last, last.kind.rawValue >= kind.rawValue {
        throw ForkChoiceError([.requests], "request \(index) of the call is not of a higher kind than the one before")
      }
      read.append(BlockRequest(kind: kind, data: [UInt8](bytes[1...])))
    }
    return read
  }
}

extension JSON {
  fileprivate func payloadHeader() throws(FixtureError) -> BlockHeader {
    var header = BlockHeader(
      parentHash: try member("parentHash").hash(), ommersHash: HeaderRules.noOmmersHash,
      beneficiary: try member("feeRecipient").address(), stateRoot: try member("stateRoot").hash(),
      transactionsRoot: .zero, receiptsRoot: try member("receiptsRoot").hash(),
      logsBloom: try member("logsBloom").bloom(), difficulty: .zero, number: try member("blockNumber").integer(),
      gasLimit: try member("gasLimit").integer(), gasUsed: try member("gasUsed").integer(),
      timestamp: try member("timestamp").integer(), extraData: try member("extraData").bytes(),
      mixHash: try member("prevRandao").hash(), nonce: 0)
    header.baseFeePerGas = try member("baseFeePerGas").number()
    header.blobGasUsed = try optional("blobGasUsed")?.integer()
    header.excessBlobGas = try optional("excessBlobGas")?.integer()
    return header
  }
}
