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
    var random = SeededGenerator()
    for chainID in [nil, 1, 1337, 1 << 31, 0x76_6172_7665, UInt64.max] as [UInt64?] {
      let signer = Signer(random.next() >> 1)
      let data = random.bytes(count: Int.random(in: 0...200, using: &random))
      let unsigned = transfer(nonce: random.next(), gasPrice: UInt256(random.next()), to: signer.address, data: data)
      let signed = try unsigned.signed(by: signer.privateKey, chainID: chainID)
      #expect(try Transaction(encoded: signed.encode().rawSpan) == signed)
      #expect(signed.signedChainID == chainID)
      #expect(try signed.sender(chainID: chainID ?? 77, rules: rules) == signer.address)
      #expect(signed.signer == signer.address)
      #expect(signed.hash == Keccak256.hash(signed.encode()))
    }
  }

  @Test("a signer that is known spares the recovery, and no check of the signature")
  func knownSigner() throws {
    let signed = try transfer(nonce: 1).signed(by: Signer(5).privateKey, chainID: 7)
    let known = Address(1, 2, 3)
    #expect(try signed.sender(chainID: 7, rules: rules, signer: known) == known)
    #expect(throws: TransactionError.wrongChainID(signed: 7)) {
      try signed.sender(chainID: 8, rules: rules, signer: known)
    }
    #expect(throws: TransactionError.unknownV(signed.v)) {
      try signed.sender(chainID: 7, rules: ForkRules.rules(of: .homestead), signer: known)
    }
    var damaged = signed
    damaged.r = .zero
    #expect(damaged.signer == nil)
    #expect(throws: TransactionError.signatureOutOfRange) {
      try damaged.sender(chainID: 7, rules: rules, signer: known)
    }
    damaged = signed
    damaged.v = 29
    #expect(damaged.signer == nil)
    #expect(throws: TransactionError.unknownV(29)) { try damaged.sender(chainID: 7, rules: rules, signer: known) }
  }

  @Test("signers come in the order of the transactions, nil for what is none, however they are found")
  func signers() throws {
    let keys = (1...40).map { Signer(UInt64($0)) }
    var encoded = try keys.map { try transfer(nonce: 1).signed(by: $0.privateKey, chainID: nil).encode() }
    encoded[17] = [0xc0]
    var expected = keys.map { Optional($0.address) }
    expected[17] = nil
    #expect(Transaction.signers(of: encoded, by: SerialMap()) == expected)
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

  @Test("a transaction of any type comes back from its bytes, and so does its sender")
  func everyType() throws {
    let signer = Signer(3)
    let list = [AccessListEntry(address: signer.address, storageKeys: [.zero, Hash256(1, 2, 3, 4)])]
    var seen: Set<UInt8> = []
    for kind in Transaction.Kind.allCases where kind != .legacy {
      var transaction = Transaction(
        chainID: 7, nonce: 1, maxPriorityFeePerGas: 2, maxFeePerGas: kind == .accessList ? 2 : 9, gasLimit: 200_000,
        to: signer.address, value: 3, data: [1, 0], accessList: list)
      transaction.kind = kind
      if kind == .blob {
        transaction.maxFeePerBlobGas = 5
        transaction.blobVersionedHashes = [Hash256(1 << 56, 0, 0, 1)]
      }
      if kind == .setCode {
        let unsigned = Authorization(chainID: 7, address: signer.address, nonce: 4)
        transaction.authorizationList = [try unsigned.signed(by: signer.privateKey)]
        #expect(transaction.authorizationList[0].authority == signer.address)
      }
      let signed = try transaction.signed(by: signer.privateKey, chainID: 7)
      seen.insert(try #require(signed.encode().first))
      #expect(try Transaction(encoded: signed.encode().rawSpan) == signed)
      #expect(try signed.sender(chainID: 7, rules: ForkRules.rules(of: .osaka)) == signer.address)
      #expect(signed.signer == signer.address)
      try signed.checkStateless(rules: ForkRules.rules(of: .osaka))
    }
    #expect(seen == [1, 2, 3, 4])
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
      transaction.intrinsicGas(rules: ForkRules.rules(of: fork))
    }
    #expect(try gas(plain, .frontier) == 21_076)
    #expect(try gas(creation, .frontier) == 21_076)
    #expect(try gas(creation, .homestead) == 53_076)
    #expect(try gas(plain, .petersburg) == 21_076)
    #expect(try gas(plain, .istanbul) == 21_024)
  }
}
