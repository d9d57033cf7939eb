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
    if items.count > 3 { block.header.requestsHash = BlockRequest.hash(of: try items[3].requests()) }
    self.block = block
    blockHash = try payload.member("blockHash").hash()
    blobHashes =
      items.count > 1 ? try items[1].items.map { (item) throws(FixtureError) in try item.hash() } : nil
  }

  /// The block's RLP, when the payload says the right things of it.
  func rlp() throws(ForkChoiceError) -> [UInt8] {
    let hash = block.header.hash
    if hash != blockHash {
      throw ForkChoiceError(description: "the payload's block hashes to \(hash), and says \(blockHash)")
    }
    let blobs = block.transactions.flatMap { (try? Transaction(encoded: $0.rawSpan))?.blobVersionedHashes ?? [] }
    if let blobHashes, blobHashes != blobs {
      throw ForkChoiceError(description: "the call names other blobs than the payload's transactions")
    }
    return block.encode()
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

  /// Requests, each a kind and its data.
  fileprivate func requests() throws(FixtureError) -> [BlockRequest] {
    try items.map { (item) throws(FixtureError) in
      let bytes = try item.bytes()
      guard let kind = bytes.first.flatMap(BlockRequest.Kind.init) else { throw FixtureError("a request of no kind") }
      return BlockRequest(kind: kind, data: [UInt8](bytes.dropFirst()))
    }
  }
}
