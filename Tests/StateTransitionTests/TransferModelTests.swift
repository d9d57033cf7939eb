import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// Random blocks, most of them valid, against a model that knows only names, numbers and sums.
@Suite struct TransferModelTests {
  @Test("random transfers leave exactly the balances and nonces of a naive model, under every fork's rules")
  func model() throws {
    var random = SeededGenerator()
    let forks = Fork.allCases.filter { $0 < .paris }
    var tally = (valid: 0, invalid: 0)
    for round in 0..<150 {
      let fork = forks[round % forks.count]
      try runChain(fork: fork, random: &random, tally: &tally)
    }
    #expect(tally.valid > 200 && tally.invalid > 100, "the generator is lopsided: \(tally)")
  }

  private func runChain(
    fork: Fork, random: inout SeededGenerator, tally: inout (valid: Int, invalid: Int)
  ) throws {
    let signers = (0..<4).map { Signer(UInt64($0)) }
    let plain = (0..<3).map { Address(0, 1, UInt32($0)) }
    let genesis = signers.map { GenesisAccount(address: $0.address, balance: 300_000) }
    var world = World(genesis + [GenesisAccount(address: plain[0], balance: 0)])
    var model = Model(fork: fork, genesis: genesis, empty: [plain[0]])
    let executor = try executor(of: fork)
    for number in 1...8 as ClosedRange<UInt64> {
      let payments = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Payment(among: signers, targets: plain + signers.map(\.address), model: model, random: &random)
      }
      let miner = [plain[2], signers[0].address].randomElement(using: &random) ?? .zero
      let block = block(try payments.map { try $0.signed() }, number: number, beneficiary: miner, gasLimit: 70_000)
      var next = model
      let isValid = next.apply(payments, miner: miner, gasLimit: 70_000)
      if isValid {
        let (outcome, commitment) = try world.run(block, by: executor)
        model = next
        tally.valid += 1
        #expect(outcome.gasUsed == UInt64(payments.count) * 21_000)
        #expect(commitment.state.root == world.rebuiltRoot)
      } else {
        #expect(throws: BlockError.self) { try world.run(block, by: executor) }
        tally.invalid += 1
      }
      #expect(world.accounts.mapValues(Holding.init) == model.holdings)
    }
  }
}

/// What the model knows of an account.
private struct Holding: Equatable {
  var nonce: UInt64 = 0
  var balance: UInt256 = 0

  init(_ balance: UInt256 = 0) { self.balance = balance }

  init(_ account: Account) {
    nonce = account.nonce
    balance = account.balance
  }
}

/// A transfer of exactly 21000 gas, with its sender known.
private struct Payment {
  let signer: Signer
  let to: Address
  let value: UInt256
  let price: UInt256
  let nonce: UInt64

  /// Mostly the right nonce and a payable sum.
  init(among signers: [Signer], targets: [Address], model: Model, random: inout SeededGenerator) {
    let signer = signers.randomElement(using: &random) ?? signers[0]
    let right = model.holdings[signer.address]?.nonce ?? 0
    self.signer = signer
    to = targets.randomElement(using: &random) ?? .zero
    nonce = Int.random(in: 0..<8, using: &random) == 0 ? right + 1 : right
    price = UInt256(UInt64.random(in: 0...3, using: &random))
    value = Bool.random(using: &random) ? 0 : UInt256(UInt64.random(in: 0...200_000, using: &random))
  }

  func signed() throws -> Transaction {
    try transfer(nonce: nonce, gasPrice: price, to: to, value: value)
      .signed(by: signer.privateKey, chainID: nil)
  }
}

/// Balances and nonces in a dictionary, and the rules in their plainest form.
private struct Model {
  let fork: Fork
  var holdings: [Address: Holding] = [:]

  init(fork: Fork, genesis: [GenesisAccount], empty: [Address]) {
    self.fork = fork
    for account in genesis { holdings[account.address] = Holding(account.balance) }
    for address in empty { holdings[address] = Holding() }
  }

  /// Whether the block is valid; when it is not, the model is spoilt.
  mutating func apply(_ payments: [Payment], miner: Address, gasLimit: UInt64) -> Bool {
    if UInt64(payments.count) * 21_000 > gasLimit { return false }
    for payment in payments {
      let fee = 21_000 * payment.price
      var sender = holdings[payment.signer.address] ?? Holding()
      if sender.nonce != payment.nonce || sender.balance < payment.value + fee { return false }
      sender.nonce += 1
      sender.balance = sender.balance - payment.value - fee
      holdings[payment.signer.address] = sender
      holdings[payment.to, default: Holding()].balance += payment.value
      holdings[miner, default: Holding()].balance += fee
      if fork >= .spuriousDragon {
        for address in [payment.to, miner] where holdings[address] == Holding() { holdings[address] = nil }
      }
    }
    let ethers: UInt64 = fork >= .constantinople ? 2 : fork >= .byzantium ? 3 : 5
    holdings[miner, default: Holding()].balance += UInt256(ethers) * 1_000_000_000_000_000_000
    return true
  }
}
