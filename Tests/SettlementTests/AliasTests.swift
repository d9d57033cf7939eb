import Primitives
import Settlement
import Testing

@Suite("Senders of messages")
struct AliasTests {
  private static let contract = Address(hex: "0xffffffffffffffffffffffffffffffffffffffff")!

  @Test("an account that is no contract sends as itself")
  func account() {
    #expect(Caller(Self.contract).messageSender == Self.contract)
  }

  @Test("a contract's address is moved by the field's offset, modulo 2^160")
  func contract() {
    let wrapped = Address(hex: "0x1111000000000000000000000000000000001110")!
    #expect(Caller(Self.contract, isContract: true).messageSender == wrapped)
    let zero = Caller(.zero, isContract: true).messageSender
    #expect(zero == Address(hex: "0x1111000000000000000000000000000000001111")!)
  }
}
