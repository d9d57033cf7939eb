import CSecp256k1

/// The library's context: tables made once and only read afterwards, so that all threads may share them.
///
/// The library can blind its signing arithmetic against side channels with random bytes. That is not done here: this
/// module is pure and has no source of randomness, and the only signer so far is the demo chain's.
///
/// `@unchecked Sendable`: the pointer is set before anyone sees it, and recovery and signing take the context as const.
@safe
final class SecpContext: @unchecked Sendable {
  static let shared = SecpContext()

  let pointer: OpaquePointer

  private init() {
    unsafe pointer = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY))
  }
}
