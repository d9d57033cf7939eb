import Hashing
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

@Suite struct TransactionTests {
  private let rules = ForkRules.rules(of: .byzantium)

  @Test("what is signed is found again: sender, chain id and every field, for chain ids of all sizes")
  func signing() throws {
    let rules = try #require(rules)
    var random = SeededGenerator()
    for chainID in [nil, 1, 1337, 1 << 31, 0x76_6172_7665, UInt64.max] as [UInt64?] {
      let signer = Signer(random.next() >> 1)
      let data = random.bytes(count: Int.random(in: 0...200, using: &random))
      let unsigned = transfer(nonce: random.next(), gasPrice: UInt256(random.next()), to: signer.address, data: data)
      let signed = try unsigned.signed(by: signer.privateKey, chainID: chainID)
      #expect(try Transaction(encoded: signed.encode().rawSpan) == signed)
      #expect(signed.signedChainID == chainID)
      #expect(try signed.sender(chainID: chainID ?? 77, rules: rules) == signer.address)
      #expect(signed.hash == Keccak256.hash(signed.encode()))
    }
  }

  /// Hash and signature as EIP-155 gives them.
  @Test("the example of EIP-155 comes out byte for byte")
  func exampleOfEIP155() throws {
    let to = try #require(Address(hex: "3535353535353535353535353535353535353535"))
    let example = Transaction(
      nonce: 9, gasPrice: 20_000_000_000, gasLimit: 21_000, to: to, value: 1_000_000_000_000_000_000)
    #expect(
      example.signingHash(chainID: 1).description
        == "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
    let key = try #require(Hash256(bytes: [UInt8](repeating: 0x46, count: 32)))
    let signed = try example.signed(by: key, chainID: 1)
    #expect(signed.v == 37)
    #expect(
      signed.r == UInt256("18515461264373351373200002665853028612451056578545711640558177340181847433846"))
    #expect(
      signed.s == UInt256("46948507304638947509940763649030358759909902576025900602547168820602576006531"))
  }

  @Test("no cut of a transaction and no byte after it is a transaction")
  func damaged() throws {
    let signed = try transfer(data: [0, 1, 2]).signed(by: Signer(1).privateKey, chainID: 1)
    let encoded = signed.encode()
    for length in 0..<encoded.count {
      #expect(throws: TransactionError.self) { try Transaction(encoded: encoded.rawSpan.extracting(first: length)) }
    }
    #expect(throws: TransactionError.self) { try Transaction(encoded: (encoded + [0]).rawSpan) }
  }

  @Test("data costs 4 per zero byte, 68 per other byte, 16 from Istanbul on; making a contract costs 32000 more")
  func intrinsicGas() throws {
    let plain = transfer(data: [0, 0, 7])
    let creation = transfer(to: nil, data: [0, 0, 7])
    func gas(_ transaction: Transaction, _ fork: Fork) throws -> UInt64 {
      transaction.intrinsicGas(rules: try #require(ForkRules.rules(of: fork)))
    }
    #expect(try gas(plain, .frontier) == 21_076)
    #expect(try gas(creation, .frontier) == 21_076)
    #expect(try gas(creation, .homestead) == 53_076)
    #expect(try gas(plain, .petersburg) == 21_076)
    #expect(try gas(plain, .istanbul) == 21_024)
  }
}
