public import Primitives

/// A file that shows that a log has only grown since it had a certain size: a consistency proof, and a checkpoint that
/// vouches for the later root. It is what a witness is asked with (C2SP `tlog-witness`, body of `add-checkpoint`).
public struct GrowthFile: Equatable, Sendable {
  /// The size that the reader knows the root of.
  public let oldSize: UInt64

  public let hashes: [Hash256]

  /// The later checkpoint, with the signatures it has.
  public let note: SignedNote

  /// The most hashes that a witness takes.
  static let hashLimit = 63

  public init(proof: ConsistencyProof, note: SignedNote) {
    oldSize = proof.oldSize
    hashes = proof.hashes
    self.note = note
  }

  /// The file's text.
  public var encoded: String {
    let lines = ["old \(oldSize)"] + hashes.map { $0.withBytes { Base64.encode($0) } }
    return lines.joined(separator: "\n") + "\n\n" + note.encoded
  }

  /// Reads a file.
  public init(_ bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= SignedNote.byteLimit else {
      throw .malformed("it has more than \(SignedNote.byteLimit) bytes")
    }
    var lines = LineReader(bytes)
    guard let oldSize = try lines.next().word(after: "old ").flatMap({ Decimal.parse($0) }) else {
      throw .malformed("its first line is not 'old' and a size")
    }
    self.oldSize = oldSize
    hashes = try lines.hashes(limit: Self.hashLimit)
    note = try SignedNote(Array(lines.rest))
  }

  /// The later checkpoint, once all of `keys` are found to have signed it and its tree to begin with the one that has
  /// `oldRoot`.
  public func verify(oldRoot: Hash256, signedByAll keys: [VerifierKey]) throws(NoteError) -> Checkpoint {
    let checkpoint = try note.checkpoint(signedByAll: keys)
    do throws(ProofError) {
      try ConsistencyProof(oldSize: oldSize, newSize: checkpoint.size, hashes: hashes)
        .verify(oldRoot: oldRoot, newRoot: checkpoint.root)
    } catch { throw .proof(error) }
    return checkpoint
  }
}
