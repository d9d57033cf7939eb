public import Primitives

/// What a log says about itself at one size: the text of a note (C2SP `tlog-checkpoint`).
public struct Checkpoint: Equatable, Sendable {
  /// Which log speaks. Names are equal when their bytes are.
  public let origin: String

  /// How many leaves the log has.
  public let size: UInt64

  /// The root of the tree over them.
  public let root: Hash256

  /// Lines behind these three. What they mean is not specified, and nobody can check it.
  public let extensions: [String]

  public init(origin: String, size: UInt64, root: Hash256, extensions: [String] = []) throws(NoteError) {
    for line in [origin] + extensions {
      guard !line.isEmpty, !line.utf8.contains(NoteText.lineFeed) else {
        throw .malformed("a line of a checkpoint is neither empty nor several")
      }
    }
    guard size > 0 || root == MerkleHash.emptyRoot else {
      throw .malformed("a checkpoint of no leaves has another root than the empty tree")
    }
    self.origin = origin
    self.size = size
    self.root = root
    self.extensions = extensions
  }

  /// The text to be signed.
  public var text: String {
    let root = root.withBytes { Base64.encode($0) }
    return ([origin, "\(size)", root] + extensions).map { "\($0)\n" }.joined()
  }

  /// Reads the text of a note.
  public init(text: String) throws(NoteError) {
    let lines = try NoteText.lines(of: [UInt8](text.utf8)[...])
    guard lines.count >= 3 else { throw .malformed("a checkpoint has three lines: origin, size and root") }
    guard let size = Decimal.parse(lines[1]) else { throw .malformed("the checkpoint's size is not a number") }
    guard let bytes = Base64.decode(lines[2]), let root = Hash256(bytes: bytes) else {
      throw .malformed("the checkpoint's root is not base64 of 32 bytes")
    }
    try self.init(
      origin: String(decoding: lines[0], as: UTF8.self), size: size, root: root,
      extensions: lines.dropFirst(3).map { String(decoding: $0, as: UTF8.self) })
  }
}

extension SignedNote {
  /// The checkpoint that the note's text is, once all of `keys` are found to have signed it.
  ///
  /// - Throws: `unsigned` if one of them has not.
  public func checkpoint(signedByAll keys: [VerifierKey]) throws(NoteError) -> Checkpoint {
    let verified = try verify(by: keys)
    for key in keys where !verified.contains(where: { $0.key == key }) { throw .unsigned(by: key.label) }
    return try Checkpoint(text: text)
  }
}
