import Primitives
import TestSupport
import Testing

struct RLPWriterTests {
  @Test("typed values are written as the bytes they stand for")
  func typedValues() throws {
    var writer = RLPWriter()
    let hash = Hash256(1, 2, 3, 4)
    let address = Address(5, 6, 7)
    writer.append(UInt64(0))
    writer.append(UInt64(1024))
    writer.append(UInt256.max)
    writer.append(hash)
    writer.append(address)
    writer.appendRaw([0xc0])
    var expected: [UInt8] = [0x80, 0x82, 0x04, 0x00, 0xa0] + [UInt8](repeating: 0xff, count: 32)
    expected += [0xa0] + hash.bytes + [0x94] + address.bytes + [0xc0]
    #expect(writer.bytes == expected)
  }

  @Test("a 64-bit number and a 256-bit one of the same value have the same encoding, which reads back")
  func numbers() throws {
    for shift in 0..<64 {
      let power: UInt64 = 1 << UInt64(shift)
      for value: UInt64 in [.max >> UInt64(shift), power, power - 1] {
        var narrow = RLPWriter()
        narrow.append(value)
        var wide = RLPWriter()
        wide.append(UInt256(value))
        #expect(narrow.bytes == wide.bytes)
        let bytes = narrow.bytes
        var reader = RLPReader(bytes.rawSpan)
        let read = try reader.readUInt64()
        #expect(read == value)
      }
    }
  }

  @Test("a list written around its items equals a header of their length and the items")
  func headers() {
    for count in [0, 1, 55, 56, 255, 256, 65_535, 65_536] {
      let items = [UInt8](repeating: 0x01, count: count)
      var around = RLPWriter()
      around.list { $0.appendRaw(items) }
      var before = RLPWriter()
      before.appendListHeader(payloadLength: count)
      before.appendRaw(items)
      #expect(around.bytes == before.bytes)
    }
  }

  @Test("the probe tells the length of an item from its first bytes, as soon as they suffice")
  func probe() throws {
    var random = SeededGenerator()
    for _ in 0..<300 {
      let encoded = RLPItem.random(depth: 3, using: &random).encoded
      var answers: [RLPItemHeader?] = []
      for count in 0...min(encoded.count, 12) {
        let prefix = [UInt8](encoded.prefix(count))
        answers.append(try RLPItemHeader.probe(prefix.rawSpan))
      }
      let known = answers.compactMap(\.self)
      #expect(known.allSatisfy { $0.itemLength == encoded.count && $0.isList == (encoded[0] >= 0xc0) })
      #expect(answers.suffix(known.count).allSatisfy { $0 != nil }, "an answer is not taken back")
      #expect(answers.prefix(10).last.flatMap { $0 } != nil, "nine bytes suffice")
    }
  }

  @Test("the probe refuses what no canonical item begins with")
  func probeRefusals() {
    for prefix: [UInt8] in [
      [0x81, 0x01], [0xb8, 0x37], [0xf9, 0x00, 0x80], [0xff] + .init(repeating: 0xff, count: 8),
    ] {
      #expect(throws: RLPError.self) { try RLPItemHeader.probe(prefix.rawSpan) }
    }
  }
}
