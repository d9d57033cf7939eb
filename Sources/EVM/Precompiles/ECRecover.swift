import Hashing
import Primitives
import Signatures

/// Precompile 0x01: the address that signed a hash (yellow paper, appendix E.1).
enum ECRecover {
  /// Input: hash, v, r, s, 32 bytes each, padded with zeros. The output is empty when no one can have signed.
  static func run(on input: RawSpan) -> [UInt8] {
    let v = input.word(at: 32)
    let (r, s) = (input.word(at: 64), input.word(at: 96))
    guard v == UInt256(27) || v == UInt256(28) else { return [] }
    let recoveryID = UInt8(truncatingIfNeeded: v.low) - 27
    let hash = Hash256(input.word(at: 0))
    guard let address = try? Secp256k1.recoverAddress(hash: hash, r: r, s: s, recoveryID: recoveryID) else { return [] }
    return UInt256(address).bigEndianBytes
  }
}

extension RawSpan {
  /// The 32 bytes at `offset` as a number; what lies beyond the end is zero.
  func word(at offset: Int) -> UInt256 {
    let start = min(offset, byteCount)
    let available = min(32, byteCount - start)
    let part = extracting(start..<start + available)
    return (UInt256(bigEndian: part) ?? .zero) << (8 * (32 - available))
  }
}
