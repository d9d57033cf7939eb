import Hashing
import Primitives
import Rollup
import Signatures
import StateTransition
import Testing

private let sender = Signer(7)
private let contract = Address(0, 0, 0xc0de)
private let funds: UInt256 = 1_000_000

/// One valid transaction, and for each rule the smallest change that breaks it.
@Suite struct InvalidTransactionTests {
  private let world = World([
    GenesisAccount(address: sender.address, balance: funds, nonce: 3),
    GenesisAccount(address: contract, balance: 0, code: [0x00]),
  ])

  private func run(_ block: EthereumBlock, fork: Fork) throws -> BlockOutcome {
    try executor(of: fork).apply(block, to: world)
  }

  private func signed(_ transaction: Transaction, chainID: UInt64? = nil) throws -> Transaction {
    try transaction.signed(by: sender.privateKey, chainID: chainID)
  }

  /// Expects that the second of two transactions is refused for `reason`; the first one is valid.
  private func expect(
    _ reason: TransactionError, of transaction: Transaction, fork: Fork = .byzantium,
    gasLimit: UInt64 = 10_000_000, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let first = try signed(transfer(nonce: 3))
    let error = #expect(throws: BlockError.self, sourceLocation: sourceLocation) {
      try run(block([first, transaction], gasLimit: gasLimit), fork: fork)
    }
    guard case .invalidTransaction(1, 1, let found)? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
    #expect(found == reason, sourceLocation: sourceLocation)
  }

  @Test("the transaction that all others are made from is valid")
  func valid() throws {
    let pair = try [signed(transfer(nonce: 3)), signed(transfer(nonce: 4))]
    let outcome = try run(block(pair), fork: .byzantium)
    #expect(outcome.gasUsed == 42_000)
    #expect(outcome.transactions.map(\.sender) == [sender.address, sender.address])
  }

  @Test("a nonce too low, too high, or the last one of all is refused")
  func nonce() throws {
    try expect(.wrongNonce(expected: 4, found: 3), of: signed(transfer(nonce: 3)))
    try expect(.wrongNonce(expected: 4, found: 5), of: signed(transfer(nonce: 5)))
    try expect(.nonceExhausted, of: signed(transfer(nonce: .max)))
  }

  @Test("the whole gas limit must be paid for beside the value, to the wei")
  func balance() throws {
    let left = funds - 21_001
    let exact = try signed(transfer(nonce: 4, value: left - 21_000))
    #expect(try run(block([signed(transfer(nonce: 3)), exact]), fork: .byzantium).gasUsed == 42_000)
    try expect(
      .insufficientBalance(needed: left + 1, available: left), of: signed(transfer(nonce: 4, value: left - 20_999)))
    try expect(
      .insufficientBalance(needed: left + 1, available: left),
      of: signed(transfer(nonce: 4, gasLimit: 21_001, value: left - 21_000)))
    try expect(.costOverflows, of: signed(transfer(nonce: 4, value: .max)))
    try expect(.costOverflows, of: signed(transfer(nonce: 4, gasPrice: .max)))
  }

  @Test("somebody who is not in the state has nonce 0 and no money")
  func stranger() throws {
    let stranger = Signer(8)
    let free = try transfer(gasPrice: 0, value: 0).signed(by: stranger.privateKey, chainID: nil)
    #expect(try run(block([free]), fork: .byzantium).transactions[0].sender == stranger.address)
    let paid = try transfer(value: 0).signed(by: stranger.privateKey, chainID: nil)
    try expect(.insufficientBalance(needed: 21_000, available: 0), of: paid)
  }

  @Test("gas below the intrinsic gas, or above what the block has left, is refused")
  func gas() throws {
    try expect(
      .gasBelowIntrinsic(limit: 20_999, intrinsic: 21_000), of: signed(transfer(nonce: 4, gasLimit: 20_999)))
    try expect(
      .gasBelowIntrinsic(limit: 21_067, intrinsic: 21_068), of: signed(transfer(nonce: 4, gasLimit: 21_067, data: [1])))
    try expect(
      .gasAboveBlock(limit: 21_000, left: 20_999), of: signed(transfer(nonce: 4)), gasLimit: 41_999)
    let pair = try [signed(transfer(nonce: 3)), signed(transfer(nonce: 4))]
    #expect(try run(block(pair, gasLimit: 42_000), fork: .byzantium).gasUsed == 42_000)
  }

  @Test("a chain id counts from Spurious Dragon on, and it must be the chain's own")
  func chainID() throws {
    let protected = try signed(transfer(nonce: 4), chainID: testChainID)
    let foreign = try signed(transfer(nonce: 4), chainID: testChainID + 1)
    try expect(.unknownV(protected.v), of: protected, fork: .tangerineWhistle)
    try expect(.wrongChainID(signed: testChainID + 1), of: foreign)
    #expect(try run(block([signed(transfer(nonce: 3)), protected]), fork: .spuriousDragon).gasUsed == 42_000)
    var huge = protected
    huge.v = .max
    try expect(.wrongChainID(signed: nil), of: huge)
  }

  @Test("v must be 27 or 28, r and s within the group")
  func signatureRange() throws {
    for v in [0, 1, 26, 29, 34] as [UInt256] {
      var wrong = try signed(transfer(nonce: 4))
      wrong.v = v
      try expect(.unknownV(v), of: wrong)
    }
    for scalar in [.zero, Secp256k1.order, .max] as [UInt256] {
      var wrong = try signed(transfer(nonce: 4))
      wrong.r = scalar
      try expect(.signatureOutOfRange, of: wrong)
      wrong = try signed(transfer(nonce: 4))
      wrong.s = scalar
      try expect(.signatureOutOfRange, of: wrong)
    }
  }

  @Test("the mirrored signature is good in Frontier and refused from Homestead on")
  func lowS() throws {
    var mirrored = try signed(transfer(nonce: 4))
    mirrored.s = Secp256k1.order - mirrored.s
    mirrored.v = mirrored.v == 27 ? 28 : 27
    let first = try signed(transfer(nonce: 3))
    let outcome = try run(block([first, mirrored]), fork: .frontier)
    #expect(outcome.transactions[1].sender == sender.address)
    try expect(.signatureNotLowS, of: mirrored, fork: .homestead)
  }

  @Test("an r that is on no curve point is refused")
  func noPoint() throws {
    var wrong = try signed(transfer(nonce: 4))
    wrong.r = 5  // 5³ + 7 is no square modulo the field's prime.
    try expect(.noSuchSignature, of: wrong)
  }

  @Test("a contract cannot send a transaction")
  func senderHasCode() throws {
    let world = World([GenesisAccount(address: sender.address, balance: funds, code: [0x00])])
    let error = #expect(throws: BlockError.self) {
      try executor(of: .byzantium).apply(block([signed(transfer())]), to: world)
    }
    guard case .invalidTransaction(1, 0, .senderHasCode)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("the base fee must be met, and what is above it is the miner's; the rest is gone")
  func baseFee() throws {
    let low = try block([signed(transfer(nonce: 3, gasPrice: 6))], baseFee: 7)
    let error = #expect(throws: BlockError.self) { try run(low, fork: .london) }
    guard case .invalidTransaction(1, 0, .priceBelowBaseFee(price: 6, baseFee: 7))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let outcome = try run(
      block([signed(transfer(nonce: 3, gasPrice: 9, value: 0))], difficulty: 0, baseFee: 7), fork: .paris)
    let balances = Dictionary(uniqueKeysWithValues: outcome.diff.accounts.map { ($0.address, $0.account?.balance) })
    #expect(balances == [sender.address: funds - 21_000 * 9, Address(0, 0, 0xfee): 21_000 * 2])
  }

  @Test("bytes that are no transaction are refused with their place")
  func malformed() throws {
    var bad = block()
    bad.transactions = [[0xc0]]
    let error = #expect(throws: BlockError.self) { try run(bad, fork: .byzantium) }
    #expect(error.map(String.init(describing:))?.hasPrefix("block 1 is invalid: transaction 0 cannot be in it") == true)
  }

  @Test("a typed transaction is refused before its fork, and read from it on")
  func typed() throws {
    for (type, firstFork) in [(1, Fork.berlin), (2, .london), (3, .cancun), (4, .prague)] as [(UInt8, Fork)] {
      for fork in [Fork.istanbul, .berlin, .london, .paris] {
        var typed = Transaction(
          chainID: testChainID, nonce: 3, maxPriorityFeePerGas: 1, maxFeePerGas: 1, gasLimit: 90_000, to: .zero,
          value: 0)
        typed.kind = try #require(Transaction.Kind(rawValue: type))
        let signed = try typed.signed(by: sender.privateKey, chainID: nil)
        let block = block([signed], difficulty: fork >= .paris ? 0 : 1, baseFee: fork >= .london ? 0 : nil)
        if fork >= firstFork {
          #expect(try run(block, fork: fork).transactions.map(\.type) == [type])
        } else {
          let error = #expect(throws: BlockError.self) { try run(block, fork: fork) }
          guard case .invalidTransaction(1, 0, .unsupportedType(type))? = error else {
            Issue.record("\(String(describing: error))")
            continue
          }
        }
      }
    }
  }
}
