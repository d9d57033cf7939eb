import Primitives
import Rollup
import StateTransition

/// A transaction as Scroll's witnesses have it: an Ethereum transaction, or a message from its L1.
struct ScrollTransaction {
  private enum Content {
    case signed(Transaction)
    /// Sent by nobody on L2: its sender stands in it.
    case message(sender: Address)
  }

  let encoded: [UInt8]
  let to: Address?

  /// As the fixture has them, if it does.
  let hash: Hash256?
  let from: Address?

  private let content: Content

  /// The first byte of a message from L1.
  private static let messageType: UInt64 = 0x7e

  /// Reads either of two forms: all fields in one object as the RPC has them, or a signature and a transaction in an
  /// object whose one key is the type.
  init(_ json: JSON) throws(FixtureError) {
    let (type, fields, signature) = try ScrollTransaction.parts(of: json)
    hash = try json.optional("hash")?.hash()
    from = try json.optional("from")?.address()
    to = try fields.optional("to")?.address()
    if type == Self.messageType {
      let sender = try fields.member(anyOf: "sender", "from").address()
      content = .message(sender: sender)
      encoded = try ScrollTransaction.encode(message: fields, sender: sender, to: to ?? .zero)
    } else {
      let transaction = try fields.scrollTransaction(type: type, signature: signature)
      content = .signed(transaction)
      encoded = transaction.encode()
    }
  }

  /// nil for a message.
  var nonce: UInt64? {
    if case .signed(let transaction) = content { transaction.nonce } else { nil }
  }

  func sender(chainID: UInt64) throws(TransactionError) -> Address {
    switch content {
    case .signed(let transaction): try transaction.sender(chainID: chainID, rules: ForkRules.rules(of: .prague))
    case .message(let sender): sender
    }
  }

  private static func parts(of json: JSON) throws(FixtureError) -> (type: UInt64, fields: JSON, signature: JSON) {
    if let type = json["transaction_type"] {
      return (try type.integer(), json, json["signature"] ?? .null)
    }
    let types: [String: UInt64] = ["Legacy": 0, "Eip2930": 1, "Eip1559": 2, "Eip7702": 4, "TxL1Message": messageType]
    guard let (name, content) = json.members.first, let type = types[name] else {
      throw FixtureError("the transaction is of no type that is known")
    }
    return (type, try content.member("transaction"), content["signature"] ?? .null)
  }

  private static func encode(
    message: JSON, sender: Address, to: Address
  ) throws(FixtureError) -> [UInt8] {
    let queueIndex = try message.member(anyOf: "queueIndex", "queue_index").integer()
    let gas = try message.member("gas").integer()
    let value = try message.member("value").number()
    let input = try message.member("input").bytes()
    var writer = RLPWriter()
    writer.appendRaw([UInt8(messageType)])
    writer.list { fields in
      fields.append(queueIndex)
      fields.append(gas)
      fields.append(to)
      fields.append(value)
      fields.append(bytes: input)
      fields.append(sender)
    }
    return writer.bytes
  }
}

extension JSON {
  /// The first of the members with these names that is there and not null.
  func member(anyOf keys: String...) throws(FixtureError) -> JSON {
    for key in keys {
      if let value = optional(key) { return value }
    }
    throw FixtureError("none of the members \(keys) is there")
  }

  fileprivate func scrollTransaction(type: UInt64, signature: JSON) throws(FixtureError) -> Transaction {
    guard let kind = UInt8(exactly: type).flatMap(Transaction.Kind.init) else {
      throw FixtureError("the transaction type \(type) is unknown")
    }
    let chainID = try optional("chain_id")?.integer()
    let parity = try signature.parity()
    var transaction = Transaction(
      nonce: try member("nonce").integer(), gasPrice: try member(anyOf: "gas_price", "max_fee_per_gas").number(),
      gasLimit: try member(anyOf: "gas", "gas_limit").integer(), to: try optional("to")?.address(),
      value: try member("value").number(), data: try member("input").bytes(), v: parity,
      r: try signature.member("r").number(), s: try signature.member("s").number())
    transaction.kind = kind
    if kind == .legacy {
      transaction.v += chainID.map { 35 + 2 * UInt256($0) } ?? 27
      return transaction
    }
    transaction.chainID = chainID ?? 0
    transaction.accessList = try optional("access_list")?.accessList() ?? []
    if kind != .accessList {
      transaction.maxFeePerGas = try member("max_fee_per_gas").number()
      transaction.maxPriorityFeePerGas = try member("max_priority_fee_per_gas").number()
    }
    transaction.authorizationList = try (optional("authorization_list")?.items ?? []).map {
      (item) throws(FixtureError) in
      let inner = item["inner"] ?? item
      return Authorization(
        chainID: try inner.member("chain_id").number(), address: try inner.member("address").address(),
        nonce: try inner.member("nonce").integer(), yParity: try item.member("yParity").integer(),
        r: try item.member("r").number(), s: try item.member("s").number())
    }
    return transaction
  }

  /// Which of two points a signature means, as a word or as a number.
  private func parity() throws(FixtureError) -> UInt256 {
    let value = try member(anyOf: "y_parity", "yParity")
    if case .bool(let isOdd) = value { return isOdd ? 1 : 0 }
    return try value.number()
  }
}
