import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite("L2 blocks")
struct RollupBlockTests {
  @Test("what cannot be carried out stays in its place, changes nothing, and has no place in the executed block")
  func invalidTransactions() throws {
    let world = try RollupWorld()
    let good = [try signedTransfer(from: 0, nonce: 0), try signedTransfer(from: 1, nonce: 0)]
    let blob: [UInt8] = [3, 0xc0]
    let forgedDeposit = deposit(0, mint: 1 << 100).transaction
    let bad: [[UInt8]] = [
      [0xff, 1, 2], try signedTransfer(from: 2, nonce: 9), blob, forgedDeposit,
      try signedTransfer(from: 3, nonce: 0, gasPrice: 1), try signedTransfer(from: 40, nonce: 0),
      try signedTransfer(from: 3, nonce: 0, gasLimit: 40_000_000),
    ]
    let transactions = [bad[0], good[0]] + bad.dropFirst().dropLast() + [good[1], bad[6]]
    let mixed = try world.context(messages: [], transactions: transactions)
      .apply(messages: [], transactions: transactions, to: world.state)
    let clean = try world.context(messages: [], transactions: good)
      .apply(messages: [], transactions: good, to: world.state)
    #expect(mixed.diff == clean.diff && mixed.transactions == good && mixed.outcomes == clean.outcomes)
    #expect(mixed.fates.count == transactions.count)
    #expect(mixed.fates[1] == .executed(index: 0) && mixed.fates[7] == .executed(index: 1))
    for index in [0, 2, 3, 4, 5, 6, 8] {
      guard case .invalid = mixed.fates[index] else {
        Issue.record("transaction \(index) is \(mixed.fates[index])")
        continue
      }
    }
    #expect(mixed.fates[4] == .invalid(.unsupportedType(InboxCall.depositType)))
  }

  @Test("a message of kind transaction cannot pass for a deposit, whatever bytes it holds")
  func messagesAreNotDeposits() throws {
    let world = try RollupWorld()
    let forged = message(0, transaction: deposit(0, mint: 1 << 100).transaction)
    let outcome = try world.context(messages: [forged], transactions: [])
      .apply(messages: [forged], transactions: [], to: world.state)
    #expect(outcome.fates == [.invalid(.unsupportedType(InboxCall.depositType))])
    #expect(outcome.diff.isEmpty)
    #expect(try InboxCall(rlp: forged.encode().rawSpan) == forged)
    #expect(forged.encode() != deposit(0, mint: 1 << 100).encode())
  }

  @Test("a deposit always mints; its call fails when it cannot be made")
  func deposits() throws {
    let world = try RollupWorld()
    let sender = Address(1, 1, 1)
    let recipient = Address(0, 0, 0xbeef)
    let cases: [(InboxCall, succeeded: Bool, left: UInt256, moved: UInt256)] = [
      (deposit(0, value: 4, mint: 10), true, 6, 4), (deposit(0, value: 11, mint: 10), false, 10, 0),
      (deposit(0, value: 4, mint: 10, gasLimit: 20_000), false, 10, 0),
      (deposit(0, value: 4, mint: 10, gasLimit: 31_000_000), false, 10, 0),
      (deposit(0, value: 0, mint: 0), true, 0, 0),
    ]
    for (message, succeeded, left, moved) in cases {
      let outcome = try world.context(messages: [message], transactions: [])
        .apply(messages: [message], transactions: [], to: world.state)
      #expect(outcome.fates == [.executed(index: 0)])
      #expect(outcome.outcomes[0].succeeded == succeeded && outcome.outcomes[0].type == InboxCall.depositType)
      #expect(outcome.gasUsed <= world.settings.gasLimit)
      let accounts = Dictionary(uniqueKeysWithValues: outcome.diff.accounts.map { ($0.address, $0.account) })
      #expect(accounts[sender]??.balance ?? 0 == left && accounts[sender]??.nonce == 1)
      #expect(accounts[recipient]??.balance ?? 0 == moved)
    }
  }

