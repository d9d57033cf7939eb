import CSecp256k1

/// The library's context: tables made once and only read afterwards, so that all threads may share them.
///
/// The library can blind its signing arithmetic against side channels with random bytes. That is not done here: this
/// module is pure and has no source of randomness, and the only signer so far is the demo chain's.
enum SecpContext {
  /// The context's address as a number: a pointer may not be shared between threads, though what this one points to
  /// may. Nothing writes to it: recovery, signing and key derivation take the context as const.
  private static let address: UInt = {
    let context = unsafe secp256k1_context_create(UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY))
    return UInt(bitPattern: context)
  }()

  static var pointer: OpaquePointer {
    guard let pointer = unsafe OpaquePointer(bitPattern: address) else {
      preconditionFailure("secp256k1_context_create aborts rather than return null")
    }
    return unsafe pointer
  }
}
