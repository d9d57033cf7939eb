import Primitives
import Rollup
import StateTransition
import Testing

private let ether: UInt256 = 1_000_000_000_000_000_000
private let miner = Address(0, 0, 1)
private let uncleMiners = [Address(0, 0, 2), Address(0, 0, 3)]

@Suite struct BlockRewardTests {
  /// EIP-649, EIP-1234 and EIP-3675, in ether.
  @Test(
    "an empty block pays 5, 3, 2 ether, and nothing after the merge",
    arguments: [
      (Fork.frontier, 5), (.homestead, 5), (.tangerineWhistle, 5), (.spuriousDragon, 5), (.byzantium, 3),
      (.constantinople, 2), (.petersburg, 2), (.istanbul, 2), (.muirGlacier, 2), (.berlin, 2), (.london, 2),
      (.arrowGlacier, 2), (.grayGlacier, 2), (.paris, 0),
    ] as [(Fork, UInt64)])
  func reward(fork: Fork, ethers: UInt64) throws {
    let empty = block(beneficiary: miner, difficulty: fork >= .paris ? 0 : 1)
    let outcome = try executor(of: fork).apply(empty, to: World([]))
    let paid = outcome.diff.accounts.map { ($0.address, $0.account?.balance) }
    if ethers == 0 {
      #expect(paid.isEmpty)
    } else {
      #expect(paid.count == 1 && paid[0] == (miner, UInt256(ethers) * ether))
    }
  }

  @Test(
    "an uncle of depth d gets (8 - d)/8 of the reward, the block 1/32 more", arguments: 1...6 as ClosedRange<UInt64>)
  func uncleShare(depth: UInt64) throws {
    let uncles = [uncle(number: 20 - depth, beneficiary: uncleMiners[0])]
    let outcome = try executor(of: .frontier).apply(
      block(number: 20, beneficiary: miner, uncles: uncles), to: World([]))
    let milliether: UInt256 = 1_000_000_000_000_000
    // 5 ether / 8 = 0.625 ether, 5 ether / 32 = 0.15625 ether.
    let expected = [
      miner: UInt256(5_156_250_000_000) * 1_000_000, uncleMiners[0]: UInt256(625 * (8 - depth)) * milliether,
    ]
    let paid = outcome.diff.accounts.map { ($0.address, $0.account?.balance) }
    #expect(Dictionary(uniqueKeysWithValues: paid) == expected)
  }

  @Test("a miner who also mined both uncles gets all shares on one account")
  func sameMiner() throws {
    let uncles = [uncle(number: 9, beneficiary: miner), uncle(number: 8, beneficiary: miner)]
    let outcome = try executor(of: .byzantium).apply(
      block(number: 10, beneficiary: miner, uncles: uncles), to: World([]))
    // 3 · (1 + 2/32 + 7/8 + 6/8) ether.
    #expect(outcome.diff.accounts.map(\.account?.balance) == [8_062_500_000_000_000_000])
  }

  @Test("three uncles, an uncle of depth 0 or 7, and one from the future make the block invalid")
  func invalidUncles() throws {
    let executor = try executor(of: .frontier)
    func error(_ numbers: [UInt64]) throws -> BlockError {
      let uncles = numbers.map { uncle(number: $0, beneficiary: uncleMiners[0]) }
      return try #require(throws: BlockError.self) {
        try executor.apply(block(number: 20, uncles: uncles), to: World([]))
      }
    }
    #expect("\(try error([19, 18, 17]))" == "\(BlockError.invalidUncle(block: 20, index: 2, reason: .tooMany(3)))")
    for number in [20, 13, 21, UInt64.max] {
      let expected = BlockError.invalidUncle(block: 20, index: 1, reason: .depth(number: number))
      #expect("\(try error([19, number]))" == "\(expected)")
    }
  }

  @Test("a reward that does not fit an account is an error that names it, and no trap")
  func overflow() throws {
    let rich = World([GenesisAccount(address: miner, balance: .max - 5 * ether + 1)])
    let error = #expect(throws: BlockError.self) {
      try executor(of: .frontier).apply(block(number: 3, beneficiary: miner), to: rich)
    }
    guard case .balanceOverflows(3, miner)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let full = World([GenesisAccount(address: miner, balance: .max - 5 * ether)])
    let outcome = try executor(of: .frontier).apply(block(beneficiary: miner), to: full)
    #expect(outcome.diff.accounts.map(\.account?.balance) == [.max])
  }
}
