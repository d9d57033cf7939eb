import Hashing
import Primitives
import TestSupport
import Testing

struct SHA256Tests {
  /// FIPS 180-4's own examples, and the message of no bytes.
  private static let examples = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test("padded messages have their known hashes", .enabled(if: SHA256Instructions.isAvailable))
  func knownAnswers() {
    for (text, expected) in Self.examples {
      #expect(SHA256Instructions.hash(padded: padded(Array(text.utf8)).rawSpan) == Hash256(hex: expected))
    }
  }

  @Test(
    "sixteen messages at a time have the hashes that they have alone, whatever their length",
    .enabled(if: SHA256Lanes.isAvailable && SHA256Instructions.isAvailable))
  func lanes() {
    var random = SeededGenerator()
    for length in SHA256Lanes.lengths {
      let entries = random.bytes(count: 33 * length)
      let hashes = SHA256Lanes.hashes(prefix: UInt8(length), entries: entries, length: length)
      #expect(hashes.count == 32)
      for (index, hash) in hashes.enumerated() {
        let message = [UInt8(length)] + entries[index * length..<(index + 1) * length]
        #expect(hash == SHA256Instructions.hash(padded: padded(message).rawSpan), "message \(index) of \(length) bytes")
      }
    }
  }

  private func padded(_ message: [UInt8]) -> [UInt8] {
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    bytes.append(bigEndian: UInt64(message.count * 8))
    return bytes
  }
}
