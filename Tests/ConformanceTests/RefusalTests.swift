import Conformance
import Primitives
import Rollup
import StateTransition
import Testing

@Suite("Refusals, each for its reason")
struct RefusalTests {
  @Test("a refusal passes for the expected reason, or for one of several, and fails for another")
  func state() throws {
    func reasons(_ exception: String) throws -> [String] {
      try run(.state, ["high.json": Fixtures.refusal(exception)]).reasons
    }
    for exception in [
      "TransactionException.NONCE_MISMATCH_TOO_HIGH", "TR_NonceTooHigh",
      "TransactionException.INTRINSIC_GAS_TOO_LOW|TransactionException.NONCE_MISMATCH_TOO_HIGH",
    ] {
      #expect(try reasons(exception).isEmpty, "\(exception)")
    }
    for exception in ["TransactionException.NONCE_MISMATCH_TOO_LOW", "TR_NoFunds"] {
      let reason = try #require(try reasons(exception).first)
      #expect(reason.hasPrefix("refused for nonceTooHigh, expected is \(exception): "), "\(reason)")
    }
  }

  @Test(
    "a name that the table does not have fails, and says where to add it",
    arguments: ["NONCE_MISMATCH_TOO_HIGH", "TransactionException.NOSUCH", "Other.NONCE_MISMATCH_TOO_HIGH", "Any", ""])
  func unknownName(name: String) throws {
    let report = try run(.state, ["high.json": Fixtures.refusal(name)])
    #expect(report.counts == [0, 1, 0])
    #expect(report.reasons.first?.hasPrefix("unknown exception \(name): add it to ExceptionNames") == true)
  }

  @Test("a transaction that is refused for another reason fails")
  func transaction() throws {
    let good = try Fixtures.transaction(exception: "TransactionException.INVALID_SIGNATURE_VRS")
    #expect(try run(.transaction, ["call.json": good]).counts == [2, 0, 0])
    let bad = try run(.transaction, ["call.json": Fixtures.transaction(exception: "TransactionException.NONCE_IS_MAX")])
    #expect(bad.counts == [1, 1, 0])
    #expect(bad.reasons.first?.hasPrefix("refused for unknownV, expected is TransactionException.NONCE_IS_MAX") == true)
  }

  /// The fields of an authorization in RLP, one of which is wrong; and whether that is its form or its signature.
  static let authorizations: [(fields: [[UInt8]], isForm: Bool)] = [
    // Chain, address, nonce, v, r, s: a short address, a list for a nonce, a zero before the chain, one less, one more.
    ([[1], short, [0x80], [0x80], [1], [1]], true),
    ([[1], address, [0xc0], [0x80], [1], [1]], true),
    ([[0x82, 0, 1], address, [0x80], [0x80], [1], [1]], true),
    ([[1], address, [0x80], [0x80], [1]], true),
    ([[1], address, [0x80], [0x80], [1], [1], [1]], true),
    // A v of 256.
    ([[1], address, [0x80], [0x82, 1, 0], [1], [1]], false),
  ]

  private static let address: [UInt8] = [0x94] + [UInt8](repeating: 7, count: 20)
  private static let short: [UInt8] = [0x93] + [UInt8](repeating: 7, count: 19)

  @Test("an authorization that cannot be read is refused by the name of what is wrong", arguments: authorizations)
  func authorization(_ fields: [[UInt8]], isForm: Bool) throws {
    let payload = fields.flatMap { $0 }
    var writer = RLPWriter()
    writer.list { transaction in
      for number in [1, 0, 1, 1, 100_000] as [UInt64] { transaction.append(number) }
      transaction.append(Address(7, 7, 7))
      transaction.append(0 as UInt64)
      transaction.append(bytes: [])
      transaction.list { _ in }
      transaction.list { $0.appendRaw([0xc0 + UInt8(payload.count)] + payload) }
      for number in [0, 1, 1] as [UInt64] { transaction.append(number) }
    }
    let bytes = Hex.encode([4] + writer.bytes)
    func reasons(_ exception: String) throws -> [String] {
      let name = "TransactionException.TYPE_4_INVALID_\(exception)"
      let json = #"{"bad": {"txbytes": "\#(bytes)", "result": {"Prague": {"exception": "\#(name)"}}}}"#
      return try run(.transaction, ["bad.json": json]).reasons
    }
    #expect(try reasons("AUTHORIZATION_FORMAT").isEmpty == isForm)
    #expect(try reasons("AUTHORITY_SIGNATURE").isEmpty != isForm)
  }

