import Primitives

// Encodings are written once, front to back: every length is known before the first byte.
extension TrieNode {
  static func encodeLeaf(suffix: NibblePath, value: [UInt8]) -> [UInt8] {
    let payloadLength = encodedLength(of: suffix) + encodedLength(of: value)
    var writer = listWriter(payloadLength: payloadLength)
    suffix.withHexPrefix(isLeaf: true) { writer.append($0) }
    writer.append(bytes: value)
    return writer.bytes
  }

  /// The child is sealed.
  static func encodeExtension(suffix: NibblePath, child: NodeReference) -> [UInt8] {
    var writer = listWriter(payloadLength: encodedLength(of: suffix) + child.encodedByteCount)
    suffix.withHexPrefix(isLeaf: false) { writer.append($0) }
    child.append(to: &writer)
    return writer.bytes
  }

  /// All children are sealed.
  static func encodeBranch(_ branch: Branch) -> [UInt8] {
    var payloadLength = encodedLength(of: branch.value)
    for nibble in 0..<16 {
      payloadLength += branch.children[nibble].encodedByteCount
    }
    var writer = listWriter(payloadLength: payloadLength)
    for nibble in 0..<16 {
      branch.children[nibble].append(to: &writer)
    }
    writer.append(bytes: branch.value)
    return writer.bytes
  }

  private static func listWriter(payloadLength: Int) -> RLPWriter {
    var writer = RLPWriter(capacity: headerLength(ofPayload: payloadLength) + payloadLength)
    writer.appendListHeader(payloadLength: payloadLength)
    return writer
  }

  /// A hex-prefix encoding of one byte is below 0x40 and stands for itself; a longer one has a header of one byte.
  private static func encodedLength(of suffix: NibblePath) -> Int {
    let length = suffix.hexPrefixByteCount
    return length == 1 ? 1 : 1 + length
  }

  private static func encodedLength(of value: [UInt8]) -> Int {
    if value.count == 1, value[0] < 0x80 { return 1 }
    return headerLength(ofPayload: value.count) + value.count
  }

  private static func headerLength(ofPayload length: Int) -> Int {
    length < 56 ? 1 : 1 + (71 - length.leadingZeroBitCount) / 8
  }
}
