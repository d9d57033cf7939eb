import Crypto
public import Primitives

/// The hashes of the tree of RFC 6962, section 2.1: SHA-256, with one byte in front that keeps leaves and nodes apart.
public enum MerkleHash {
  /// The root of a tree without leaves: the SHA-256 of nothing.
  public static let emptyRoot = Hash256(
    0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)

  /// The hash of a leaf: SHA-256(0x00 ‖ entry).
  public static func leaf(_ entry: RawSpan) -> Hash256 {
    guard entry.byteCount > ShortMessage.capacity else {
      var message = ShortMessage(prefix: 0x00)
      message.append(entry)
      return message.hash
    }
    return unsafe entry.withUnsafeBytes { bytes in
      var hasher = SHA256()
      unsafe Swift.withUnsafeBytes(of: UInt8(0x00)) { unsafe hasher.update(bufferPointer: $0) }
      unsafe hasher.update(bufferPointer: bytes)
      return Hash256(hasher.finalize())
    }
  }

  /// The hash of a leaf: SHA-256(0x00 ‖ entry).
  public static func leaf(_ entry: [UInt8]) -> Hash256 {
    leaf(entry.rawSpan)
  }

  /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
  public static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
    var message = ShortMessage(prefix: 0x01)
    left.withBytes { message.append($0) }
    right.withBytes { message.append($0) }
    return message.hash
  }
}

/// A prefix and a short content on the stack, so that they reach the hash function in one piece: each call into it costs
/// as much as a good part of a compression.
private struct ShortMessage {
  /// The longest content.
  static let capacity = 127

  var bytes: InlineArray<128, UInt8> = .init(repeating: 0)
  var count = 1

  init(prefix: UInt8) {
    bytes[0] = prefix
  }

  mutating func append(_ content: RawSpan) {
    let count = count
    unsafe content.withUnsafeBytes { source in
      var target = bytes.mutableSpan
      unsafe target.withUnsafeMutableBytes { target in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: source)
      }
    }
    self.count += content.byteCount
  }

  var hash: Hash256 {
    let span = unsafe bytes.span.bytes.extracting(first: count)
    return unsafe span.withUnsafeBytes { message in
      var hasher = SHA256()
      unsafe hasher.update(bufferPointer: message)
      return Hash256(hasher.finalize())
    }
  }
}

extension Hash256 {
  fileprivate init(_ digest: SHA256Digest) {
    self = unsafe digest.withUnsafeBytes { bytes in
      unsafe Hash256(bytes.bytes)
    }
  }
}
