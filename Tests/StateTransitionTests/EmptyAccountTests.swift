import Primitives
import Rollup
import StateTransition
import Testing

private let sender = Signer(7)
private let empty = Address(0, 0, 0xe0)
private let absent = Address(0, 0, 0xa0)
private let miner = Address(0, 0, 0xfee)

/// EIP-161: an empty account leaves the state when it is touched, and none comes into being.
@Suite struct EmptyAccountTests {
  private let world = World([
    GenesisAccount(address: sender.address, balance: 1_000_000), GenesisAccount(address: empty, balance: 0),
  ])

  private func changes(to: Address, value: UInt256 = 0, fork: Fork) throws -> [Address: Account?] {
    let call = try transfer(gasPrice: 0, to: to, value: value).signed(by: sender.privateKey, chainID: nil)
    let block = block([call], beneficiary: miner, difficulty: fork >= .paris ? 0 : 1)
    let diff = try executor(of: fork).apply(block, to: world).diff
    return Dictionary(uniqueKeysWithValues: diff.accounts.map { ($0.address, $0.account) })
  }

  @Test("before Spurious Dragon a payment of nothing makes an empty account, and leaves one as it is")
  func before() throws {
    for fork in [Fork.frontier, .homestead, .tangerineWhistle] {
      #expect(try changes(to: absent, fork: fork)[absent] == .some(Account()))
      #expect(try changes(to: empty, fork: fork)[empty] == nil)
    }
  }

  @Test("from Spurious Dragon on a payment of nothing makes no account, and removes an empty one")
  func after() throws {
    for fork in [Fork.spuriousDragon, .byzantium, .istanbul, .grayGlacier] {
      #expect(try changes(to: absent, fork: fork)[absent] == nil)
      #expect(try changes(to: empty, fork: fork)[empty] == .some(nil))
      #expect(try changes(to: empty, value: 1, fork: fork)[empty] == .some(Account(balance: 1)))
    }
  }

  @Test("the miner is touched too: without fee and reward it gets no account, and loses an empty one")
  func minerIsTouched() throws {
    let block = try block(
      [transfer(gasPrice: 0, value: 0).signed(by: sender.privateKey, chainID: nil)], beneficiary: empty,
      difficulty: 0)
    let diff = try executor(of: .paris).apply(block, to: world).diff
    #expect(diff.accounts.first { $0.address == empty }.map(\.account) == .some(nil))
    #expect(try changes(to: absent, fork: .paris).keys.sorted() == [sender.address])
  }

  @Test("before Byzantium the receipt's root has the miner's account, empty as long as nobody paid")
  func intermediateRoot() throws {
    var world = world
    let call = try transfer(gasPrice: 0, to: absent, value: 1).signed(by: sender.privateKey, chainID: nil)
    let (_, commitment) = try world.run(block([call], beneficiary: miner), by: executor(of: .frontier))
    let expected = World([
      GenesisAccount(address: sender.address, balance: 999_999, nonce: 1), GenesisAccount(address: empty, balance: 0),
      GenesisAccount(address: absent, balance: 1), GenesisAccount(address: miner, balance: 0),
    ])
    #expect(commitment.receipts == [Receipt(outcome: .stateRoot(expected.root), cumulativeGasUsed: 21_000)])
  }
}
