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
  /// A signature in bytes is r, s and v: 65 of them.
  case wrongLength(Int)
  /// v is 27 or 28.
  case badV(UInt8)
  /// s is past half the group's order, and has a twin that is not.
  case highS
}

extension SignatureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .scalarOutOfRange: "the signature's r or s is zero or not below the order of secp256k1"
    case .badRecoveryID(let id): "the recovery id is \(id); it must be 0 to 3"
    case .notRecoverable: "no public key could have made this signature of this hash"
    case .wrongLength(let length): "the signature has \(length) bytes; it must have 65: r, s and v"
    case .badV(let v): "the signature's v is \(v); it must be 27 or 28"
    case .highS: "the signature's s is past half the order of secp256k1; only its low form is accepted"
    case .badPrivateKey: "the private key is zero or not below the order of secp256k1"
    }
  }
}
