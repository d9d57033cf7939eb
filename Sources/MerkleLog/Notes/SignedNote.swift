/// A text and signatures of it (C2SP `signed-note`).
///
/// The text says nothing until `verify` has found a signature of a key that the reader trusts.
public struct SignedNote: Equatable, Sendable {
  /// What is signed; ends with a line feed.
  public let text: String

  /// All signatures, also those of keys that nobody here knows.
  public private(set) var signatures: [NoteSignature]

  /// The most signatures that a note may have. The specification asks for 16 at least.
  public static let signatureLimit = 100

  /// The most bytes that a note may have.
  public static let byteLimit = 1 << 20

  /// - Throws: `malformed` for a text that no note can have.
  public init(text: String, signatures: [NoteSignature] = []) throws(NoteError) {
    guard text.utf8.last == NoteText.lineFeed else { throw .malformed("its text does not end with a line feed") }
    try NoteText.requireCharacters([UInt8](text.utf8))
    guard signatures.count <= Self.signatureLimit else { throw .malformed(Self.tooManySignatures) }
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note.
  public init(_ bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.byteLimit else { throw .malformed("it has more than \(Self.byteLimit) bytes") }
    try NoteText.requireCharacters(bytes)
    guard let blank = NoteText.lastEmptyLine(of: bytes) else {
      throw .malformed("no empty line separates its text from signatures")
    }
    let lines = try NoteText.lines(of: bytes[(blank + 1)...])
    guard !lines.isEmpty else { throw .malformed("it has no signature") }
    guard lines.count <= Self.signatureLimit else { throw .malformed(Self.tooManySignatures) }
    text = String(decoding: bytes[..<blank], as: UTF8.self)
    signatures = []
    for line in lines { signatures.append(try NoteSignature(line: line)) }
  }

  private static let tooManySignatures = "it has more than \(signatureLimit) signatures"

  /// The note as it is stored and sent: text, empty line, one line for each signature.
  public var encoded: String {
    text + "\n" + signatures.map { "\($0)\n" }.joined()
  }

  /// Adds a signature, unless it is there already.
  public mutating func add(_ signature: NoteSignature) throws(NoteError) {
    guard !signatures.contains(signature) else { return }
    guard signatures.count < Self.signatureLimit else { throw .malformed(Self.tooManySignatures) }
    signatures.append(signature)
  }
}

extension SignedNote {
  /// Which of `keys` have signed the text, each once, in the order of the signatures.
  ///
  /// Signatures of other keys are passed over, as are those that share only a name or only an identifier with a key.
  ///
  /// - Throws: `badSignature` if one that names a key of `keys` is not that key's; `noKnownSigner` if none names any.
  @discardableResult
  public func verify(by keys: [VerifierKey]) throws(NoteError) -> [VerifiedSignature] {
    var verified: [VerifiedSignature] = []
    for signature in signatures {
      guard let key = keys.first(where: { signature.isNamed(after: $0) }) else { continue }
      let found = try key.verify(signature, of: text)
      if !verified.contains(where: { $0.key == key }) { verified.append(found) }
    }
    guard !verified.isEmpty else { throw .noKnownSigner }
    return verified
  }
}

/// A signature that was found to be its key's.
public struct VerifiedSignature: Equatable, Sendable {
  public let key: VerifierKey

  /// The line of the note.
  public let signature: NoteSignature

  /// When a witness says to have signed, in seconds since 1970; nil for a signature without a time.
  public let timestamp: UInt64?
}
