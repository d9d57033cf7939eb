import Hashing
import Primitives
import TestSupport
import Testing

struct CRC32CTests {
  static let examples: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    ([UInt8](0..<32), 0x46dd_794e),
    ([UInt8]((0..<32).reversed()), 0x113f_db5c),
    ([UInt8]("123456789".utf8), 0xe306_9283),
    ([], 0),
  ]

  @Test("fetching ahead changes no checksum, and needs nothing to be there")
  func fetchingAhead() {
    for count in [0, 1, 63, 64, 65, 268, 5000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      for distance in [0, 64, 4096, 1 << 40] {
        #expect(CRC32C.checksum(bytes.rawSpan, fetchingAhead: distance) == CRC32C.checksum(bytes))
      }
    }
  }

  @Test("the published examples have their checksums (RFC 3720, appendix B.4)", arguments: examples)
  func published(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes) == expected)
  }

  @Test("however the bytes are cut into updates, the checksum is the same")
  func updates() {
    var random = SeededGenerator()
    for _ in 0..<200 {
      let bytes = random.bytes(count: Int.random(in: 0...2000, using: &random))
      let cut = Int.random(in: 0...bytes.count, using: &random)
      var crc = CRC32C()
      crc.update(bytes.rawSpan.extracting(first: cut))
      crc.update(bytes.rawSpan.extracting(last: bytes.count - cut))
      #expect(crc.checksum == CRC32C.checksum(bytes))
    }
  }

  @Test("a part that was computed before joins whatever stands before it, on its own or between others")
  func parts() {
    var random = SeededGenerator()
    for count in Array(0...70) + [255, 256, 4095, 4096, 98_288, 100_000, 1 << 20] {
      let before = random.bytes(count: Int.random(in: 0...100, using: &random))
      let bytes = random.bytes(count: count)
      let after = random.bytes(count: Int.random(in: 0...100, using: &random))
      var crc = CRC32C()
      crc.update(before.rawSpan)
      crc.update(CRC32C.Part(bytes.rawSpan))
      #expect(crc.checksum == CRC32C.checksum(before + bytes), "\(count) bytes")
      crc.update(after.rawSpan)
      crc.update(CRC32C.Part(bytes.rawSpan))
      #expect(crc.checksum == CRC32C.checksum(before + bytes + after + bytes), "\(count) bytes")
    }
  }

  @Test("every flipped bit of a record changes the checksum")
  func flippedBits() {
    var random = SeededGenerator()
    var record = random.bytes(count: 268)
    let checksum = CRC32C.checksum(record)
    for bit in 0..<8 * record.count {
      record[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC32C.checksum(record) != checksum)
      record[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }
}
