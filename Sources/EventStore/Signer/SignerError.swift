package import LMDB
package import MerkleLog
package import Primitives
package import SystemPackage

/// Why no checkpoint was signed. Nothing was.
package enum SignerError: Error, Sendable {
  /// There is no key.
  case missing(FilePath)

  /// There is a key already.
  case exists(FilePath)

  /// The file is not what was written into it.
  case damaged(FilePath, NoteError)

  /// The key is there, and the checkpoint that it signed last is not; or the other way round.
  case incomplete(missing: FilePath, present: FilePath)

  /// Another process is signing.
  case locked(FilePath, holder: Int?)

  /// The log has fewer records than were signed for.
  case behind(signed: Checkpoint, size: UInt64)

  /// The log is not what was signed: at the size of the last checkpoint it has another root.
  case forked(signed: Checkpoint, root: Hash256)

  /// Signatures of another text than that of the last checkpoint, and of none before it that the log has signed.
  case otherCheckpoint(signed: Checkpoint)

  /// Signatures are not what they claim to be, or too many.
  case note(NoteError)

  /// The log could not be read.
  case unreadable(ReadError)

  /// The system refused.
  case files(LMDB.OpenError)
  case lockFile(FilePath, Errno)
}

extension SignerError {
  /// Whether the log or the key's files are at fault rather than the machine or the command.
  package var isDisagreement: Bool {
    switch self {
    case .damaged, .incomplete, .behind, .forked, .otherCheckpoint, .note: true
    case .missing, .exists, .locked, .unreadable, .files, .lockFile: false
    }
  }
}

extension SignerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path): "there is no key at \(path); `varve log checkpoint --make-key` makes one"
    case .exists(let path): "there is a key at \(path) already; it is not replaced"
    case .damaged(let path, let error):
      "\(path): \(error); nothing is signed until it is known what was signed last: look at what was published"
    case .incomplete(let missing, let present):
      "\(present) is there and \(missing) is not; without it a second root could be signed for one size: put it back"
    case .locked(let path, let holder):
      "\(path) is held by \(holder.map { "process \($0)" } ?? "another process"), which is signing; try again"
    case .behind(let signed, let size):
      "a checkpoint of \(signed.size) records was signed, and the log has \(size): it was restored from an older copy, or "
        + "is not durable; fetch the missing records again before signing"
    case .forked(let signed, let root):
      "a checkpoint of \(signed.size) records was signed with root \(signed.root), and the log has root \(root) at that "
        + "size, to which its head row agrees: run `varve log verify` first, to see that it is not damaged; if it is sound, "
        + "signing would be equivocation: find out which of the two is right, and restore that one"
    case .otherCheckpoint(let signed):
      "the signatures are of another text than the last checkpoint, which is of \(signed.size) records with root "
        + "\(signed.root), and this is no earlier one with the log's own signature"
    case .note(let error): "\(error)"
    case .unreadable(let error): "\(error)"
    case .files(let error): "\(error)"
    case .lockFile(let path, let errno): "cannot lock \(path): \(errno); check permissions and the file system"
    }
  }
}
