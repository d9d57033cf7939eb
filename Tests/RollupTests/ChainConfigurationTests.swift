import Primitives
import Rollup
import Testing

@Suite("Chain configuration")
struct ChainConfigurationTests {
  @Test("the hash does not depend on the order in which accounts and slots were given")
  func order() {
    let given = Samples.configuration
    let accounts = given.allocation.reversed().map { account in
      var account = account
      account.storage.reverse()
      account.storage.append(.init(key: 77, value: .zero))
      return account
    }
    let other = ChainConfiguration(
      chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: accounts,
      rollup: given.rollup)
    #expect(other == given)
    #expect(other.hash == given.hash)
  }

  @Test("every part of it changes the hash")
  func everyPart() throws {
    let given = Samples.configuration
    var header = given.genesisHeader
    header.timestamp += 1
    var accounts = given.allocation
    accounts[0].storage[0].value = 4
    let others = [
      ChainConfiguration(
        chainID: 1, forks: given.forks, genesisHeader: given.genesisHeader, allocation: given.allocation,
        rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: try ForkSchedule(activations: []), genesisHeader: given.genesisHeader,
        allocation: given.allocation, rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: given.forks, genesisHeader: header, allocation: given.allocation,
        rollup: given.rollup),
      ChainConfiguration(
        chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: accounts,
        rollup: given.rollup),
    ]
    #expect(Set(others.map(\.hash) + [given.hash]).count == 5)
    let imported = ChainConfiguration(
      chainID: given.chainID, forks: given.forks, genesisHeader: given.genesisHeader, allocation: given.allocation)
    #expect(imported.hash != given.hash)
    #expect(imported.commitmentDomain == nil)
  }
}
