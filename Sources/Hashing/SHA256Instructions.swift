import CHashing
public import Primitives

/// SHA-256 (FIPS 180-4) by the instructions that many processors have, for short messages: a call into a library costs more
/// than the hash.
public enum SHA256Instructions {
  /// Whether this processor has them.
  public static let isAvailable = processorFeatures & UInt32(VARVE_FEATURE_SHA256) != 0

  /// Bytes that are compressed at once.
  public static var blockLength: Int { 64 }

  /// The hash of a message that has been padded (section 5.1.1) to whole blocks. Traps when the processor cannot, or the
  /// blocks are not whole.
  public static func hash(padded message: RawSpan) -> Hash256 {
    precondition(isAvailable, "this processor has no instructions for SHA-256")
    precondition(message.byteCount.isMultiple(of: blockLength), "a padded message has whole blocks")
    var hash = InlineArray<32, UInt8>(repeating: 0)
    var target = hash.mutableSpan
    unsafe message.withUnsafeBytes { message in
      unsafe target.withUnsafeMutableBufferPointer { hash in
        let start = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe varve_sha256(start, message.count / blockLength, hash.baseAddress)
      }
    }
    return unsafe Hash256(hash.span.bytes)
  }
}
