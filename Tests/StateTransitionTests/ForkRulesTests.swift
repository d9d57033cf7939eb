import Primitives
import Rollup
import StateTransition
import Testing

@Suite struct ForkRulesTests {
  /// What the EIPs say, fork by fork, and not as differences.
  @Test("every row has its fork's numbers")
  func rows() {
    for fork in Fork.allCases {
      let row = ForkRules.rules(of: fork)
      #expect(row.fork == fork)
      #expect(row.creationGas == (fork >= .homestead ? 53_000 : 21_000))
      #expect(row.requiresLowS == (fork >= .homestead))
      #expect(row.nonZeroByteGas == (fork >= .istanbul ? 16 : 68))
      #expect(row.acceptsChainID == (fork >= .spuriousDragon))
      #expect(row.clearsEmptyAccounts == (fork >= .spuriousDragon))
      #expect(row.receiptsCarryStatus == (fork >= .byzantium))
      #expect(
        row.greatestTransactionType
          == (fork >= .prague ? 4 : fork >= .cancun ? 3 : fork >= .london ? 2 : fork >= .berlin ? 1 : 0))
      #expect(row.initcodeWordGas == (fork >= .shanghai ? 2 : 0))
      #expect(row.greatestInitcodeSize == (fork >= .shanghai ? 49_152 : nil))
      #expect(row.hasCalldataFloor == (fork >= .prague))
      #expect(row.greatestTransactionGas == (fork >= .osaka ? 16_777_216 : nil))
      #expect(row.greatestBlobCount == (fork >= .osaka ? 6 : nil))
      #expect(row.greatestBlockSize == (fork >= .osaka ? 8_388_608 : nil))
      #expect(row.greatestRefundQuotient == (fork >= .london ? 5 : 2))
    }
  }

  @Test("the DAO's fork moves what its accounts own to the refund contract, and only in its block")
  func daoFork() throws {
    let forks = try ForkSchedule(activations: [ForkSchedule.Activation(.homestead, at: 0)], daoFork: 5)
    let executor = BlockExecutor(chainID: 1, forks: forks)
    let dao = try #require(Address(hex: "0xbb9bc244d798123fde783fcc1c72d3bb8c189413"))
    let refund = try #require(Address(hex: "0xbf4ed7b27f1d666546e30d74d50d173d20bca754"))
    let world = World([GenesisAccount(address: dao, balance: 77)])
    for number in [4, 5, 6] as [UInt64] {
      let diff = try executor.apply(block(number: number), to: world).diff
      let balances = Dictionary(uniqueKeysWithValues: diff.accounts.map { ($0.address, $0.account?.balance) })
      #expect(balances[dao] == (number == 5 ? .some(.some(0)) : nil))
      #expect(balances[refund] == (number == 5 ? .some(.some(77)) : nil))
    }
  }
}
