public import Primitives

/// A file that shows to whoever trusts a key that an entry is in a log (C2SP `tlog-proof`): the way to the root, and a
/// checkpoint that vouches for the root. Needs neither the log nor a network to be checked.
public struct ProofFile: Equatable, Sendable {
  /// Data of the application, which the checkpoint does not vouch for by itself.
  public let extra: [UInt8]?

  /// Where the entry stands in the log.
  public let index: UInt64

  /// The siblings on the way from the entry's leaf to the root.
  public let hashes: [Hash256]

  /// The checkpoint, with the signatures it has.
  public let note: SignedNote

  static let header = "c2sp.org/tlog-proof@v1"

  /// The most bytes of extra data that are read.
  public static let extraLimit = 1 << 16

  /// The longest way to a root in a tree whose size has 64 bits.
  static let hashLimit = 64

  public init(extra: [UInt8]?, proof: InclusionProof, note: SignedNote) {
    self.extra = extra
    index = proof.index
    hashes = proof.hashes
    self.note = note
  }

  /// The file's text.
  public var encoded: String {
    var lines = [Self.header]
    if let extra { lines.append("extra \(Base64.encode(extra))") }
    lines.append("index \(index)")
    for hash in hashes { lines.append(hash.withBytes { Base64.encode($0) }) }
    return lines.joined(separator: "\n") + "\n\n" + note.encoded
  }

  /// Reads a file.
  public init(_ bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= SignedNote.byteLimit else {
      throw .malformed("it has more than \(SignedNote.byteLimit) bytes")
    }
    var lines = LineReader(bytes)
    guard try lines.next().elementsEqual(Self.header.utf8) else {
      throw .malformed("its first line is not \(Self.header)")
    }
    var line = try lines.next()
    extra = try line.word(after: "extra ").map { text throws(NoteError) in
      guard let extra = Base64.decode(text), extra.count <= Self.extraLimit else {
        throw .malformed("its extra data is not base64 of at most \(Self.extraLimit) bytes")
      }
      return extra
    }
    if extra != nil { line = try lines.next() }
    guard let index = line.word(after: "index ").flatMap({ Decimal.parse($0) }) else {
      throw .malformed("it has no index")
    }
    self.index = index
    hashes = try lines.hashes(limit: Self.hashLimit)
    note = try SignedNote(Array(lines.rest))
  }
}

extension ProofFile {
  /// The checkpoint, once all of `keys` are found to have signed it and the entry with `leafHash` to be in its tree.
  public func verify(leafHash: Hash256, signedByAll keys: [VerifierKey]) throws(NoteError) -> Checkpoint {
    let checkpoint = try note.checkpoint(signedByAll: keys)
    do throws(ProofError) {
      try InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
        .verify(leafHash: leafHash, root: checkpoint.root)
    } catch { throw .proof(error) }
    return checkpoint
  }
}
