import Primitives

// Encodings are written once, front to back: every length is known before the first byte.
extension TrieNode {
  static func encodeLeaf(suffix: NibblePath, value: [UInt8]) -> [UInt8] {
    let payloadLength = suffix.hexPrefixItemLength + encodedLength(of: value)
    var writer = listWriter(payloadLength: payloadLength)
    suffix.withHexPrefixItem(isLeaf: true) { writer.appendRaw($0) }
    writer.append(bytes: value)
    return writer.bytes
  }

  /// The child is sealed.
  static func encodeExtension(suffix: NibblePath, child: NodeReference) -> [UInt8] {
    var writer = listWriter(payloadLength: suffix.hexPrefixItemLength + child.encodedByteCount)
    suffix.withHexPrefixItem(isLeaf: false) { writer.appendRaw($0) }
    child.append(to: &writer)
    return writer.bytes
  }

  /// All sixteen children are sealed.
  static func encodeBranch(children: ArraySlice<NodeReference>, value: [UInt8]) -> [UInt8] {
    var payloadLength = encodedLength(of: value)
    for child in children {
      payloadLength += child.encodedByteCount
    }
    var writer = listWriter(payloadLength: payloadLength)
    for child in children {
      child.append(to: &writer)
    }
    writer.append(bytes: value)
    return writer.bytes
  }

  private static func listWriter(payloadLength: Int) -> RLPWriter {
    var writer = RLPWriter(capacity: headerLength(ofPayload: payloadLength) + payloadLength)
    writer.appendListHeader(payloadLength: payloadLength)
    return writer
  }

  private static func encodedLength(of value: [UInt8]) -> Int {
    if value.count == 1, value[0] < 0x80 { return 1 }
    return headerLength(ofPayload: value.count) + value.count
  }

  private static func headerLength(ofPayload length: Int) -> Int {
    length < 56 ? 1 : 1 + (71 - length.leadingZeroBitCount) / 8
  }
}
