import Primitives

/// How a node names a child (yellow paper, appendix D): by the Keccak-256 of its encoding, or, when that is shorter
/// than 32 bytes, by the encoding itself.
///
/// While a trie is being built a child may also be *unsealed*: an index into `UnsealedNodes`, until its hash is known.
/// Plain data of 33 bytes, so that sixteen of them move without touching a reference count.
struct NodeReference: BitwiseCopyable {
  /// The hash, the embedded encoding with zeros after it, or an index in the last word.
  private let payload: Hash256

  /// 0 for no child, 1…31 for the length of an embedded encoding, then `hashTag` and `unsealedTag`.
  private let tag: UInt8

  private static let hashTag: UInt8 = 32
  private static let unsealedTag: UInt8 = 33

  private init(payload: Hash256, tag: UInt8) {
    self.payload = payload
    self.tag = tag
  }

  /// No child.
  static let empty = NodeReference(payload: .zero, tag: 0)

  static func hash(_ hash: Hash256) -> NodeReference {
    NodeReference(payload: hash, tag: hashTag)
  }

  static func unsealed(_ index: Int) -> NodeReference {
    NodeReference(payload: Hash256(0, 0, 0, UInt64(index)), tag: unsealedTag)
  }

  /// A child inside its parent. Traps outside 1…31 bytes.
  static func embedded(_ encoding: RawSpan) -> NodeReference {
    precondition(encoding.byteCount > 0 && encoding.byteCount < Hash256.byteCount, "only short nodes are embedded")
    let aligned = NibblePath.leftAligned(encoding)
    return NodeReference(payload: Hash256(aligned), tag: UInt8(encoding.byteCount))
  }

  var isEmpty: Bool { tag == 0 }

  var isHash: Bool { tag == NodeReference.hashTag }

  var asHash: Hash256? { tag == NodeReference.hashTag ? payload : nil }

  var unsealedIndex: Int? { tag == NodeReference.unsealedTag ? Int(payload.word3) : nil }

  /// The encoding of a child inside its parent.
  var embeddedEncoding: [UInt8]? {
    guard tag > 0, tag < NodeReference.hashTag else { return nil }
    return payload.withBytes { $0.extracting(0..<Int(tag)).bytes }
  }

  /// Bytes that the reference takes in its parent's encoding. Traps while unsealed.
  var encodedByteCount: Int {
    precondition(tag != NodeReference.unsealedTag, "a child is sealed before its parent")
    return tag == 0 ? 1 : (tag == NodeReference.hashTag ? 1 + Hash256.byteCount : Int(tag))
  }

  /// Appends the reference as it stands in its parent's encoding. Traps while unsealed.
  func append(to bytes: inout [UInt8]) {
    if tag == 0 {
      bytes.append(0x80)
    } else if tag == NodeReference.hashTag {
      bytes.append(0x80 + UInt8(Hash256.byteCount))
      payload.withBytes { bytes.append(contentsOf: $0) }
    } else {
      precondition(tag != NodeReference.unsealedTag, "a child is sealed before its parent")
      payload.withBytes { bytes.append(contentsOf: $0.extracting(0..<Int(tag))) }
    }
  }
}
