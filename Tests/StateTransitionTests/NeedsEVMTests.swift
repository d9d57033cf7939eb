import Primitives
import Rollup
import StateTransition
import Testing

private let sender = Signer(7)
private let contract = Address(0, 0, 0xc0de)

@Suite struct NeedsEVMTests {
  private let world = World([
    GenesisAccount(address: sender.address, balance: 1_000_000),
    GenesisAccount(address: contract, balance: 0, code: [0x00]),
  ])

  private func error(to: Address?, fork: Fork) throws -> BlockError? {
    let call = try transfer(gasLimit: 60_000, to: to).signed(by: sender.privateKey, chainID: nil)
    do {
      _ = try executor(of: fork).apply(block([call]), to: world)
      return nil
    } catch let error as BlockError {
      return error
    }
  }

  @Test("a creation, and a call to a contract, name the block, the transaction and why")
  func named() throws {
    #expect(
      try error(to: nil, fork: .byzantium)?.description
        == "block 1, transaction 0 creates a contract, which needs the EVM: not yet supported")
    #expect(
      try error(to: contract, fork: .byzantium)?.description
        == "block 1, transaction 0 calls the contract \(contract), which needs the EVM: not yet supported")
  }

  @Test("an address is a precompile from its fork on, and plain before")
  func precompiles() throws {
    for (number, firstFork) in [(1, Fork.frontier), (4, .frontier), (5, .byzantium), (8, .byzantium), (9, .istanbul)]
      as [(UInt32, Fork)]
    {
      let address = Address(0, 0, number)
      for fork in [Fork.frontier, .spuriousDragon, .byzantium, .petersburg, .istanbul, .grayGlacier] {
        let error = try error(to: address, fork: fork)
        if case .needsEVM(1, 0, .callToPrecompile(address))? = error {
          #expect(fork >= firstFork)
        } else {
          #expect(error?.description == nil)
          #expect(fork < firstFork)
        }
      }
    }
    for plain in [Address.zero, Address(0, 0, 10), Address(1, 0, 1)] {
      #expect(try error(to: plain, fork: .istanbul)?.description == nil)
    }
  }

  @Test("an invalid transaction is invalid, even if it would need the EVM")
  func invalidFirst() throws {
    let creation = try transfer(gasLimit: 52_999, to: nil).signed(by: sender.privateKey, chainID: nil)
    let error = #expect(throws: BlockError.self) {
      try executor(of: .homestead).apply(block([creation]), to: world)
    }
    guard case .invalidTransaction(1, 0, .gasBelowIntrinsic(limit: 52_999, intrinsic: 53_000))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
