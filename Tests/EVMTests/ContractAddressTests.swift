import EVM
import Hashing
import Primitives
import Testing

@Suite("Contract addresses")
struct ContractAddressTests {
  @Test("the nonce decides where CREATE puts a contract")
  func create() throws {
    // The example that is passed around with the formula: one deployer, nonces 0 to 3.
    let sender = try #require(Address(hex: "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"))
    let expected = [
      "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d", "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8",
      "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91", "0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c",
    ]
    for (nonce, address) in expected.enumerated() {
      #expect(ContractAddress.create(sender: sender, nonce: UInt64(nonce)) == Address(hex: address))
    }
  }

  @Test("EIP-1014's examples")
  func create2() {
    let cases: [(String, String, [UInt8], String)] = [
      ("0x0000000000000000000000000000000000000000", "0x0", [0], "0x4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38"),
      ("0xdeadbeef00000000000000000000000000000000", "0x0", [0], "0xb928f69bb1d91cd65274e3c79d8986362984fda3"),
      (
        "0x00000000000000000000000000000000deadbeef", "0xcafebabe", [0xde, 0xad, 0xbe, 0xef],
        "0x60f3f640a8508fc6a86d45df051962668e1e8ac7"
      ),
      ("0x0000000000000000000000000000000000000000", "0x0", [], "0xe33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0"),
    ]
    for (sender, salt, initcode, expected) in cases {
      let made = ContractAddress.create2(
        sender: Address(hex: sender) ?? .zero, salt: UInt256(salt) ?? .zero, initcodeHash: Keccak256.hash(initcode))
      #expect(made == Address(hex: expected))
    }
  }
}
