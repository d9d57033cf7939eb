/// Why bytes are no note, key, checkpoint or proof file, or not one to believe.
public enum NoteError: Error, Equatable, Sendable {
  /// The bytes do not have the form that they must have.
  case malformed(String)

  /// The text is not one of a key.
  case badKey(String)

  /// A signature that names a known key is not that key's.
  case badSignature(key: String)

  /// No key that is known has signed.
  case noKnownSigner

  /// This key has not signed.
  case unsigned(by: String)

  /// The proof does not show what it is to show.
  case proof(ProofError)
}

extension NoteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let what): "malformed: \(what)"
    case .badKey(let what): "no key: \(what)"
    case .badSignature(let key): "the signature of \(key) is not that key's: what it signed has been changed"
    case .noKnownSigner: "none of the keys given has signed it"
    case .unsigned(let key): "it has no signature of \(key)"
    case .proof(let error): "\(error)"
    }
  }
}
