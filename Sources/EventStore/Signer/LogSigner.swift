import LMDB
package import MerkleLog
import Primitives
package import SystemPackage

/// The key of one log, and the checkpoint it has signed last: the guard that keeps the log from ever contradicting itself.
///
/// Both are files of a directory that no backup holds. A checkpoint is durable there before anybody sees its signature, and
/// the next one is signed only if the log still has that root at that size. So whatever becomes of the log itself — an
/// older copy restored, a disk that lied, two programs on two copies — there is never a second root for one size.
package struct LogSigner: Sendable {
  /// The public half. Its name is the log's origin.
  package var verifierKey: VerifierKey { key.verifierKey }

  private let key: SignerKey
  private let paths: Paths

  /// The files of a key.
  private struct Paths {
    let key, checkpoint, lock: FilePath

    init(_ directory: FilePath, name: String) {
      key = directory.appending("\(name).key")
      checkpoint = directory.appending("\(name).checkpoint")
      lock = directory.appending("\(name).lock")
    }
  }

  /// Opens the key of a log.
  ///
  /// - Parameters:
  ///   - name: begins the files' names.
  ///   - origin: what the key must be named: the log's name in its checkpoints.
  package init(openingIn directory: FilePath, name: String, origin: String) throws(SignerError) {
    paths = Paths(directory, name: name)
    guard let text = try Self.read(paths.key) else {
      guard try Self.read(paths.checkpoint) == nil else {
        throw .incomplete(missing: paths.key, present: paths.checkpoint)
      }
      throw .missing(paths.key)
    }
    do throws(NoteError) {
      guard text.last == UInt8(ascii: "\n") else { throw .malformed("it does not end with a line feed") }
      key = try SignerKey(encoded: String(decoding: text.dropLast(), as: UTF8.self))
      guard key.verifierKey.name == origin else { throw .badKey("it is \(key.verifierKey.name)'s, not \(origin)'s") }
      guard key.verifierKey.algorithm == .ed25519 else { throw .badKey("it is a witness's, which no log signs with") }
    } catch { throw .damaged(paths.key, error) }
  }

  /// Makes a key from random bytes, readable by the owner alone, and a checkpoint of no records, by which it is known from
  /// then on that nothing else was signed.
  package init(makingIn directory: FilePath, name: String, origin: String) throws(SignerError) {
    paths = Paths(directory, name: name)
    var random = SystemRandomNumberGenerator()
    let seed = (0..<SignerKey.seedByteCount).map { _ in random.next() as UInt8 }
    do throws(NoteError) { key = try SignerKey(name: origin, seed: seed) } catch { throw .note(error) }
    do throws(LMDB.OpenError) { try Files.createDirectory(directory) } catch { throw .files(error) }
    try Self.holding(paths.lock) { () throws(SignerError) in try store() }
  }

  /// Writes both files: the checkpoint first, so that a key without one is never what a crash leaves.
  private func store() throws(SignerError) {
    guard try Self.read(paths.key) == nil else { throw .exists(paths.key) }
    if let text = try Self.read(paths.checkpoint) {
      // Left by a crash between the two files, if it is of no records.
      let size = (try? SignedNote(text)).flatMap { try? Checkpoint(text: $0.text) }?.size
      guard size == 0 else { throw .incomplete(missing: paths.key, present: paths.checkpoint) }
    }
    try write(try sign(size: 0, root: MerkleHash.emptyRoot))
    do throws(LMDB.OpenError) {
      try Files.replace(paths.key, with: [UInt8]("\(key.encoded)\n".utf8))
    } catch { throw .files(error) }
  }
}

extension LogSigner {
  /// The checkpoint that was signed last, with the cosignatures that were kept.
  package func lastSigned() throws(SignerError) -> (note: SignedNote, checkpoint: Checkpoint) {
    guard let bytes = try Self.read(paths.checkpoint) else {
      throw .incomplete(missing: paths.checkpoint, present: paths.key)
    }
    do throws(NoteError) {
      let note = try SignedNote(bytes)
      let checkpoint = try note.checkpoint(signedByAll: [verifierKey])
      guard checkpoint.origin == verifierKey.name else { throw .malformed("it is \(checkpoint.origin)'s") }
      return (note, checkpoint)
    } catch { throw .damaged(paths.checkpoint, error) }
  }

  /// A signed checkpoint of the log as it is now: the last one again, if nothing was appended since.
  ///
  /// Two small files are written and synced; O(log n) lookups.
  ///
  /// - Throws: `behind` or `forked` if the log does not extend what was signed last; `unreadable` if the hashes of its tree
  ///   are damaged, and so cannot say.
  package func checkpoint(of log: EventLog) throws(SignerError) -> SignedNote {
    try Self.holding(paths.lock) { () throws(SignerError) in
      let last = try lastSigned()
      try requireExtension(of: last.checkpoint, by: log)
      let (size, root): (UInt64, Hash256)
      do throws(ReadError) {
        size = try log.head().size
        guard size > last.checkpoint.size else { return last.note }
        root = try log.root(ofSize: size)
      } catch { throw .unreadable(error) }
      let note = try sign(size: size, root: root)
      try write(note)
      return note
    }
  }

