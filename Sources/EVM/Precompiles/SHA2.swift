import Crypto
import Primitives

/// Precompile 0x02: SHA-256 (FIPS 180-4).
enum SHA2 {
  static func hash(_ message: RawSpan) -> [UInt8] {
    var hasher = SHA256()
    unsafe message.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
    return [UInt8](hasher.finalize())
  }
}
