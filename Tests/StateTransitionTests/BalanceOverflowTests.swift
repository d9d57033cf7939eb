import Primitives
import Rollup
import StateTransition
import Testing

@Suite("Balances of 256 bits")
struct BalanceOverflowTests {
  private static let payer = Address(0, 0, 0xa1)
  private static let rich = Address(0, 0, 0xa2)
  private static let heir = Address(0, 0, 0xa3)

  /// An account that has room for five wei, one that has ten, and one that gives six to whoever calls it.
  private static let allocation = [
    GenesisAccount(address: payer, balance: 10), GenesisAccount(address: rich, balance: .max - 5),
    GenesisAccount(address: heir, balance: 6, nonce: 1, code: [0x33, 0xff]),
  ]

  private func execution() throws -> BlockExecution {
    let context = BlockContext(
      header: block().header, chainID: testChainID, forks: try executor(of: .istanbul).forks)
    return BlockExecution(context: context, over: World(Self.allocation))
  }

  @Test("a transfer for which the payee has no room is an error that names the payee, and no wei vanish")
  func transfers() throws {
    var fits = try execution()
    try fits.apply(transfer(gasPrice: 0, to: Self.rich, value: 5), from: Self.payer)
    let balances = fits.takeDiff().accounts.map { ($0.address, $0.account?.balance) }
    #expect(Dictionary(uniqueKeysWithValues: balances) == [Self.payer: 5, Self.rich: .max])
    try expectOverflow { try $0.apply(transfer(gasPrice: 0, to: Self.rich, value: 6), from: Self.payer) }
  }

  @Test("so is what a contract leaves behind")
  func selfDestruct() throws {
    try expectOverflow {
      try $0.apply(transfer(gasPrice: 0, gasLimit: 100_000, to: Self.heir, value: 0), from: Self.rich)
    }
    var fits = try execution()
    let outcome = try fits.apply(
      transfer(gasPrice: 0, gasLimit: 100_000, to: Self.heir, value: 0), from: Self.payer)
    let payer = fits.takeDiff().accounts.first { $0.address == Self.payer }
    #expect(outcome.succeeded && payer?.account?.balance == 16)
  }

  @Test("who pays himself needs no room")
  func toOneself() throws {
    var execution = try execution()
    try execution.apply(transfer(gasPrice: 0, to: Self.rich, value: .max - 5), from: Self.rich)
    let balances = execution.takeDiff().accounts.map(\.account?.balance)
    #expect(balances == [UInt256.max - 5])
  }

  private func expectOverflow(_ body: (inout BlockExecution) throws -> Void) throws {
    var execution = try execution()
    let error = #expect(throws: BlockError.self) { try body(&execution) }
    guard case .balanceOverflows(1, Self.rich)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
