import Primitives
import Rollup
import StateTransition

// Blocks as Ethereum's JSON-RPC writes them; headers also as fixtures do, which have other names for some fields.
extension JSON {
  /// A block's header, with the optional fields that are there.
  func blockHeader() throws(FixtureError) -> BlockHeader {
    var header = BlockHeader(
      parentHash: try member("parentHash").hash(), ommersHash: try member(anyOf: "sha3Uncles", "uncleHash").hash(),
      beneficiary: try member(anyOf: "miner", "coinbase").address(), stateRoot: try member("stateRoot").hash(),
      transactionsRoot: try member(anyOf: "transactionsRoot", "transactionsTrie").hash(),
      receiptsRoot: try member(anyOf: "receiptsRoot", "receiptTrie").hash(),
      logsBloom: try member(anyOf: "logsBloom", "bloom").bloom(), difficulty: try member("difficulty").number(),
      number: try member("number").integer(), gasLimit: try member("gasLimit").integer(),
      gasUsed: try member("gasUsed").integer(), timestamp: try member("timestamp").integer(),
      extraData: try member("extraData").bytes(), mixHash: try member("mixHash").hash(),
      nonce: try member("nonce").integer())
    header.baseFeePerGas = try optional("baseFeePerGas")?.number()
    header.withdrawalsRoot = try optional("withdrawalsRoot")?.hash()
    header.blobGasUsed = try optional("blobGasUsed")?.integer()
    header.excessBlobGas = try optional("excessBlobGas")?.integer()
    header.parentBeaconBlockRoot = try optional("parentBeaconBlockRoot")?.hash()
    header.requestsHash = try optional("requestsHash")?.hash()
    return header
  }

  /// A block without its uncles, of which the RPC gives only the hashes.
  func block(_ transactions: [Transaction]) throws(FixtureError) -> EthereumBlock {
    let withdrawals = try optional("withdrawals")?.items.map { (item) throws(FixtureError) in try item.withdrawal() }
    return EthereumBlock(
      header: try blockHeader(), transactions: transactions.map { $0.encode() }, uncles: [], withdrawals: withdrawals)
  }

  func bloom() throws(FixtureError) -> LogsBloom {
    guard let bloom = LogsBloom(bytes: try bytes()) else { throw FixtureError("a bloom has 256 bytes") }
    return bloom
  }

  func withdrawal() throws(FixtureError) -> Withdrawal {
    Withdrawal(
      index: try member("index").integer(), validatorIndex: try member("validatorIndex").integer(),
      address: try member("address").address(), amount: try member("amount").integer())
  }

  /// A signed transaction of any type.
  func transaction() throws(FixtureError) -> Transaction {
    let type = try member("type").integer()
    guard let kind = UInt8(exactly: type).flatMap(Transaction.Kind.init) else {
      throw FixtureError("the transaction type \(type) is unknown")
    }
    // A mined transaction of type 2 and up also has `gasPrice`: what it came to.
    let hasGasPrice = kind == .legacy || kind == .accessList
    var transaction = Transaction(
      nonce: try member("nonce").integer(),
      gasPrice: try member(hasGasPrice ? "gasPrice" : "maxFeePerGas").number(),
      gasLimit: try member("gas").integer(), to: try optional("to")?.address(),
      value: try member("value").number(), data: try member("input").bytes(), v: try member("v").number(),
      r: try member("r").number(), s: try member("s").number())
    transaction.kind = kind
    if kind == .legacy { return transaction }
    if !hasGasPrice { transaction.maxPriorityFeePerGas = try member("maxPriorityFeePerGas").number() }
    transaction.chainID = try member("chainId").integer()
    transaction.accessList = try member("accessList").accessList()
    if kind == .blob {
      transaction.maxFeePerBlobGas = try member("maxFeePerBlobGas").number()
      transaction.blobVersionedHashes = try member("blobVersionedHashes").items.map { (item) throws(FixtureError) in
        try item.hash()
      }
    }
    if kind == .setCode {
      transaction.authorizationList = try member("authorizationList").items.map { (item) throws(FixtureError) in
        try item.authorization()
      }
    }
    return transaction
  }

  func accessList() throws(FixtureError) -> [AccessListEntry] {
    try items.map { (item) throws(FixtureError) in
      AccessListEntry(
        address: try item.member("address").address(),
        storageKeys: try item.member("storageKeys").items.map { (key) throws(FixtureError) in try key.hash() })
    }
  }

  private func authorization() throws(FixtureError) -> Authorization {
    Authorization(
      chainID: try member("chainId").number(), address: try member("address").address(),
      nonce: try member("nonce").integer(), yParity: try member("yParity").integer(), r: try member("r").number(),
      s: try member("s").number())
  }
}
