package import LMDB
package import MerkleLog
package import Primitives
package import Rollup
package import SystemPackage

/// Why a log was not exported, or not mirrored to the end.
package enum TilesError: Error, Sendable {
  /// There is no checkpoint in the directory.
  case missingCheckpoint(FilePath)

  /// The directory's checkpoint is not one that the keys vouch for.
  case badCheckpoint(FilePath, NoteError)

  /// The directory's checkpoint is damaged, and does not say any more that it is this log's.
  case namelessCheckpoint(FilePath)

  /// A file that the checkpoint asks for is not there.
  case missingFile(String)

  /// The first file that is not what the checkpoint vouches for.
  case badFile(String, String)

  /// All tiles agree with one another, and the checkpoint has another root.
  case otherRoot(checkpoint: Hash256, tiles: Hash256)

  /// The directory and the log are not the same log: at the size that both have, their roots differ.
  case forked(size: UInt64, directory: Hash256, log: Hash256)

  /// The directory has more records than the log that is to be exported into it.
  case ahead(directory: UInt64, log: UInt64)

  /// The directory that is to be mirrored has fewer records than the mirror.
  case older(directory: UInt64, mirror: UInt64)

  /// Recording the same events again gave another record.
  case recordedOtherwise(Position)

  case signer(SignerError)
  case append(AppendError)
  case unreadable(ReadError)

  /// One of the logs that are compared could not be read: the one in this directory.
  case unreadableLog(FilePath, ReadError)
  case files(LMDB.OpenError)
  /// The disk did not take all that was written below the directory.
  case notOnDisk(FilePath, Errno)
}

extension TilesError: EventLogFailure {
  package init(_ error: ReadError) { self = .unreadable(error) }
}

extension TilesError {
  /// Whether the data is at fault rather than the machine or the command.
  package var isDisagreement: Bool {
    switch self {
    case .missingCheckpoint, .append, .unreadable, .unreadableLog, .files, .notOnDisk: false
    case .badCheckpoint, .namelessCheckpoint, .missingFile, .badFile, .otherRoot, .forked, .ahead, .older,
      .recordedOtherwise:
      true
    case .signer(let error): error.isDisagreement
    }
  }
}

extension TilesError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingCheckpoint(let path): "there is no checkpoint in \(path), so it is no exported log, or not a whole one"
    case .badCheckpoint(let path, let error):
      "the checkpoint \(path): \(error); if it is damaged, \(Self.remedy)"
    case .namelessCheckpoint(let path):
      "the checkpoint \(path) does not name this log, and may be another's: it is not written over; if the directory is this "
        + "log's export, move that file away and run it again"
    case .missingFile(let name): "\(name) is missing, and the checkpoint asks for it; \(Self.remedy)"
    case .badFile(let name, let what): "\(name) is not what the checkpoint vouches for: \(what); \(Self.remedy)"
    case .otherRoot(let checkpoint, let tiles):
      "the tiles give the root \(tiles), and the checkpoint beside them has \(checkpoint): the export is damaged, or the "
        + "two are of different logs or sizes; \(Self.remedy)"
    case .forked(let size, let directory, let log):
      "at \(size) records the directory has root \(directory) and the log has \(log): they are not the same log, and "
        + "nothing was changed; `varve log compare` finds the first difference"
    case .ahead(let directory, let log):
      "the directory has \(directory) records and the log only \(log): the log was restored from an older copy, or is "
        + "another; nothing was changed"
    case .older(let directory, let mirror):
      "the export has \(directory) records, fewer than this mirror, which has \(mirror) and begins with them: it is an older "
        + "copy, or its log has lost records; nothing was recorded, fetch the newest export"
    case .recordedOtherwise(let position):
      "record \(position) could not be recorded as it was: this program would write another one in its place"
    case .signer(let error): "\(error)"
    case .append(let error): "\(error)"
    case .unreadable(let error): "\(error)"
    case .unreadableLog(let path, let error): "the log in \(path): \(error)"
    case .files(let error): "\(error)"
    case .notOnDisk(let path, let error):
      "\(path): the disk did not take what was written (errno \(error.rawValue)): see the system's log for the device, then "
        + "run it again, which writes it again"
    }
  }

  /// What to do about a damaged export: it follows from the log.
  private static let remedy = "fetch it again, or mend the export where its log is: `varve log export --repair`"
}
