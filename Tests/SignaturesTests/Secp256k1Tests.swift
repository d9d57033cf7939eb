import Hashing
import Primitives
import Signatures
import TestSupport
import Testing

struct Secp256k1Tests {
  @Test("keys have their published addresses (ethereum/tests, keyaddrtest)")
  func publishedKeys() throws {
    let published = [
      "cow": "cd2a3d9f938e13cd947ec05abc7fe734df8dd826", "horse": "13978aee95f38490e9769c39b2773ed763d9cd5f",
    ]
    for (seed, address) in published {
      #expect(try Secp256k1.address(of: Keccak256.hash([UInt8](seed.utf8))) == Address(hex: address))
    }
  }

  @Test("the transaction that EIP-155 signs as its example has the sender and the signature it says")
  func eip155() throws {
    let key = try #require(Hash256(hex: String(repeating: "46", count: 32)))
    let hash = try #require(Hash256(hex: "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"))
    let r = try #require(UInt256("0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"))
    let s = try #require(UInt256("0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"))
    let signature = try Secp256k1.sign(hash, privateKey: key)
    #expect(signature == Signature(r: r, s: s, recoveryID: 0))
    let address = try Secp256k1.recoverAddress(hash: hash, signature: signature)
    #expect(address == Address(hex: "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"))
  }

  @Test("what a key signs is recovered to its address, and its mirror image too, though s is then high")
  func roundTrips() throws {
    var random = SeededGenerator()
    for _ in 0..<50 {
      let key = try #require(Hash256(bytes: random.bytes(count: 32)))
      let hash = try #require(Hash256(bytes: random.bytes(count: 32)))
      let address = try Secp256k1.address(of: key)
      let signature = try Secp256k1.sign(hash, privateKey: key)
      #expect(signature.isLowS)
      #expect(try Secp256k1.recoverAddress(hash: hash, signature: signature) == address)
      let mirrored = Signature(
        r: signature.r, s: Secp256k1.order - signature.s, recoveryID: signature.recoveryID ^ 1)
      #expect(!mirrored.isLowS)
      #expect(try Secp256k1.recoverAddress(hash: hash, signature: mirrored) == address)
      #expect(try Secp256k1.sign(hash, privateKey: key) == signature, "signing is deterministic")
      let other = try Secp256k1.sign(hash, privateKey: key, extra: hash)
      #expect(other.isLowS && other.r != signature.r, "another nonce, another signature of the same")
      #expect(try Secp256k1.recoverAddress(hash: hash, signature: other) == address)
      #expect(try Secp256k1.recoverAddress(hash: Keccak256.hash(hash.bytes), signature: signature) != address)
    }
  }

  @Test("values that are no signature are refused, each for its reason")
  func refusals() throws {
    let hash = Keccak256.emptyHash
    func recover(_ r: UInt256, _ s: UInt256, _ id: UInt8 = 0) throws(SignatureError) -> Address {
      try Secp256k1.recoverAddress(hash: hash, r: r, s: s, recoveryID: id)
    }
    #expect(throws: SignatureError.scalarOutOfRange) { try recover(.zero, .one) }
    #expect(throws: SignatureError.scalarOutOfRange) { try recover(.one, .zero) }
    #expect(throws: SignatureError.scalarOutOfRange) { try recover(Secp256k1.order, .one) }
    #expect(throws: SignatureError.scalarOutOfRange) { try recover(.one, .max) }
    #expect(throws: SignatureError.badRecoveryID(4)) { try recover(.one, .one, 4) }
    // No point of the curve has the x coordinate 5; r + n for r = n − 1 is not below the field's prime.
    #expect(throws: SignatureError.notRecoverable) { try recover(5, .one) }
    #expect(throws: SignatureError.notRecoverable) { try recover(Secp256k1.order - .one, .one, 2) }
  }

  @Test("half the order is the last low s")
  func lowS() {
    #expect(Signature(r: .one, s: Secp256k1.halfOrder, recoveryID: 0).isLowS)
    #expect(!Signature(r: .one, s: Secp256k1.halfOrder + .one, recoveryID: 0).isLowS)
    #expect(Secp256k1.halfOrder + Secp256k1.halfOrder + .one == Secp256k1.order)
  }

  @Test("zero and numbers beyond the order are no private keys")
  func badKeys() {
    for key in [Hash256.zero, Hash256(Secp256k1.order), Hash256(UInt256.max)] {
      #expect(throws: SignatureError.badPrivateKey) { try Secp256k1.sign(.zero, privateKey: key) }
      #expect(throws: SignatureError.badPrivateKey) { try Secp256k1.address(of: key) }
    }
  }
}

@Suite("Signatures in 65 bytes")
struct WalletBytesTests {
  private func sample() throws -> Signature {
    try Secp256k1.sign(Keccak256.hash([1, 2, 3]), privateKey: Hash256([UInt8](repeating: 0x11, count: 32).rawSpan))
  }

  @Test("they are r, s and v, and read back the same")
  func roundTrip() throws {
    let signature = try sample()
    #expect(signature.walletBytes.count == 65)
    #expect(try Signature(walletBytes: signature.walletBytes) == signature)
  }

  @Test("the twin with a high s, which recovers to the same key, is refused")
  func twin() throws {
    let signature = try sample()
    let twin = Signature(
      r: signature.r, s: Secp256k1.order &- signature.s, recoveryID: signature.recoveryID ^ 1)
    let hash = Keccak256.hash([1, 2, 3])
    #expect(
      try Secp256k1.recoverAddress(hash: hash, signature: twin)
        == Secp256k1.recoverAddress(hash: hash, signature: signature))
    #expect(throws: SignatureError.highS) { try Signature(walletBytes: twin.walletBytes) }
  }

  @Test("any other v and any other length are refused")
  func shape() throws {
    let bytes = try sample().walletBytes
    for v in UInt8.min ... .max where v != 27 && v != 28 {
      #expect(throws: SignatureError.badV(v)) { try Signature(walletBytes: Array(bytes.prefix(64)) + [v]) }
    }
    for length in [0, 64, 66] {
      #expect(throws: SignatureError.wrongLength(length)) {
        try Signature(walletBytes: Array((bytes + [0]).prefix(length)))
      }
    }
  }
}
