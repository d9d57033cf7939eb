/// Why no signer or no signature comes out.
package enum SignatureError: Error, Equatable, Sendable {
  /// `r` or `s` is zero or not below the group's order.
  case scalarOutOfRange
  /// A recovery id is 0 to 3.
  case badRecoveryID(UInt8)
  /// No public key could have made this signature of this hash.
  case notRecoverable
  /// A private key is 32 bytes that spell a number from 1 to the group's order less one.
  case badPrivateKey
}

extension SignatureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .scalarOutOfRange: "the signature's r or s is zero or not below the order of secp256k1"
    case .badRecoveryID(let id): "the recovery id is \(id); it must be 0 to 3"
    case .notRecoverable: "no public key could have made this signature of this hash"
    case .badPrivateKey: "the private key is zero or not below the order of secp256k1"
    }
  }
}
