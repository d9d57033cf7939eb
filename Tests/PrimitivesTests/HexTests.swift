import Primitives
import TestSupport
import Testing

struct HexTests {
  @Test("every byte survives being written and read, in both cases, with and without 0x")
  func roundTrip() throws {
    let bytes = [UInt8](0...255)
    let text = Hex.encode(bytes)
    #expect(text.hasPrefix("0x000102") && text.hasSuffix("fdfeff"))
    #expect(try Hex.decode(text) == bytes)
    #expect(try Hex.decode(text.uppercased()) == bytes)
    #expect(try Hex.decode(String(text.dropFirst(2))) == bytes)
    #expect(Hex.encode([UInt8]()) == "0x")
    #expect(try Hex.decode("0x").isEmpty)
    #expect(try Hex.decode("").isEmpty)
  }

  @Test("what is not hexadecimal is refused, with the place")
  func refusals() {
    #expect(throws: HexError(offset: 5, reason: .oddDigitCount(3))) { try Hex.decode("0x123") }
    #expect(throws: HexError(offset: 2, reason: .notADigit)) { try Hex.decode("0xg0") }
    #expect(throws: HexError(offset: 3, reason: .notADigit)) { try Hex.decode("0x0 ") }
    #expect(throws: HexError(offset: 3, reason: .notADigit)) { try Hex.decode("0x0x") }
    #expect(throws: HexError(offset: 0, reason: .notADigit)) { try Hex.decode("ä") }
  }
}
