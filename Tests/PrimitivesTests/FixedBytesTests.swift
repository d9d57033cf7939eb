// Hash256 and Address: words inside, bytes outside.

import Primitives
import TestSupport
import Testing

struct FixedBytesTests {
  @Test("a hash keeps its bytes, in every form")
  func hashRoundTrip() throws {
    let bytes = (0..<32).map { UInt8($0 * 7 + 1) }
    let hash = try #require(Hash256(bytes: bytes))
    #expect(hash.bytes == bytes)
    #expect((0..<32).map { hash[$0] } == bytes)
    #expect(hash.description == Hex.encode(bytes))
    #expect(Hash256(hex: hash.description) == hash)
    #expect(Hash256(UInt256(hash)) == hash)
    #expect(hash.word0 == 0x0108_0f16_1d24_2b32)
  }

  @Test("an address keeps its bytes, in every form")
  func addressRoundTrip() throws {
    let bytes = (0..<20).map { UInt8($0 * 11 + 3) }
    let address = try #require(Address(bytes: bytes))
    #expect(address.bytes == bytes)
    #expect((0..<20).map { address[$0] } == bytes)
    #expect(address.description == Hex.encode(bytes))
    #expect(Address(hex: address.description) == address)
  }

  @Test("an address is the last 20 bytes of a hash")
  func addressOfHash() throws {
    let bytes = (0..<32).map { UInt8($0 * 5 + 9) }
    let hash = try #require(Hash256(bytes: bytes))
    #expect(Address(lastBytesOf: hash).bytes == [UInt8](bytes.suffix(20)))
  }

  @Test("only the exact length makes a hash or an address")
  func lengths() {
    for count in 0...70 {
      let bytes = [UInt8](repeating: 0xab, count: count)
      #expect((Hash256(bytes: bytes) != nil) == (count == 32))
      #expect((Address(bytes: bytes) != nil) == (count == 20))
      #expect((Hash256(hex: Hex.encode(bytes)) != nil) == (count == 32))
      #expect((Address(hex: Hex.encode(bytes)) != nil) == (count == 20))
    }
    #expect(Hash256(hex: String(repeating: "g", count: 64)) == nil)
  }

  @Test("order and equality are those of the bytes")
  func order() throws {
    var random = SeededGenerator()
    for _ in 0..<2000 {
      var left = random.bytes(count: 32)
      var right = left
      // A change in one place, so that every word gets to decide.
      let place = Int.random(in: 0..<32, using: &random)
      right[place] = UInt8.random(in: 0...255, using: &random)
      if Bool.random(using: &random) { swap(&left, &right) }
      let hashes = (try #require(Hash256(bytes: left)), try #require(Hash256(bytes: right)))
      #expect((hashes.0 < hashes.1) == left.lexicographicallyPrecedes(right))
      #expect((hashes.0 == hashes.1) == (left == right))
      #expect(left != right || hashes.0.hashValue == hashes.1.hashValue)
      let (short, other) = ([UInt8](left.prefix(20)), [UInt8](right.prefix(20)))
      let addresses = (try #require(Address(bytes: short)), try #require(Address(bytes: other)))
      #expect((addresses.0 < addresses.1) == short.lexicographicallyPrecedes(other))
      #expect((addresses.0 == addresses.1) == (short == other))
    }
  }

  @Test("spans of equal bytes are the same, others are not")
  func spans() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(bytes.rawSpan.bytes == bytes)
    let word = bytes.rawSpan.bigEndian(at: 1, as: UInt64.self)
    #expect(word == 0x0203_0405_0607_0809)
    #expect(same(bytes, bytes))
    #expect(!same(bytes, [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(!same(bytes, [1, 2, 3, 4, 5, 6, 7, 8, 0]))
    var appended: [UInt8] = []
    appended.append(bigEndian: UInt32(0x0102_0304))
    appended.append(contentsOf: bytes.rawSpan)
    #expect(appended == [1, 2, 3, 4] + bytes)
  }

  private func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.rawSpan.holdsSameBytes(as: right.rawSpan)
  }
}