  /// Why the fixture of a block that is to be refused for an exception fails.
  private func reasons(_ block: EthereumBlock, _ exception: String) throws -> [String] {
    let json = #"{"rlp": "\#(Hex.encode(block.encode()))", "expectException": "\#(exception)"}"#
    return try run(.blockchain, ["chain.json": Fixtures.blockchain(badBlock: json)]).reasons
  }

  @Test("a block whose header makes several wrong claims is refused for each of them, and for no other")
  func claims() throws {
    func report(_ exception: String) throws -> [String] {
      var block = try Sample.block()
      block.header.stateRoot = .zero
      block.header.gasUsed -= 1
      return try reasons(block, exception)
    }
    for exception in ["InvalidStateRoot", "InvalidGasUsed", "BlockException.INVALID_STATE_ROOT"] {
      #expect(try report(exception).isEmpty, "\(exception)")
    }
    let other = try #require(try report("BlockException.INVALID_LOG_BLOOM").first)
    #expect(other.hasPrefix("block 1 of the fixture: refused for stateRoot, gasUsed, expected is "), "\(other)")
  }

  @Test("a block with another body than its header's is refused for that, and for what it breaks when carried out")
  func body() throws {
    func report(_ exception: String) throws -> [String] {
      var (block, call) = (try Sample.block(), try Sample.call())
      call.nonce = 1
      block.transactions = [try Sample.signed(call).encode()]
      return try reasons(block, exception)
    }
    for exception in ["TR_NonceTooHigh", "InvalidTransactionsRoot"] {
      #expect(try report(exception).isEmpty, "\(exception)")
    }
    let other = try #require(try report("TR_NonceTooLow").first)
    #expect(other.contains("refused for transactionsRoot, nonceTooHigh, expected is TR_NonceTooLow"), "\(other)")
  }

  @Test("a block with another body than its header's is not refused for what the header claims of its own")
  func claimsOfAnotherBody() throws {
    var block = try Sample.block()
    block.transactions = []
    #expect(try reasons(block, "InvalidTransactionsRoot").isEmpty)
    for exception in ["InvalidStateRoot", "InvalidGasUsed"] {
      let reason = try #require(try reasons(block, exception).first)
      #expect(reason.contains("refused for transactionsRoot, expected is \(exception)"), "\(reason)")
    }
  }

  @Test("a call of the engine API is refused for the hash that it states only where that is expected")
  func payloadHash() throws {
    func report(_ error: String) throws -> [String] {
      try run(.blockchain, ["chain.json": Fixtures.engine(blockHash: .zero, error: error)]).reasons
    }
    #expect(try report(#", "validationError": "BlockException.INVALID_BLOCK_HASH""#).isEmpty)
    // The code says how the call ends, and not why.
    #expect(try report(#", "errorCode": "-32602""#).isEmpty)
    let other = try report(#", "validationError": "BlockException.INVALID_STATE_ROOT", "errorCode": "-32602""#)
    #expect(other.first?.contains("refused for blockHash, expected is BlockException.INVALID_STATE_ROOT") == true)
  }

  @Test(
    "requests that no call may have are refused",
    arguments: [#"["0x"]"#, #"["0x00"]"#, #"["0x0901"]"#, #"["0x0101", "0x0001"]"#, #"["0x0101", "0x0101"]"#])
  func requests(list: String) throws {
    let more = #", [], "\#(Hash256.zero)", \#(list)"#
    let good = try Fixtures.engine(more: more, error: #", "validationError": "BlockException.INVALID_REQUESTS""#)
    let report = try run(.blockchain, ["chain.json": good])
    #expect(report.counts == [1, 0, 0], "\(report.reasons)")
  }

  @Test("a payload with the fields of no fork is refused")
  func payloadFields() throws {
    let more = #", [], "\#(Hash256.zero)""#
    let bad = try Fixtures.engine(more: more, error: #", "validationError": "BlockException.INCORRECT_BLOCK_FORMAT""#)
    #expect(try run(.blockchain, ["chain.json": bad]).counts == [1, 0, 0])
  }
}
