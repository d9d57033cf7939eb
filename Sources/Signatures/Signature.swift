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
