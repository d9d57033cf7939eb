import CHashing
package import Primitives

/// SHA-256 (FIPS 180-4) of messages of at most 119 bytes, by the processor's own instructions where it has them.
///
/// The tree of a log hashes two such messages for each record. Measured: for these a library's call, which allocates a
/// context, costs three times what the compression itself does.
package enum ShortSHA256 {
  /// The longest message: with its padding it fills two blocks.
  package static let longest = 119

  /// Whether `hash` may be called.
  package static let isAvailable = processorFeatures & UInt32(VARVE_FEATURE_SHA256) != 0

  /// The hash of the first `count` bytes of `message`, behind which there are only zeros. Traps above 119.
  package static func hash(_ message: InlineArray<128, UInt8>, count: Int) -> Hash256 {
    precondition(isAvailable && count <= longest, "the caller has asked whether this can be done")
    let blocks = count < 56 ? 1 : 2
    var padded = message
    // FIPS 180-4, section 5.1.1: a one bit, zeros, and the length in bits at the end of the last block.
    padded[count] = 0x80
    padded[blocks * 64 - 2] = UInt8(truncatingIfNeeded: count >> 5)
    padded[blocks * 64 - 1] = UInt8(truncatingIfNeeded: count << 3)
    return unsafe withUnsafeBytes(of: padded) { bytes in
      var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
      unsafe withUnsafeMutableBytes(of: &words) { words in
        unsafe varve_sha256_blocks(bytes.baseAddress, blocks, words.baseAddress)
      }
      return Hash256(word(words.0), word(words.1), word(words.2), word(words.3))
    }
  }

  /// Two words of 32 bits, the first one in the lower half (this runs on little-endian processors only), as one.
  private static func word(_ pair: UInt64) -> UInt64 { pair << 32 | pair >> 32 }
}
