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

  @Test("a rollup whose accounts own 2²⁵⁵ wei or more is refused; an imported chain may say what it likes")
  func supply() throws {
    let half = UInt256.one << 255
    let rows: [(balances: [UInt256], isGood: Bool)] = [
      ([], true), ([half - 1], true), ([half - 2, 1], true), ([half], false), ([half - 1, 1], false),
      ([.max, .max], false),
    ]
    for (balances, isGood) in rows {
      let accounts = balances.enumerated().map { GenesisAccount(address: Address(0, 0, UInt32($0)), balance: $1) }
      let imported = configuration(allocation: accounts)
      #expect(try decoded(imported) == imported)
      if isGood {
        #expect(try decoded(imported, rollup: Samples.rollup).allocation == accounts)
      } else {
        #expect(throws: EventError.self) { try decoded(imported, rollup: Samples.rollup) }
      }
    }
  }

  @Test("the genesis header is that of block 0")
  func genesisNumber() {
    for number in [1, UInt64.max] {
      var header = Samples.header
      header.number = number
      #expect(throws: EventError.self) { try decoded(configuration(header: header)) }
    }
  }

  private func configuration(
    header: BlockHeader = Samples.header, allocation: [GenesisAccount] = []
  ) -> ChainConfiguration {
    ChainConfiguration(
      chainID: 1, forks: Samples.configuration.forks, genesisHeader: header, allocation: allocation)
  }

  /// What a log says that holds this, with the rollup's configuration added.
  private func decoded(
    _ configuration: ChainConfiguration, rollup: RollupConfiguration? = nil
  ) throws -> ChainConfiguration {
    let payload = Event.chainConfigured(ChainConfigured(configuration: configuration)).encode()
    var reader = RLPReader(payload.rawSpan)
    var fields = try reader.readList()
    var items = [[UInt8]]()
    while !fields.isAtEnd { items.append(try fields.readRawItem().bytes) }
    var writer = RLPWriter()
    writer.list { (list) in
      for item in items { list.appendRaw(item) }
      rollup?.append(to: &list)
    }
    guard case .chainConfigured(let event) = try Event(kind: .chainConfigured, payload: writer.bytes) else {
      throw RLPError(offset: 0, reason: .invalidValue("another event"))
    }
    return event.configuration
  }
}