  @Test("a deposit pays for its data and initcode as a transaction does, and at least their least price")
  func depositMetering() throws {
    let initcode = [UInt8](repeating: 0, count: 100_000)
    let words: UInt64 = 2 * 3125
    let intrinsic: UInt64 = 53_000 + 4 * 100_000
    let floor: UInt64 = 21_000 + 10 * 100_000
    for (fork, used) in [
      (Fork.paris, intrinsic), (.shanghai, intrinsic + words), (.cancun, intrinsic + words), (.prague, floor),
      (.osaka, floor),
    ] as [(Fork, UInt64)] {
      let world = try RollupWorld(fork: fork)
      for (gasLimit, succeeds) in [(used - 1, false), (used, true), (used + 5000, true)] as [(UInt64, Bool)] {
        let creation = deposit(0, to: nil, gasLimit: gasLimit, data: initcode)
        let outcome = try world.context(messages: [creation], transactions: [])
          .apply(messages: [creation], transactions: [], to: world.state)
        #expect(outcome.outcomes[0].succeeded == succeeds, "\(fork), \(gasLimit)")
        #expect(outcome.gasUsed == min(gasLimit, used), "\(fork), \(gasLimit)")
      }
    }
  }

  @Test("the caps on a transaction's initcode and gas do not hold for deposits")
  func depositCaps() throws {
    let world = try RollupWorld(fork: .osaka)
    let initcode = [UInt8](repeating: 0, count: 49_153)
    let creation = Transaction(
      nonce: 0, gasPrice: 2_000_000_000, gasLimit: 2_000_000, to: nil, value: 0, data: initcode)
    let signed = try creation.signed(by: Signer(0).privateKey, chainID: RollupWorld.chainID).encode()
    let cap: UInt64 = 1 << 24
    let greedy = try signedTransfer(from: 1, nonce: 0, gasLimit: cap + 1)
    let messages = [
      deposit(0, to: nil, gasLimit: 2_000_000, data: initcode), deposit(1, gasLimit: cap + 1),
      message(2, transaction: signed), message(3, transaction: greedy),
    ]
    let outcome = try world.context(messages: messages, transactions: [])
      .apply(messages: messages, transactions: [], to: world.state)
    #expect(
      outcome.fates == [
        .executed(index: 0), .executed(index: 1), .invalid(.initcodeTooLarge(size: 49_153, greatest: 49_152)),
        .invalid(.gasAboveCap(limit: cap + 1, cap: cap)),
      ])
    #expect(outcome.outcomes.map(\.succeeded) == [true, true])
  }

  @Test("deposits that use all of a block's gas leave the sequencer's transactions none, and the next deposit fails")
  func depositsFillTheBlock() throws {
    // INVALID uses all gas.
    let glutton = GenesisAccount(address: Address(0, 0, 0x100b), balance: 0, nonce: 1, code: [0xfe])
    let world = try RollupWorld(contracts: [glutton])
    let messages = (0..<3).map { deposit($0, to: glutton.address, value: 0, gasLimit: 15_000_000) }
    let transactions = [try signedTransfer(from: 0, nonce: 0)]
    let outcome = try world.context(messages: messages, transactions: transactions)
      .apply(messages: messages, transactions: transactions, to: world.state)
    #expect(outcome.gasUsed == 30_000_000 && outcome.outcomes.map(\.gasUsed) == [15_000_000, 15_000_000, 0])
    #expect(outcome.fates.last == .invalid(.gasAboveBlock(limit: 21_000, left: 0)))
    let accounts = Dictionary(uniqueKeysWithValues: outcome.diff.accounts.map { ($0.address, $0.account) })
    #expect(accounts[Address(1, 1, 1)]??.balance == 30)
  }

  @Test("a mint of 2¹²⁸ wei or more is not made and its deposit fails, and the chain goes on")
  func absurdMints() throws {
    let world = try RollupWorld()
    let sender = Address(1, 1, 1)
    let limit = UInt256.one << 128
    let messages = [limit, .max, limit - .one].enumerated().map { deposit(UInt64($0), value: 0, mint: $1) }
    let transactions = [try signedTransfer(from: 0, nonce: 0)]
    let outcome = try world.context(messages: messages, transactions: transactions)
      .apply(messages: messages, transactions: transactions, to: world.state)
    #expect(outcome.fates == (0..<4).map { .executed(index: $0) })
    #expect(outcome.outcomes.map(\.succeeded) == [false, false, true, true])
    let accounts = Dictionary(uniqueKeysWithValues: outcome.diff.accounts.map { ($0.address, $0.account) })
    #expect(accounts[sender]??.balance == limit - .one && accounts[sender]??.nonce == 3)
  }

  @Test("the blob base fee is 1 wei from Cancun on", arguments: [Fork.cancun, .prague, .osaka, .bpo2])
  func blobBaseFee(fork: Fork) throws {
    // BLOBBASEFEE into slot 0.
    let reader = GenesisAccount(address: Address(0, 0, 0xb10b), balance: 0, nonce: 1, code: [0x4a, 0x5f, 0x55])
    let world = try RollupWorld(contracts: [reader], fork: fork)
    let call = deposit(0, to: reader.address)
    let outcome = try world.context(messages: [call], transactions: [])
      .apply(messages: [call], transactions: [], to: world.state)
    let change = outcome.diff.accounts.first { $0.address == reader.address }
    #expect(outcome.outcomes[0].succeeded && change?.storage.map(\.value) == [1])
  }

  @Test("from Prague on the header has Cancun's fields: there is nobody to ask for requests")
  func headerOfPrague() throws {
    let world = try RollupWorld(fork: .prague)
    let header = world.context(messages: [], transactions: []).draftHeader
    #expect(header.shape == .cancun && header.requestsHash == nil && header.excessBlobGas == 0)
  }

  @Test("every header field but the order comes from origin, configuration and parent")
  func derivedHeader() throws {
    let world = try RollupWorld()
    let transactions = [try signedTransfer(from: 0, nonce: 0)]
    let context = world.context(messages: [], transactions: transactions)
    let outcome = try context.apply(messages: [], transactions: transactions, to: world.state)
    var store = FlatNodes()
    store.add(GenesisState(of: world.configuration.allocation))
    let header = try outcome.commit(onto: world.parent.stateRoot, reader: store).header
    #expect(header.parentHash == world.parent.hash && header.number == 1 && header.timestamp == 1002)
    #expect(
      header.beneficiary == RollupWorld.rollup.fees.feeRecipient && header.gasLimit == RollupWorld.rollup.gasLimit)
    #expect(header.mixHash == context.order.l1Origin.hash && header.extraData.isEmpty)
    #expect(header.baseFeePerGas == HeaderRules.baseFeePerGas(after: world.parent))
    #expect(header.shape == .london && header.gasUsed == 21_000)
    try HeaderRules(forks: world.configuration.forks).validate(
      header, parent: world.parent, parentHash: world.parent.hash)
    var other = FeeParameters(feeRecipient: .zero, elasticityMultiplier: 6, baseFeeMaxChangeDenominator: 50)
    var settings = world.settings
    settings.apply(.fees(other))
    settings.apply(.gasLimit(5_000_000))
    other.feeRecipient = .zero
    let changed = RollupBlockContext(
      context.order, messages: [], parent: world.parent, settings: settings, batchIndex: 1, indexInBatch: 0)
    #expect(changed.gasLimit == 5_000_000 && changed.beneficiary == .zero)
    #expect(changed.baseFeePerGas == 980_000_000)
  }
}

/// Nodes by path, as a store has them.
private struct FlatNodes: StateNodeReader {
  private var nodes: [NibblePath: [UInt8]] = [:]

  mutating func add(_ genesis: GenesisState) {
    for change in genesis.nodes { nodes[change.path] = change.node }
  }

  func accountNode(at path: NibblePath) -> [UInt8]? { nodes[path] }

  func storageNode(of account: Hash256, at path: NibblePath) -> [UInt8]? { nil }
}
