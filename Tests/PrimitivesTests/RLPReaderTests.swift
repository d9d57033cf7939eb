import Primitives
import TestSupport
import Testing

struct RLPReaderTests {
  /// Bytes on both sides of every border in the format.
  private static let alphabet: [UInt8] = [
    0x00, 0x01, 0x37, 0x38, 0x7f, 0x80, 0x81, 0x82, 0xb7, 0xb8, 0xb9, 0xbf, 0xc0, 0xc1, 0xc2, 0xf7, 0xf8, 0xf9, 0xff,
  ]

  @Test("an input is refused, or encodes to itself again: every input of up to two bytes")
  func allShortInputs() {
    expectCanonical([])
    for first in UInt8.min...UInt8.max {
      expectCanonical([first])
      for second in UInt8.min...UInt8.max { expectCanonical([first, second]) }
    }
  }

  @Test("an input is refused, or encodes to itself again: every input of three or four border bytes")
  func allBorderInputs() {
    let alphabet = RLPReaderTests.alphabet
    for first in alphabet {
      for second in alphabet {
        for third in alphabet {
          expectCanonical([first, second, third])
          for fourth in alphabet { expectCanonical([first, second, third, fourth]) }
        }
      }
    }
  }

  private func expectCanonical(_ input: [UInt8]) {
    guard let item = try? RLPItem.decode(input) else { return }
    if item.encoded != input { Issue.record("\(Hex.encode(input)) was read as \(item)") }
  }

  @Test("a random tree is read as it was written, and no cut or longer form of it is read at all")
  func randomTrees() throws {
    var random = SeededGenerator()
    for _ in 0..<300 {
      let item = RLPItem.random(depth: 4, using: &random)
      let encoded = item.encoded
      #expect(try RLPItem.decode(encoded) == item)
      #expect(decodingError(encoded + [0x80])?.reason == .trailingBytes(1))
      let cut = Int.random(in: 0..<encoded.count, using: &random)
      #expect(decodingError([UInt8](encoded.prefix(cut))) != nil)
    }
  }

  @Test("random damage to a good input is refused or read as another canonical item")
  func damage() {
    var random = SeededGenerator()
    for _ in 0..<2000 {
      var input = RLPItem.random(depth: 3, using: &random).encoded
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        input[Int.random(in: 0..<input.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      expectCanonical(input)
    }
  }

  @Test("each kind of bad input is refused with its reason and place")
  func reasons() {
    let huge = [UInt8](repeating: 0xff, count: 8)
    let cases: [([UInt8], Int, RLPError.Reason)] = [
      ([], 0, .endOfInput),
      ([0x81, 0x7f], 0, .byteWithNeedlessHeader),
      ([0xc2, 0x81, 0x00], 1, .byteWithNeedlessHeader),
      ([0x81], 0, .truncated(needed: 2, available: 1)),
      ([0xb8], 0, .truncated(needed: 2, available: 1)),
      ([0xb9, 0x01], 0, .truncated(needed: 3, available: 2)),
      ([0x83, 0x01, 0x02], 0, .truncated(needed: 4, available: 3)),
      ([0xc2, 0xc2, 0x80], 1, .truncated(needed: 3, available: 2)),
      ([0xb8, 0x37] + [UInt8](repeating: 1, count: 55), 0, .shortLengthInLongForm),
      ([0xf8, 0x37] + [UInt8](repeating: 1, count: 55), 0, .shortLengthInLongForm),
      ([0xb9, 0x00, 0x38] + [UInt8](repeating: 1, count: 56), 1, .lengthWithLeadingZero),
      ([0xbf] + huge, 0, .lengthTooLarge(.max)),
      ([0xff] + huge, 0, .lengthTooLarge(.max)),
      ([0xff, 0x7f] + [UInt8](repeating: 0xff, count: 7), 0, .lengthTooLarge(UInt64(Int.max))),
      ([0xff, 0x7f] + [UInt8](repeating: 0xff, count: 6) + [0xf6], 0, .truncated(needed: .max, available: 9)),
      ([0x80, 0x80], 1, .trailingBytes(1)),
    ]
    for (input, offset, reason) in cases {
      #expect(decodingError(input) == RLPError(offset: offset, reason: reason), "\(Hex.encode(input))")
    }
  }

  @Test("lists nest to the limit and not beyond")
  func depth() {
    func nested(_ depth: Int) -> [UInt8] {
      (1..<depth).reduce(RLPItem.list([])) { item, _ in .list([item]) }.encoded
    }
    #expect(decodingError(nested(RLPReader.depthLimit)) == nil)
    #expect(decodingError(nested(RLPReader.depthLimit + 1))?.reason == .tooDeep(limit: RLPReader.depthLimit))
    #expect(decodingError([UInt8](repeating: 0xc1, count: 1_000_000)) != nil)
  }

  @Test("a failed read leaves the reader where it was")
  func failedReads() throws {
    let bytes: [UInt8] = [0x82, 0x00, 0x01, 0xc0]
    var reader = RLPReader(bytes.rawSpan)
    var errors: [RLPError?] = []
    do { _ = try reader.readUInt64() } catch { errors.append(error) }
    do { _ = try reader.readHash256() } catch { errors.append(error) }
    do { _ = try reader.readAddress() } catch { errors.append(error) }
    do { _ = try reader.readList() } catch { errors.append(error) }
    do { try reader.finish() } catch { errors.append(error) }
    #expect(
      errors == [
        RLPError(offset: 0, reason: .numberWithLeadingZero),
        RLPError(offset: 0, reason: .wrongLength(expected: 32, actual: 2)),
        RLPError(offset: 0, reason: .wrongLength(expected: 20, actual: 2)),
        RLPError(offset: 0, reason: .expectedList), RLPError(offset: 0, reason: .trailingBytes(4)),
      ])
    let raw = try reader.readRawItem().bytes
    #expect(raw == [0x82, 0x00, 0x01])
    let list = try reader.readRawItem().bytes
    let isAtEnd = reader.isAtEnd
    #expect(list == [0xc0] && isAtEnd)
  }

  @Test("numbers are read in their widths and no wider")
  func numbers() throws {
    #expect(try number([0x80]) == 0)
    #expect(try number([0x7f]) == 127)
    #expect(try number([0x88] + [UInt8](repeating: 0xff, count: 8)) == .max)
    #expect(throws: RLPError(offset: 0, reason: .numberTooLarge(maximum: 8, actual: 9))) {
      try number([0x89, 1] + [UInt8](repeating: 0, count: 8))
    }
    #expect(throws: RLPError(offset: 0, reason: .numberWithLeadingZero)) { try number([0x00]) }
    #expect(try wideNumber([0xa0] + [UInt8](repeating: 0xff, count: 32)) == .max)
    #expect(throws: RLPError(offset: 0, reason: .numberTooLarge(maximum: 32, actual: 33))) {
      try wideNumber([0xa1, 1] + [UInt8](repeating: 0, count: 32))
    }
  }

  private func number(_ input: [UInt8]) throws(RLPError) -> UInt64 {
    var reader = RLPReader(input.rawSpan)
    return try reader.readUInt64()
  }

  private func wideNumber(_ input: [UInt8]) throws(RLPError) -> UInt256 {
    var reader = RLPReader(input.rawSpan)
    return try reader.readUInt256()
  }
}
