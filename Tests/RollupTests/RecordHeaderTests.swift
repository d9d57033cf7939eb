import Hashing
import MerkleLog
import Primitives
import Rollup
import Testing

@Suite("Record headers")
struct RecordHeaderTests {
  private let payload = [UInt8]("the payload".utf8)

  private func sample(flags: RecordFlags = []) -> RecordHeader {
    RecordHeader(
      kind: .outputProposed, position: Position(0x0102_0304_0506_0708),
      coordinates: L1Coordinates(
        blockNumber: 0x1112_1314_1516_1718, transactionIndex: 0x2122_2324, logIndex: 0x3132_3334),
      payloadLength: UInt32(payload.count), payloadHash: Keccak256.hash(payload), flags: flags)
  }

  @Test("a header has 68 bytes, laid out as the format says")
  func layout() {
    var header = sample(flags: .chunked)
    let sealed = header.seal(payload: payload.rawSpan)
    var expected = [UInt8]()
    expected.append(bigEndian: header.checksum)
    expected += [1, 1, 0x00, 0x08]
    expected += [1, 2, 3, 4, 5, 6, 7, 8]
    expected += [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]
    expected += [0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34]
    expected.append(bigEndian: UInt32(payload.count))
    expected += Keccak256.hash(payload).bytes
    #expect(bytes(sealed) == expected)
    #expect(RecordHeader.byteCount == 68)
    #expect(header.checksum == CRC32C.checksum(Array(expected[4...]) + payload))
  }

  @Test("a header is sealed alike over a payload and over its part of the checksum")
  func sealedByPart() {
    var (one, other) = (sample(), sample())
    #expect(bytes(one.seal(payload: payload.rawSpan)) == bytes(other.seal(payload: CRC32C.Part(payload.rawSpan))))
    #expect(one == other)
  }

  @Test("decoding gives back what was encoded")
  func roundTrip() throws {
    for kind in EventKind.allCases {
      var header = sample()
      header.kind = kind
      let sealed = header.seal(payload: payload.rawSpan)
      #expect(try RecordHeader(bytes(sealed).rawSpan) == header)
    }
  }

  @Test("a flipped bit anywhere in header or payload is found")
  func everyBit() throws {
    var header = sample()
    let stored = bytes(header.seal(payload: payload.rawSpan)) + payload
    for bit in 0..<stored.count * 8 {
      var flipped = stored
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: RecordError.self, "bit \(bit)") {
        let header = try RecordHeader(flipped.rawSpan)
        try header.verifyChecksum(header: flipped.rawSpan, payload: flipped.rawSpan.extracting(68..<flipped.count))
      }
    }
    #expect(throws: Never.self) { try header.verifyChecksum(header: stored.rawSpan, payload: payload.rawSpan) }
  }

  @Test("the checksum does not depend on how the payload is cut")
  func segments() {
    var header = sample()
    let stored = bytes(header.seal(payload: payload.rawSpan))
    for cut in 0...payload.count {
      var sum = RecordChecksum(header: stored.rawSpan)
      sum.update(payload.rawSpan.extracting(0..<cut))
      sum.update(payload.rawSpan.extracting(cut..<payload.count))
      #expect(sum.value == header.checksum)
    }
  }

  @Test("a header cut short is refused at every length")
  func truncated() {
    let stored = bytes(sample().encoded)
    for length in 0..<stored.count {
      #expect(throws: RecordError.truncated(length: length)) { try RecordHeader(Array(stored.prefix(length)).rawSpan) }
    }
  }

  @Test("versions, flags and kinds that are not known stop a reader")
  func unknown() {
    for value in UInt8.min ... .max where value != 1 {
      #expect(throws: RecordError.unknownVersion(value)) { try decode(replacing: 4, with: [value]) }
    }
    for value in UInt8.min ... .max where value > 1 {
      #expect(throws: RecordError.unknownFlags(value)) { try decode(replacing: 5, with: [value]) }
    }
    let known = Set(EventKind.allCases.map(\.rawValue))
    for value in UInt16(0)...0x0300 where !known.contains(value) {
      #expect(throws: RecordError.unknownKind(value)) {
        try decode(replacing: 6, with: [UInt8(value >> 8), UInt8(value & 0xff)])
      }
    }
  }

  @Test("the leaf is what was recorded, whatever way it is stored")
  func leaf() {
    var expected: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0x00, 0x08]
    expected += [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]
    expected += [0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34]
    expected.append(bigEndian: UInt32(payload.count))
    expected += Keccak256.hash(payload).bytes
    var stored = sample(flags: .chunked)
    stored.checksum = 77
    let leaf = stored.leafBytes
    #expect(leaf.indices.map { leaf[$0] } == expected)
    #expect(stored.leafHash == sample().leafHash)
    #expect(stored.leafHash == MerkleHash.leaf(expected))
  }

  @Test("coordinates are ordered by block, then transaction, then log, and observations come last in their block")
  func order() {
    let ascending = [
      L1Coordinates.block(4), .init(blockNumber: 4, transactionIndex: 0, logIndex: 1),
      .init(blockNumber: 4, transactionIndex: 1, logIndex: 0), .observed(at: 4), .block(5),
    ]
    #expect(ascending.shuffled().sorted() == ascending)
  }

  private func bytes(_ inline: InlineArray<68, UInt8>) -> [UInt8] { inline.indices.map { inline[$0] } }

  private func decode(replacing offset: Int, with values: [UInt8]) throws(RecordError) {
    var stored = bytes(sample().encoded)
    stored.replaceSubrange(offset..<offset + values.count, with: values)
    _ = try RecordHeader(stored.rawSpan)
  }
}
