import Crypto
import Hashing
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

/// A prefix and a short content on the stack, so that they reach the hash function in one piece.
///
/// By the processor's instructions the two blocks take a fifth of what a call into the library does.
private struct ShortMessage {
  /// The longest content that leaves room in two blocks for the prefix and the padding.
  static let capacity = 118

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
    guard SHA256Instructions.isAvailable else {
      let message = unsafe bytes.span.bytes.extracting(first: count)
      return unsafe message.withUnsafeBytes { message in
        var hasher = SHA256()
        unsafe hasher.update(bufferPointer: message)
        return Hash256(hasher.finalize())
      }
    }
    // A one bit, zeros, and the number of bits at the end of the last block.
    var padded = bytes
    let end = count + 9 <= SHA256Instructions.blockLength ? 64 : 128
    padded[count] = 0x80
    padded[end - 2] = UInt8(truncatingIfNeeded: count >> 5)
    padded[end - 1] = UInt8(truncatingIfNeeded: count << 3)
    return unsafe SHA256Instructions.hash(padded: padded.span.bytes.extracting(first: end))
  }
}

extension Hash256 {
  fileprivate init(_ digest: SHA256Digest) {
    self = unsafe digest.withUnsafeBytes { bytes in
      unsafe Hash256(bytes.bytes)
    }
  }
}
