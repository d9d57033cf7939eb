package import Primitives

/// A secp256k1 signature that names the signer's public key.
package struct Signature: Hashable, Sendable {
  package let r: UInt256

  package let s: UInt256

  /// 0 or 1: whether the y coordinate of the point behind `r` is odd; plus 2 when its x coordinate is r + n.
  package let recoveryID: UInt8

  package init(r: UInt256, s: UInt256, recoveryID: UInt8) {
    self.r = r
    self.s = s
    self.recoveryID = recoveryID
  }

  /// Whether `s` is at most half the group's order: the only form a transaction may have since Homestead (EIP-2).
  package var isLowS: Bool { s <= Secp256k1.halfOrder }
}

extension Signature {
  /// Reads r ‖ s ‖ v, the 65 bytes that wallets make and `ecrecover` takes, in their one accepted form: v 27 or 28, s low
  /// (EIP-2), so that nobody can make a second signature out of one.
  package init(walletBytes bytes: [UInt8]) throws(SignatureError) {
    guard bytes.count == 65 else { throw .wrongLength(bytes.count) }
    let v = bytes[64]
    guard v == 27 || v == 28 else { throw .badV(v) }
    let span = bytes.rawSpan
    self.init(
      r: UInt256(Hash256(span.extracting(0..<32))), s: UInt256(Hash256(span.extracting(32..<64))), recoveryID: v - 27)
    guard isLowS else { throw .highS }
  }

  /// r ‖ s ‖ v in 65 bytes.
  package var walletBytes: [UInt8] { r.bigEndianBytes + s.bigEndianBytes + [27 + recoveryID] }
}
