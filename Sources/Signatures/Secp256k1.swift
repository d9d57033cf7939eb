import CSecp256k1
import Hashing
package import Primitives

/// ECDSA over secp256k1 with public key recovery, as Ethereum uses it (yellow paper, appendix F).
package enum Secp256k1 {
  /// The order n of the group.
  package static let order = UInt256(
    low: 0xbaae_dce6_af48_a03b_bfd2_5e8c_d036_4141, high: 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe)

  /// n / 2, rounded down.
  package static let halfOrder = order >> 1

  /// The address whose key made the signature of `hash`. About 55 µs.
  ///
  /// Accepts a high `s`: whether that is allowed depends on the fork (EIP-2); see `Signature.isLowS`.
  package static func recoverAddress(
    hash: Hash256, r: UInt256, s: UInt256, recoveryID: UInt8
  ) throws(SignatureError) -> Address {
    address(of: try recoverPublicKey(hash: hash, r: r, s: s, recoveryID: recoveryID))
  }

  /// The address whose key made the signature of `hash`. About 55 µs.
  package static func recoverAddress(hash: Hash256, signature: Signature) throws(SignatureError) -> Address {
    try recoverAddress(hash: hash, r: signature.r, s: signature.s, recoveryID: signature.recoveryID)
  }

  /// The public key that made the signature of `hash`: 64 bytes, x ‖ y.
  package static func recoverPublicKey(
    hash: Hash256, r: UInt256, s: UInt256, recoveryID: UInt8
  ) throws(SignatureError) -> [UInt8] {
    guard !r.isZero, !s.isZero, r < order, s < order else { throw .scalarOutOfRange }
    guard recoveryID < 4 else { throw .badRecoveryID(recoveryID) }
    let compact = r.bigEndianBytes + s.bigEndianBytes
    let digest = hash.bytes
    var signature = secp256k1_ecdsa_recoverable_signature()
    var key = secp256k1_pubkey()
    guard
      unsafe secp256k1_ecdsa_recoverable_signature_parse_compact(
        SecpContext.pointer, &signature, compact, Int32(recoveryID)) == 1,
      unsafe secp256k1_ecdsa_recover(SecpContext.pointer, &key, &signature, digest) == 1
    else { throw .notRecoverable }
    return serialized(&key)
  }

  /// The signature of `hash`: deterministic (RFC 6979 with SHA-256), with a low `s` (EIP-2). About 55 µs.
  ///
  /// - Parameter extra: what the nonce depends on besides (RFC 6979, section 3.6), for another signature, as valid.
  package static func sign(
    _ hash: Hash256, privateKey: Hash256, extra: Hash256? = nil
  ) throws(SignatureError) -> Signature {
    var signature = secp256k1_ecdsa_recoverable_signature()
    let digest = hash.bytes
    let key = privateKey.bytes
    guard
      unsafe secp256k1_ecdsa_sign_recoverable(SecpContext.pointer, &signature, digest, key, nil, extra?.bytes) == 1
    else { throw .badPrivateKey }
    var compact = [UInt8](repeating: 0, count: 64)
    var recoveryID: Int32 = 0
    unsafe secp256k1_ecdsa_recoverable_signature_serialize_compact(
      SecpContext.pointer, &compact, &recoveryID, &signature)
    return Signature(
      r: UInt256(Hash256(compact.rawSpan.extracting(first: 32))),
      s: UInt256(Hash256(compact.rawSpan.extracting(last: 32))),
      recoveryID: UInt8(truncatingIfNeeded: recoveryID))
  }

  /// The public key of a private one: 64 bytes, x ‖ y.
  package static func publicKey(of privateKey: Hash256) throws(SignatureError) -> [UInt8] {
    var key = secp256k1_pubkey()
    let secret = privateKey.bytes
    guard unsafe secp256k1_ec_pubkey_create(SecpContext.pointer, &key, secret) == 1 else {
      throw .badPrivateKey
    }
    return serialized(&key)
  }

  /// The address of a private key.
  package static func address(of privateKey: Hash256) throws(SignatureError) -> Address {
    address(of: try publicKey(of: privateKey))
  }

  /// The address of a public key of 64 bytes: the last 20 bytes of its hash.
  package static func address(of publicKey: [UInt8]) -> Address {
    Address(lastBytesOf: Keccak256.hash(publicKey))
  }

  private static func serialized(_ key: inout secp256k1_pubkey) -> [UInt8] {
    var uncompressed = [UInt8](repeating: 0, count: 65)
    var length = uncompressed.count
    let flags = UInt32(SECP256K1_EC_UNCOMPRESSED)
    _ = unsafe secp256k1_ec_pubkey_serialize(SecpContext.pointer, &uncompressed, &length, &key, flags)
    return [UInt8](uncompressed.dropFirst())
  }
}
