import CHashing
public import Primitives

/// SHA-256 (FIPS 180-4) of many short messages of one length, side by side in the lanes of AVX-512 vectors.
public enum SHA256Lanes {
  /// Whether this processor has such vectors.
  public static let isAvailable = processorFeatures & UInt32(VARVE_FEATURE_AVX512BW) != 0

  /// Messages that are hashed at once.
  public static var width: Int { 16 }

  /// Lengths for which a message has two blocks.
  public static var lengths: ClosedRange<Int> { 55...118 }

  /// The hash of `prefix` ‖ entry for each of the entries of `length` bytes that stand one after another; of those left over
  /// at the end, less than `width`, none. Traps when the processor cannot, or `length` is none of `lengths`.
  public static func hashes(prefix: UInt8, entries: [UInt8], length: Int) -> [Hash256] {
    precondition(isAvailable, "this processor has no lanes for SHA-256")
    precondition(lengths.contains(length), "messages of two blocks")
    let rounds = entries.count / (length * width)
    var bytes = InlineArray<512, UInt8>(repeating: 0)
    var hashes: [Hash256] = []
    hashes.reserveCapacity(rounds * width)
    unsafe entries.withUnsafeBufferPointer { entries in
      for round in 0..<rounds {
        var target = bytes.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { target in
          let start = unsafe entries.baseAddress?.advanced(by: round * length * width)
          unsafe varve_sha256_avx512(prefix, start, length, target.baseAddress)
        }
        for lane in 0..<width {
          hashes.append(unsafe Hash256(bytes.span.bytes.extracting(32 * lane..<32 * (lane + 1))))
        }
      }
    }
    return hashes
  }
}
