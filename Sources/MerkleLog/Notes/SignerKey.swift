import Crypto
import Primitives

/// A private key by which notes are signed, and its name.
public struct SignerKey: Sendable {
  /// The public half.
  public let verifierKey: VerifierKey

  private let seed: [UInt8]

  private let key: Curve25519.Signing.PrivateKey

  /// - Parameter seed: 32 bytes that nobody can guess, from which the key follows (RFC 8032).
  public init(
    name: String, algorithm: VerifierKey.Algorithm = .ed25519, seed: [UInt8]
  ) throws(NoteError) {
    guard seed.count == Self.seedByteCount, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .badKey("the seed of an Ed25519 key has \(Self.seedByteCount) bytes, this one \(seed.count)")
    }
    self.seed = seed
    self.key = key
    verifierKey = try VerifierKey(
      name: name, algorithm: algorithm, publicKey: [UInt8](key.publicKey.rawRepresentation))
  }

  public static let seedByteCount = 32

  private static let prefix = "PRIVATE+KEY+"

  /// Reads what `encoded` gives.
  public init(encoded: String) throws(NoteError) {
    guard encoded.utf8.starts(with: Self.prefix.utf8) else {
      throw .badKey("a private key begins with \(Self.prefix)")
    }
    let rest = String(Substring(encoded.utf8.dropFirst(Self.prefix.utf8.count)))
    // The identifier is the public key's, so it is checked once that is known.
    let (name, typedSeed) = try VerifierKey.parts(of: rest, checkingID: false)
    guard let algorithm = VerifierKey.Algorithm(rawValue: typedSeed[0]) else {
      throw .badKey("type \(typedSeed[0]) is unknown to this program")
    }
    try self.init(name: name, algorithm: algorithm, seed: Array(typedSeed.dropFirst()))
    guard self.encoded.utf8.elementsEqual(encoded.utf8) else {
      throw .badKey("its identifier is not that of its name and key; it was changed")
    }
  }

  /// The text in which Go's `sumdb/note` keeps a private key: `PRIVATE+KEY+name+id+base64(type ‖ seed)`. Secret.
  public var encoded: String {
    Self.prefix + verifierKey.label + "+" + Base64.encode([verifierKey.algorithm.rawValue] + seed)
  }
}

extension SignerKey {
  /// Signs the text of a note.
  ///
  /// - Precondition: the key's algorithm is Ed25519.
  public func sign(_ text: String) throws(NoteError) -> NoteSignature {
    precondition(verifierKey.algorithm == .ed25519, "a witness's key signs with a time")
    return try signature(of: [UInt8](text.utf8), after: [])
  }

  /// Signs the text of a checkpoint as a witness.
  ///
  /// - Parameter time: seconds since 1970; below 2⁶³.
  /// - Precondition: the key's algorithm is `cosignatureV1`.
  public func cosign(_ text: String, at time: UInt64) throws(NoteError) -> NoteSignature {
    precondition(verifierKey.algorithm == .cosignatureV1 && time <= UInt64(Int64.max), "a witness's key, and a time")
    var prefix: [UInt8] = []
    prefix.append(bigEndian: time)
    return try signature(of: Cosignature.message(at: time, of: text), after: prefix)
  }

  private func signature(of message: [UInt8], after prefix: [UInt8]) throws(NoteError) -> NoteSignature {
    guard let bytes = try? key.signature(for: message) else { throw .badKey("the library refused to sign with it") }
    return NoteSignature(name: verifierKey.name, keyID: verifierKey.id, bytes: prefix + [UInt8](bytes))
  }
}
