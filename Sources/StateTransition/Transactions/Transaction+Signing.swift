import Hashing
package import Primitives
package import Signatures

extension Transaction {
  /// The chain id that the signature commits to (EIP-155); nil for one that is good on any chain, or is none at all.
  package var signedChainID: UInt64? {
    guard v >= Self.firstProtectedV else { return nil }
    return UInt64(exactly: (v - Self.firstProtectedV) >> 1)
  }

  /// What the sender signs: the six fields, and with a chain id also (chain id, 0, 0).
  package func signingHash(chainID: UInt64?) -> Hash256 {
    var writer = RLPWriter(capacity: 64 + data.count)
    writer.list { list in
      appendPayload(to: &list)
      guard let chainID else { return }
      list.append(chainID)
      list.append(0 as UInt64)
      list.append(0 as UInt64)
    }
    return Keccak256.hash(writer.bytes)
  }

  /// The address whose key made the signature, if the fork accepts such a signature.
  ///
  /// - Complexity: one public key recovery, some 55 µs.
  package func sender(chainID: UInt64, rules: ForkRules) throws(TransactionError) -> Address {
    let signature = try splitV(chainID: chainID, rules: rules)
    guard !r.isZero, r < Secp256k1.order, !s.isZero, s < Secp256k1.order else { throw .signatureOutOfRange }
    if rules.requiresLowS && s > Secp256k1.halfOrder { throw .signatureNotLowS }
    do {
      return try Secp256k1.recoverAddress(
        hash: signingHash(chainID: signature.chainID), r: r, s: s, recoveryID: signature.recoveryID)
    } catch {
      throw .noSuchSignature
    }
  }

  /// The transaction, signed with `privateKey`; protected against replay when there is a chain id.
  package func signed(by privateKey: Hash256, chainID: UInt64?) throws(SignatureError) -> Transaction {
    let signature = try Secp256k1.sign(signingHash(chainID: chainID), privateKey: privateKey)
    var signed = self
    let base = chainID.map { UInt256($0) + UInt256($0) + Self.firstProtectedV } ?? Self.firstPlainV
    signed.v = base + UInt256(UInt64(signature.recoveryID))
    signed.r = signature.r
    signed.s = signature.s
    return signed
  }

  private func splitV(
    chainID: UInt64, rules: ForkRules
  ) throws(TransactionError) -> (chainID: UInt64?, recoveryID: UInt8) {
    if v == Self.firstPlainV { return (nil, 0) }
    if v == Self.firstPlainV + 1 { return (nil, 1) }
    guard v >= Self.firstProtectedV, rules.acceptsChainID else { throw .unknownV(v) }
    guard let signed = signedChainID, signed == chainID else { throw .wrongChainID(signed: signedChainID) }
    return (chainID, (v - Self.firstProtectedV).low & 1 == 0 ? 0 : 1)
  }

  private static var firstPlainV: UInt256 { 27 }

  private static var firstProtectedV: UInt256 { 35 }
}
