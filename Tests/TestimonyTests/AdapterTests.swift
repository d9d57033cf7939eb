// Signed messages of the three formats: made, read, damaged.

import Foundation
import Primitives
import Rollup
import Signatures
import TestSupport
import Testing

@testable import Testimony

@Suite("Signed messages")
struct AdapterTests {
  private let reader = StatementReader(l2ChainID: TestimonySamples.chainID, domain: TestimonySamples.domain)

  @Test("a commitment is its key's word, in its domain alone")
  func varve() throws {
    let signed = try TestimonySamples.commitment(number: 7)
    let statement = try reader.read(signed.encode(), .varve)
    #expect(statement.signer == TestimonySamples.signer)
    #expect(statement.height == 7)
    #expect(statement.origin == signed.commitment.l1Origin)
    var other = TestimonySamples.domain
    other.contract = Address(9, 9, 9)
    let elsewhere = StatementReader(l2ChainID: TestimonySamples.chainID, domain: other)
    #expect(try elsewhere.read(signed.encode(), .varve).signer != TestimonySamples.signer)
    #expect(throws: StatementError.otherChain(expected: 1, found: TestimonySamples.chainID)) {
      try StatementReader(l2ChainID: 1, domain: TestimonySamples.domain).statement(of: signed)
    }
    #expect(throws: StatementError.noDomain) {
      try StatementReader(l2ChainID: TestimonySamples.chainID, domain: nil).statement(of: signed)
    }
  }

  @Test("a commitment with the high form of s is refused: it is somebody else's copy")
  func highS() throws {
    var signed = try TestimonySamples.commitment(number: 7)
    let signature = try Signature(walletBytes: signed.signature)
    let twin = Signature(r: signature.r, s: Secp256k1.order - signature.s, recoveryID: signature.recoveryID ^ 1)
    signed.signature = twin.r.bigEndianBytes + twin.s.bigEndianBytes + [27 + twin.recoveryID]
    #expect(throws: StatementError.signature(.highS)) { try reader.statement(of: signed) }
  }

  @Test("every version of a payload is read as what it was made from, and as no other", arguments: 1...4)
  func payloads(version: Int) throws {
    let payload = try TestimonySamples.payload(version: version)
    #expect(payload.version.rawValue == version)
    let bytes = payload.encode()
    #expect(try OPGossip.payload(bytes) == payload)
    let message = try OPGossip.sign(payload, l2ChainID: TestimonySamples.chainID, privateKey: TestimonySamples.key)
    let statement = try reader.read(Snappy.literal(message), .op)
    #expect(statement.signer == TestimonySamples.signer)
    #expect(statement.origin == TestimonySamples.origin)
    #expect(statement.order == payload.blockHash)
  }

  @Test("no bit of a payload can change: another block, or none", arguments: [2, 4])
  func payloadBits(version: Int) throws {
    let payload = try TestimonySamples.payload(version: version)
    let bytes = payload.encode()
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect((try? OPGossip.payload(changed)) == nil, "bit \(bit)")
    }
    for count in 0..<bytes.count {
      #expect((try? OPGossip.payload([UInt8](bytes.prefix(count)))) == nil, "\(count) bytes")
    }
  }

  @Test("both layouts of L1 attributes name the origin; another first transaction names none")
  func origins() throws {
    let origin = TestimonySamples.origin
    var payload = try TestimonySamples.payload(version: 1)
    #expect(try L1Attributes.origin(of: payload) == origin)
    payload.transactions = [TestimonySamples.bedrockAttributes(origin)]
    #expect(try L1Attributes.origin(of: payload) == origin)
    let cut = [UInt8](TestimonySamples.bedrockAttributes(origin).dropLast())
    let others: [[[UInt8]]] = [[], [[0x7e]], [[0x02, 0xc0]], [cut]]
    for transactions in others {
      payload.transactions = transactions
      #expect(throws: ExecutionPayloadError.noL1Origin) { try L1Attributes.origin(of: payload) }
    }
  }

  @Test("every packed layout names the origin, at its own length and at no other's")
  func packedOrigins() throws {
    // Ecotone, Isthmus with what an operator is paid (4 + 8 bytes), Jovian with what data weighs (2 bytes).
    let layouts: [(UInt32, Int)] = [(0x440a_5e20, 164), (0x0989_99be, 176), (0x3db6_be2b, 178)]
    #expect(L1Attributes.packedLengths == Dictionary(uniqueKeysWithValues: layouts))
    var payload = try TestimonySamples.payload(version: 1)
    let origin = BlockID(number: 1 << 40, hash: Hash256(4, 3, 2, 1))
    for (selector, length) in layouts {
      for count in 100...200 {
        payload.transactions = [TestimonySamples.packedAttributes(origin, selector: selector, byteCount: count)]
        if count == length {
          #expect(try L1Attributes.origin(of: payload) == origin)
        } else {
          #expect(throws: ExecutionPayloadError.noL1Origin) { try L1Attributes.origin(of: payload) }
        }
      }
    }
  }

  @Test("a feed's message is its key's word, signed either way", arguments: FeedMessage.Version.allCases)
  func nitro(version: FeedMessage.Version) throws {
    let raw = try TestimonySamples.feed(version)
    let statement = try reader.read([UInt8](raw.utf8), .nitro)
    #expect(statement.signer == TestimonySamples.signer)
    #expect(statement.height == 251_130)
    #expect(statement.origin == nil && statement.parent == nil)
  }

  @Test("one signature over a feed's message says one thing, however its fields are cut")
  func feedCuts() throws {
    let message = try TestimonySamples.message()
    var cut = message
    cut.baseFeeL1 = UInt256(UInt64(message.l2Message[0]))
    cut.l2Message.removeFirst()
    // Another message, with the hash that was signed for the first: the second way of signing does not tell them apart.
    #expect(cut != message)
    #expect(cut.digest(.v2, l2ChainID: 1) == message.digest(.v2, l2ChainID: 1))
    #expect(cut.order == message.order)
    #expect(cut.digest(.v1, l2ChainID: 1) != message.digest(.v1, l2ChainID: 1))
    var moved = message
    moved.blockHash = nil
    moved.blockMetadata = Hash256(1, 2, 3, 4).bytes
    var whole = message
    whole.blockHash = Hash256(1, 2, 3, 4)
    #expect(moved.digest(.v2, l2ChainID: 1) == whole.digest(.v2, l2ChainID: 1))
    #expect(moved.order == whole.order)
  }

  @Test("a message that came from L1 is not the sequencer's word")
  func delayed() throws {
    for (kind, sender) in [
      (12, "0xa4b000000000000000000073657175656e636572"), (3, "0x\(String(repeating: "1", count: 40))"),
    ] {
      let raw = try TestimonySamples.feed(.v2, kind: kind, sender: sender)
      #expect(throws: StatementError.feed(.notTheSequencers)) {
        try reader.read([UInt8](raw.utf8), .nitro)
      }
    }
  }

  @Test("random bytes, and samples with random bytes in them, are read or refused, never more")
  func fuzz() throws {
    var random = SeededGenerator()
    let samples: [([UInt8], SequencerCommitmentObserved.Format)] = [
      (try TestimonySamples.commitment(number: 7).encode(), .varve),
      (
        Snappy.literal(
          try OPGossip.sign(
            try TestimonySamples.payload(version: 3), l2ChainID: TestimonySamples.chainID,
            privateKey: TestimonySamples.key)), .op
      ),
      ([UInt8](try TestimonySamples.feed(.v2).utf8), .nitro), ([UInt8](try TestimonySamples.feed(.v1).utf8), .nitro),
    ]
    for round in 0..<3000 {
      let format = SequencerCommitmentObserved.Format.allCases[round % 3]
      let noise = random.bytes(count: Int.random(in: 0..<700, using: &random))
      _ = try? reader.read(noise, format)
      _ = try? Snappy.decompress(noise, upTo: 1 << 16)
      var (bytes, own) = samples[round % samples.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
      _ = try? reader.read(bytes, own)
    }
  }

  @Test("compressed bytes: every element, and every way to be broken")
  func snappy() throws {
    // "abcd", a copy of four from four back, one that reaches into itself, and one of each longer form.
    let compressed: [UInt8] =
      [21, 3 << 2] + [97, 98, 99, 100] + [1, 4] + [5 << 2 | 1 << 1, 1, 0] + [6 << 2 | 3, 2, 0, 0, 0]
    let text = "abcdabcd" + "dddddd" + "ddddddd"
    #expect(try Snappy.decompress(compressed, upTo: 100) == [UInt8](text.utf8))
    #expect(try Snappy.decompress([0], upTo: 0) == [])
    let broken: [([UInt8], SnappyError)] = [
      ([], .truncated), ([0x80], .truncated), ([0xff, 0xff, 0xff, 0xff, 0xff, 1], .badLength),
      ([0xff, 0xff, 0xff, 0xff, 0x7f], .badLength), ([4, 0], .truncated), ([4, 3 << 2, 1, 2], .truncated),
      ([5, 1, 1], .badOffset(1, at: 0)), ([5, 0, 7, 1, 0], .badOffset(0, at: 1)), ([1], .wrongLength(stated: 1)),
      ([2, 0, 7], .wrongLength(stated: 2)), ([1, 1 << 2, 7, 7], .wrongLength(stated: 1)),
      ([0xc8, 1], .tooLong(200, limit: 100)), ([3, 61 << 2, 1], .truncated),
    ]
    for (bytes, error) in broken {
      #expect(throws: error, "\(bytes)") { try Snappy.decompress(bytes, upTo: 100) }
    }
  }

  @Test("JSON: what feeds write is read, and nothing that two readers could read in two ways")
  func json() {
    func parse(_ text: String) -> JSONValue? { JSONValue(text: text) }
    #expect(
      parse(#" {"a": [1, -2, true, false, null], "b": "x\n\"\u0041"} "#)
        == .object([
          "a": .array([.number("1"), .number("-2"), .bool(true), .bool(false), .null]), "b": .string("x\n\"A"),
        ]))
    #expect(parse("18446744073709551615")?.uint64 == .max)
    #expect(parse("1.0")?.uint64 == nil && parse("1e3")?.uint64 == nil)
    for text in [
      "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "+1", "1 2", "\"\\ud800\"", "\"\u{1}\"", "nul", "{a:1}",
      String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
    ] { #expect(parse(text) == nil, "\(text)") }
  }
}