  /// Throws unless the log has the root that was signed last, at that size.
  package func requireExtension(by log: EventLog) throws(SignerError) {
    try requireExtension(of: try lastSigned().checkpoint, by: log)
  }

  private func requireExtension(of signed: Checkpoint, by log: EventLog) throws(SignerError) {
    let root: Hash256
    do throws(ReadError) { root = try log.root(ofSize: signed.size) } catch {
      if case .beyondHead(_, let size) = error { throw .behind(signed: signed, size: size) }
      throw .unreadable(error)
    }
    guard root == signed.root else { throw .forked(signed: signed, root: root) }
  }

  /// What became of signatures that witnesses have made of a checkpoint.
  package struct Cosigned: Sendable {
    /// The checkpoint with its signatures.
    package let note: SignedNote

    /// Whether it is the last one, and is kept with them. An earlier one is its keeper's to keep.
    package let isKept: Bool
  }

  /// Takes signatures that witnesses have made of a checkpoint, once they are found to be theirs, as many as a note can
  /// have. The last checkpoint is kept with them; an earlier one, which the log has signed and still has, is only checked.
  ///
  /// - Returns: the checkpoint: the last with all that it has, an earlier one with the log's and those of `witnesses`.
  package func keep(
    _ cosigned: SignedNote, of witnesses: [VerifierKey], over log: EventLog
  ) throws(SignerError) -> Cosigned {
    try Self.holding(paths.lock) { () throws(SignerError) in
      let last = try lastSigned()
      guard cosigned.text.utf8.elementsEqual(last.note.text.utf8) else {
        return Cosigned(note: try earlier(cosigned, of: witnesses, over: log, than: last.checkpoint), isKept: false)
      }
      let note = try adding(cosigned, of: witnesses, to: last.note)
      try write(note)
      return Cosigned(note: note, isKept: true)
    }
  }

  /// A checkpoint from before the last, with the signatures of the log and of `witnesses`.
  private func earlier(
    _ cosigned: SignedNote, of witnesses: [VerifierKey], over log: EventLog, than last: Checkpoint
  ) throws(SignerError) -> SignedNote {
    let (note, checkpoint): (SignedNote, Checkpoint)
    do throws(NoteError) {
      checkpoint = try cosigned.checkpoint(signedByAll: [verifierKey])
      note = try SignedNote(text: cosigned.text, signatures: cosigned.verify(by: [verifierKey]).map(\.signature))
    } catch { throw .otherCheckpoint(signed: last) }
    guard checkpoint.origin == verifierKey.name, checkpoint.size <= last.size else {
      throw .otherCheckpoint(signed: last)
    }
    try requireExtension(of: checkpoint, by: log)
    return try adding(cosigned, of: witnesses, to: note)
  }

  private func adding(
    _ cosigned: SignedNote, of witnesses: [VerifierKey], to note: SignedNote
  ) throws(SignerError) -> SignedNote {
    var note = note
    do throws(NoteError) {
      for verified in try cosigned.verify(by: witnesses) { try note.add(verified.signature) }
      guard note.encoded.utf8.count <= SignedNote.byteLimit else {
        throw .malformed("with these the checkpoint would be longer than \(SignedNote.byteLimit) bytes")
      }
    } catch { throw .note(error) }
    return note
  }

  private func sign(size: UInt64, root: Hash256) throws(SignerError) -> SignedNote {
    do throws(NoteError) {
      let text = try Checkpoint(origin: verifierKey.name, size: size, root: root).text
      return try SignedNote(text: text, signatures: [key.sign(text)])
    } catch { throw .note(error) }
  }

  private func write(_ note: SignedNote) throws(SignerError) {
    do throws(LMDB.OpenError) {
      try Files.replace(paths.checkpoint, with: [UInt8](note.encoded.utf8))
    } catch { throw .files(error) }
  }

  private static func read(_ path: FilePath) throws(SignerError) -> [UInt8]? {
    do throws(LMDB.OpenError) { return try Files.read(path, limit: SignedNote.byteLimit) } catch { throw .files(error) }
  }

  /// Runs `body` while this process alone may sign.
  private static func holding<R>(
    _ path: FilePath, _ body: () throws(SignerError) -> R
  ) throws(SignerError) -> R {
    let lock = try takeLock(path)
    let result = Result { () throws(SignerError) in try body() }
    _ = consume lock
    return try result.get()
  }

  private static func takeLock(_ path: FilePath) throws(SignerError) -> FileLock {
    do throws(FileLock.Failure) { return try FileLock(path) } catch {
      switch error {
      case .held(let holder): throw .locked(path, holder: holder)
      case .system(let code): throw .lockFile(path, code)
      }
    }
  }
}
