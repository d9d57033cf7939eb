import Hashing
package import Primitives
package import Signatures

extension Transaction {
  /// The chain id that the signature commits to (EIP-155); nil for one that is good on any chain, or is none at all.
  package var signedChainID: UInt64? {
    if kind != .legacy { return chainID }
    guard v >= Self.firstProtectedV else { return nil }
    return UInt64(exactly: (v - Self.firstProtectedV) >> 1)
  }

  /// What the sender signs: the fields before the signature, of a legacy transaction with a chain id also (chain id, 0,
  /// 0). A typed transaction has its own chain id; the argument is not looked at.
  package func signingHash(chainID: UInt64?) -> Hash256 {
    let bytes = encode { list in
      guard kind == .legacy, let chainID else { return }
      list.append(chainID)
      list.append(0 as UInt64)
      list.append(0 as UInt64)
    }
    return Keccak256.hash(bytes)
  }

  /// The address whose key made the signature, if the fork accepts such a signature.
  ///
  /// - Parameter signer: what `signer` of this transaction is, if that is known already.
  /// - Complexity: one public key recovery, some 55 µs, unless the signer is given.
  package func sender(
    chainID: UInt64, rules: ForkRules, signer: Address? = nil
  ) throws(TransactionError) -> Address {
    let signature = try splitV(chainID: chainID, rules: rules)
    guard !r.isZero, r < Secp256k1.order, !s.isZero, s < Secp256k1.order else { throw .signatureOutOfRange }
    if rules.requiresLowS && s > Secp256k1.halfOrder { throw .signatureNotLowS }
    if let signer { return signer }
    do {
      return try Secp256k1.recoverAddress(
        hash: signingHash(chainID: signature.chainID), r: r, s: s, recoveryID: signature.recoveryID)
    } catch {
      throw .noSuchSignature
    }
  }

  /// The transaction, signed with `privateKey`; a legacy one is protected against replay when there is a chain id. A
  /// typed one keeps the chain id it has.
  package func signed(by privateKey: Hash256, chainID: UInt64?) throws(SignatureError) -> Transaction {
    let signature = try Secp256k1.sign(signingHash(chainID: chainID), privateKey: privateKey)
    var signed = self
    let parity = UInt256(UInt64(signature.recoveryID))
    let base = chainID.map { UInt256($0) + UInt256($0) + Self.firstProtectedV } ?? Self.firstPlainV
    signed.v = kind == .legacy ? base + parity : parity
    signed.r = signature.r
    signed.s = signature.s
    return signed
  }

  /// The address whose key made the signature, on whatever chain and at whatever fork it may be good; nil where no key
  /// can have made it.
  ///
  /// - Complexity: one public key recovery, some 55 µs.
  package var signer: Address? {
    guard let signature = parity else { return nil }
    return try? Secp256k1.recoverAddress(
      hash: signingHash(chainID: signature.chainID), r: r, s: s, recoveryID: signature.recoveryID)
  }

  /// The signer of each transaction; nil for one that nobody can have signed, or that is none.
  ///
  /// - Parameter map: does several at a time, if it can: one public key recovery each.
  package static func signers(of transactions: [[UInt8]], by map: some OrderedMap) -> [Address?] {
    map.map(transactions.count) { index in
      let encoded = transactions[index]
      return try? Transaction(encoded: encoded.rawSpan).signer
    }
  }

  private func splitV(
    chainID: UInt64, rules: ForkRules
  ) throws(TransactionError) -> (chainID: UInt64?, recoveryID: UInt8) {
    if kind != .legacy, self.chainID != chainID { throw .wrongChainID(signed: self.chainID) }
    let isProtected = kind == .legacy && v >= Self.firstProtectedV
    if isProtected, !rules.acceptsChainID { throw .unknownV(v) }
    if isProtected, signedChainID != chainID { throw .wrongChainID(signed: signedChainID) }
    guard let parity else { throw .unknownV(v) }
    return parity
  }

  /// What v says: the chain id that is signed, and which of two keys it is; nil when it says nothing.
  private var parity: (chainID: UInt64?, recoveryID: UInt8)? {
    guard kind == .legacy else { return v <= 1 ? (chainID, UInt8(truncatingIfNeeded: v.low)) : nil }
    if v == Self.firstPlainV { return (nil, 0) }
    if v == Self.firstPlainV + 1 { return (nil, 1) }
    guard let signed = signedChainID else { return nil }
    return (signed, (v - Self.firstProtectedV).low & 1 == 0 ? 0 : 1)
  }

  private static var firstPlainV: UInt256 { 27 }

  private static var firstProtectedV: UInt256 { 35 }
}

extension Authorization {
  /// What the account's owner signs (EIP-7702).
  package var signingHash: Hash256 {
    var writer = RLPWriter(capacity: 64)
    writer.appendRaw([Authorization.magic])
    writer.list { appendSigned(to: &$0) }
    return Keccak256.hash(writer.bytes)
  }

  /// The account that the authorization is about; nil when nobody can have signed it like this. One key recovery.
  package var authority: Address? {
    guard yParity <= 1, s <= Secp256k1.halfOrder else { return nil }
    return try? Secp256k1.recoverAddress(hash: signingHash, r: r, s: s, recoveryID: UInt8(yParity))
  }

  /// The authorization, signed with `privateKey`.
  package func signed(by privateKey: Hash256) throws(SignatureError) -> Authorization {
    let signature = try Secp256k1.sign(signingHash, privateKey: privateKey)
    var signed = self
    signed.yParity = UInt64(signature.recoveryID)
    signed.r = signature.r
    signed.s = signature.s
    return signed
  }

  private static var magic: UInt8 { 0x05 }
}
