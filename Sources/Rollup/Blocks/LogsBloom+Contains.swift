import Hashing
package import Primitives

extension LogsBloom {
  /// Whether a log of this address with this topic may be among those that the filter was made of. False is certain.
  /// Two hashes.
  package func mayContain(_ address: Address, topic: Hash256) -> Bool {
    holds(address.withBytes { Keccak256.hash($0) }) && holds(topic.withBytes { Keccak256.hash($0) })
  }

  /// The three bits that eleven bits each of the hash's first six bytes name (yellow paper, section 4.4.1).
  private func holds(_ hash: Hash256) -> Bool {
    (0..<3).allSatisfy { pair in
      let bit = Int(hash.word0 >> UInt64(48 - 16 * pair)) & 0x7ff
      return bytes[LogsBloom.byteCount - 1 - bit / 8] & 1 << UInt8(bit % 8) != 0
    }
  }
}

extension EventKind {
  /// The one topic of the contract's logs of this kind.
  package var logTopic: Hash256 { Hash256(UInt256(UInt64(rawValue))) }
}
