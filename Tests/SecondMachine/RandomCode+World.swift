import EVM
import Hashing
import Primitives

// The world that programs run in: contracts that call each other, contracts that they may make, and what stands in the
// way.
extension RandomCode {
  static let contracts = (1...4).map { Address(0, 0, 0xc000 + UInt32($0)) }

  private static let precompiles: [Precompile] = [
    .ecRecover, .sha256, .ripemd160, .identity, .modExp, .bn254Add, .blake2F, .pointEvaluation, .p256Verify,
  ]

  /// With targets and code of its own; the same for the same seed.
  init(seed: UInt64, prices: Prices) {
    self.init(random: SplitMix64(seed: seed), prices: prices, targets: [])
    targets = RandomCode.contracts + RandomCode.contracts + [Accounts.sender, Accounts.other, .zero]
    targets += RandomCode.precompiles.map(\.address)
  }

  /// Accounts for some transactions. What contracts are made with is drawn anew, and so is where they may be found.
  mutating func world() -> [Address: World.Account] {
    initcodes = (0..<2).map { _ in initcode() }
    let made = RandomCode.contracts.flatMap { contract in
      [ContractAddress.create(sender: contract, nonce: 1)]
        + initcodes.map { ContractAddress.create2(sender: contract, salt: 0, initcodeHash: Keccak256.hash($0)) }
    }
    targets += made
    var accounts: [Address: World.Account] = [Accounts.sender: World.Account(balance: .one << 100, nonce: 1)]
    for contract in RandomCode.contracts {
      accounts[contract] = World.Account(
        balance: 50, nonce: once(in: 12) ? .max - UInt64(below(2)) : 1,
        code: program(length: 2 + below(24), isWild: once(in: 5)), storage: slots())
    }
    // Empty ones, as before EIP-161 (0x03 is what mainnet stumbled over), and what a creation stumbles over (EIP-7610).
    for address in [Accounts.other, Precompile.ripemd160.address] where once(in: 3) {
      accounts[address] = World.Account()
    }
    let first = ContractAddress.create(sender: Accounts.sender, nonce: 1)
    if once(in: 3) { accounts[pick(made + [first, first])] = obstacle() }
    if revision >= .prague && once(in: 3) {
      accounts[RandomCode.contracts[3]]?.code = Delegation.code(for: pick(targets))
    }
    return accounts
  }

  private mutating func slots() -> [UInt256: UInt256] {
    let values = (0..<4).map { (UInt256(UInt64($0)), pick([0, 1, 7, 9] as [UInt256])) }
    return Dictionary(uniqueKeysWithValues: values.filter { !$0.1.isZero })
  }

  /// What stands where a contract should be made: balance alone is no obstacle.
  mutating func obstacle() -> World.Account {
    switch below(4) {
    case 0: World.Account(balance: 3)
    case 1: World.Account(nonce: 1)
    case 2: World.Account(code: [0x00])
    default: World.Account(storage: [1: 1])
    }
  }

  /// A block that may be one of the first, or far on.
  mutating func block() -> BlockEnvironment {
    BlockEnvironment(
      number: pick([0, 1, 5, 255, 256, 257, 1000, 20_000_000]), timestamp: 1_438_269_988 + random.next() % (1 << 32),
      beneficiary: pick(targets), gasLimit: 1 << 40 + random.next() % 1000,
      baseFee: revision >= .london ? UInt256(random.next() % 100) : 0, difficultyOrPrevRandao: word(),
      blobBaseFee: revision >= .cancun ? UInt256(1 + random.next() % 100) : 0, chainID: UInt256(1 + random.next() % 9))
  }

  mutating func transaction() -> TransactionEnvironment {
    TransactionEnvironment(
      origin: Accounts.sender, gasPrice: UInt256(100 + random.next() % 100),
      blobHashes: (0..<below(3)).map { _ in hash() })
  }

  mutating func hash() -> Hash256 { Hash256(random.next(), random.next(), random.next(), random.next()) }

  /// Enough gas mostly; otherwise so much that it runs out anywhere.
  mutating func gas() -> UInt64 {
    once(in: 4) ? random.next() % 60_000 : 200_000 + random.next() % 1_000_000
  }

  /// A call of one of the contracts, now and then of anybody, or a creation.
  mutating func message(in world: [Address: World.Account]) -> Message {
    let nonce = world[Accounts.sender]?.nonce ?? 0
    let isCreation = once(in: 4)
    let recipient =
      isCreation
      ? ContractAddress.create(sender: Accounts.sender, nonce: nonce)
      : once(in: 6) ? pick(targets) : pick(RandomCode.contracts)
    return Message(
      kind: isCreation ? .create : .call, sender: Accounts.sender, recipient: recipient,
      value: UInt256(random.next() % 3), input: isCreation ? initcode() : bytes(below(120)), gas: gas())
  }
}
