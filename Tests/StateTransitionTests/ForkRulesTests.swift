import Primitives
import Rollup
import StateTransition
import Testing

@Suite struct ForkRulesTests {
  /// What the EIPs say, fork by fork, and not as differences.
  @Test("every row has its fork's numbers")
  func rows() throws {
    for fork in Fork.allCases where fork <= .paris {
      let row = try #require(ForkRules.rules(of: fork))
      #expect(row.fork == fork)
      #expect(row.creationGas == (fork >= .homestead ? 53_000 : 21_000))
      #expect(row.requiresLowS == (fork >= .homestead))
      #expect(row.nonZeroByteGas == (fork >= .istanbul ? 16 : 68))
      #expect(row.acceptsChainID == (fork >= .spuriousDragon))
      #expect(row.clearsEmptyAccounts == (fork >= .spuriousDragon))
      #expect(row.receiptsCarryStatus == (fork >= .byzantium))
      #expect(row.precompileCount == (fork >= .istanbul ? 9 : fork >= .byzantium ? 8 : 4))
      #expect(row.greatestTransactionType == (fork >= .london ? 2 : fork >= .berlin ? 1 : 0))
    }
  }

  @Test("a fork without a row is refused by name, whatever the block holds")
  func unsupported() throws {
    #expect(Fork.allCases.filter { ForkRules.rules(of: $0) == nil } == Fork.allCases.filter { $0 > .paris })
    let forks = try ForkSchedule(
      activations: [ForkSchedule.Activation(.shanghai, at: 0)], terminalTotalDifficulty: 0)
    let error = #expect(throws: BlockError.self) {
      try BlockExecutor(chainID: 1, forks: forks).apply(block(difficulty: 0), to: World([]))
    }
    #expect(error.map(String.init(describing:)) == "block 1 is of the fork Shanghai: not yet supported")
  }

  @Test("the block that moves the DAO's balances is refused by name, the ones around it are not")
  func daoFork() throws {
    let forks = try ForkSchedule(activations: [ForkSchedule.Activation(.homestead, at: 0)], daoFork: 5)
    let executor = BlockExecutor(chainID: 1, forks: forks)
    #expect(throws: BlockError.self) { try executor.apply(block(number: 5), to: World([])) }
    #expect(try executor.apply(block(number: 4), to: World([])).diff.accounts.count == 1)
    #expect(try executor.apply(block(number: 6), to: World([])).diff.accounts.count == 1)
  }
}
